import { loadAll } from './commands/index.ts';
import type { Command, CommandOption } from './commands/command.ts';
import { exits, type Exit } from '../errors.ts';
import { wrapped } from '../text/line.ts';
import { aligned } from '../text/table.ts';
import { globals } from './parse.ts';

/** What each exit code means. */
export const exitMeanings: Record<Exit, string> = {
  ok: 'done, or nothing to do',
  failed: 'something went wrong that the command did not foresee, or a revision failed',
  usage: 'the command line or the configuration cannot be used; nothing was run',
  differs: 'the answer is no: models, history and database do not agree',
  refused: 'it would not be safe; nothing was run',
  unreachable: 'the database cannot be reached or does not let us in',
  interrupted: 'stopped by Ctrl-C',
};

/** How wide a terminal is that nobody has made wider. */
const width = 80;

/** Two columns, the second one broken between words. */
function columns(rows: (readonly [string, string])[]): string[] {
  const room = width - 4 - Math.max(0, ...rows.map(([left]) => left.length));
  const lines = rows.flatMap(([left, right]) => wrapped(right, room).map((line, at) => [at === 0 ? left : '', line]));
  return aligned(lines).map((line) => `  ${line}`);
}

/** How an option is typed: `-m, --message <text>`. */
export const optionForm = (name: string, { type, short, alias, list, bare }: CommandOption): string =>
  `${short ? `-${short}, ` : ''}--${name}${alias ? `, --${alias}` : ''}${bare ? ' [text]' : type === 'string' ? ' <text>' : ''}${list ? ' …' : ''}`;

export const usage = (name: string, { argument, options }: Command): string =>
  `nx-mikro-orm ${name}${argument ? ` [${argument.name}]` : ''}${Object.keys(options).length ? ' [options]' : ''}`;

const optionRows = (options: Record<string, CommandOption>) =>
  Object.entries(options).map(([name, option]) => [optionForm(name, option), option.help] as const);

const exitRows = () => (Object.keys(exits) as Exit[]).map((exit) => [String(exits[exit]), exitMeanings[exit]] as const);

const part = (title: string, lines: string[]): string[] => (lines.length ? ['', title, ...lines] : []);

/** What `nx-mikro-orm <command> --help` prints. */
export function helpForCommand(name: string, command: Command): string {
  const { summary, argument, options, examples } = command;
  return [
    `${summary}.`,
    ...part('Usage', [`  npx ${usage(name, command)}`]),
    ...part('Argument', argument ? columns([[`[${argument.name}]`, argument.help]]) : []),
    ...part('Options', columns(optionRows(options))),
    ...part('Options of every command', columns(optionRows(globals))),
    ...part(
      'Examples',
      examples.map((example) => `  npx nx-mikro-orm ${example}`),
    ),
    ...part('Exit codes (Nx turns every failure into 1)', columns(exitRows())),
  ].join('\n');
}

/** What `nx-mikro-orm --help` prints. */
export async function helpForAll(): Promise<string> {
  const rows = Object.entries(await loadAll()).map(([name, { summary }]) => [name, summary] as const);
  return [
    'Schema migrations for MikroORM and PostgreSQL.',
    ...part('Usage', ['  npx nx-mikro-orm <command> [argument] [options]', '  npx nx-mikro-orm <command> --help']),
    ...part('Commands', columns(rows)),
    ...part(
      'Options of every command',
      columns([...optionRows(globals), ['--version', 'Show the version of this tool']]),
    ),
    ...part('Exit codes (Nx turns every failure into 1)', columns(exitRows())),
  ].join('\n');
}
