import type { Command, CommandOption } from '../src/cli/commands/command.ts';
import { globals } from '../src/cli/parse.ts';

/** The list of executors that Nx reads, with what targets.ts needs to know without importing any command. */
export const executorsJson = (table: Record<string, Command>) => ({
  $schema: 'https://json-schema.org/schema',
  executors: Object.fromEntries(
    Object.entries(table).map(([name, { summary, touches, examples }]) => [
      name,
      {
        implementation: './executor/run.ts',
        schema: `./executor/schemas/${name}.json`,
        description: `${summary}.`,
        touches,
        example: wordsAfter(examples[0] ?? ''),
      },
    ]),
  ),
});

/** Nx shows `type`, but checks `anyOf`: so its own guess at a value (20260101000000 is a number) never refuses one. */
const anything = ['string', 'number', 'boolean', 'array', 'object'].map((type) => ({ type }));

const property = ({ type, short, alias, list, help }: CommandOption) => ({
  type: list ? 'array' : type,
  ...(list && { items: { type } }),
  description: help + (alias ? ` (also --${alias})` : ''),
  ...(short && { alias: short }),
  anyOf: anything,
});

/** What `nx run migrations:<command> --help` shows. The words themselves arrive in `__unparsed__`, as typed. */
export const schemaOf = (name: string, { summary, argument, options, examples }: Command) => ({
  $schema: 'https://json-schema.org/schema',
  version: 2,
  title: name,
  description: `${summary}.${argument ? ` Argument [${argument.name}]: ${argument.help}.` : ''}`,
  type: 'object',
  properties: {
    ...Object.fromEntries(Object.entries(options).map(([key, option]) => [key, property(option)])),
    ...Object.fromEntries(
      Object.entries(globals as Record<string, CommandOption>)
        .filter(([key]) => key !== 'help')
        .map(([key, option]) => [key, { ...property(option), 'x-priority': 'internal' }]),
    ),
    __unparsed__: {
      hidden: true,
      type: 'array',
      items: { type: 'string' },
      $default: { $source: 'unparsed' },
      'x-priority': 'internal',
    },
  },
  additionalProperties: true,
  examples: examples.map((example) => ({ command: throughNx(example) })),
});

/** Nx adds lines of its own to standard output: what goes on to another program is typed without it. */
const throughNx = (example: string): string =>
  /\||--json/.test(example) ? `npx nx-mikro-orm ${example}` : `npx nx run migrations:${example}`;

/** The words that follow the command in an example, quotes taken off. */
const wordsAfter = (example: string): string[] =>
  [...example.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
    .map(([word, double, single]) => double ?? single ?? word)
    .slice(1);
