import type { Command, CommandOption } from '../src/cli/commands/command.ts';
import { exits, problems, type Exit } from '../src/errors.ts';
import { exitMeanings, optionForm, usage } from '../src/cli/help.ts';
import { globals } from '../src/cli/parse.ts';
import { markdownTable } from './markdown.ts';

/** docs/commands.md: the reference of every command, exit code and error. */
export const commandsPage = (table: Record<string, Command>): string =>
  [
    '<!-- Written by `npx nx run nx-mikro-orm:docs` from the commands themselves. Do not edit. -->',
    '# Commands',
    'Each is typed as `npx nx run migrations:<command>`, or from anywhere in the workspace as `npx nx-mikro-orm <command>`. ' +
      'The second tells exit codes apart and, with `--json`, prints nothing but JSON on standard output.',
    Object.entries(table)
      .map(([name, { summary }]) => `- [\`${name}\`](#${name}): ${summary}`)
      .join('\n'),
    '## Options of every command',
    options(globals),
    ...Object.entries(table).map(([name, command]) => section(name, command)),
    '## Exit codes',
    'Nx turns every failure into 1.',
    markdownTable([
      ['code', 'name', 'meaning'],
      ...(Object.keys(exits) as Exit[]).map((exit) => [String(exits[exit]), exit, exitMeanings[exit]]),
    ]),
    '## Errors',
    'The number is the exit code; what stands in `<…>` is filled in. With `--json` an error is `{ "error": { "code", "message", "facts", "next" } }`; ' +
      'what was not foreseen has the code `unexpected`.',
    ...Object.keys(problems).map(errorSection),
    '',
  ].join('\n\n');

function section(name: string, command: Command): string {
  const { summary, argument, examples } = command;
  return [
    `## ${name}`,
    `${summary}.`,
    fence([`npx ${usage(name, command)}`]),
    ...(argument ? [`\`[${argument.name}]\`: ${argument.help}.`] : []),
    ...(Object.keys(command.options).length ? [options(command.options)] : []),
    ...(examples.length ? ['Examples:', fence(examples.map((example) => `npx nx-mikro-orm ${example}`))] : []),
  ].join('\n\n');
}

const fence = (lines: string[]): string => ['```sh', ...lines, '```'].join('\n');

const options = (table: Record<string, CommandOption>): string =>
  markdownTable([
    ['option', 'meaning'],
    ...Object.entries(table).map(([name, option]) => [`\`${optionForm(name, option)}\``, option.help]),
  ]);

function errorSection(code: string): string {
  const { exit, say, next } = problems[code as keyof typeof problems] as unknown as {
    exit: Exit;
    say: (facts: unknown) => string;
    next: (facts: unknown) => string[];
  };
  const facts = placeholder('facts');
  const lines = [say(facts), ...['Next:', ...next(facts).map((step) => `  ${step}`)]].filter(
    (line, _, all) => all.length > 2 || line !== 'Next:',
  );
  return [`### ${code} (${exits[exit]})`, ['```text', ...lines, '```'].join('\n').replaceAll('NaN', '<number>')].join(
    '\n\n',
  );
}

/** Stands in for any fact: reads as `<its name>`, and behaves as a list of one and as an object of more such. */
function placeholder(name: string, owner = name): unknown {
  const text = `<${name}>`;
  const one = () => placeholder(name);
  const alike = new Map<PropertyKey, unknown>([
    ['length', Number.NaN],
    ['map', (each: (item: unknown, index: number) => unknown) => [each(one(), 0)]],
    ['flatMap', (each: (item: unknown, index: number) => unknown) => [each(one(), 0)].flat()],
    ['join', () => text],
    ['toString', () => text],
    [Symbol.toPrimitive, () => text],
    [Symbol.iterator, () => [one()].values()],
  ]);
  return new Proxy(() => {}, {
    get: (_, key) => {
      if (alike.has(key)) return alike.get(key);
      return /^\d+$/.test(String(key)) ? one() : placeholder(String(key), name);
    },
    apply: () => placeholder(owner),
  });
}
