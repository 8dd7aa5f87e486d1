import { parseArgs } from 'node:util';
import type { Argument, CommandOption, Options } from './commands/command.ts';
import { problem } from '../errors.ts';
import { nearest } from '../history/nearest.ts';

/** Options that every command takes. */
export const globals = {
  json: { type: 'boolean', help: 'Print one JSON value on standard output, and nothing else there' },
  debug: { type: 'boolean', help: 'Show the stack and the causes of a failure (Nx keeps --verbose for itself)' },
  config: { type: 'string', help: 'The migrations.config.ts to use instead of the nearest one' },
  help: { type: 'boolean', short: 'h', help: 'Show this help; nothing is run' },
} as const satisfies Options;

export interface Parsed {
  args: string[];
  /** By the name in the table, whatever was typed: alias and short become the name. */
  options: Record<string, string | boolean | string[] | undefined>;
}

type Form = Pick<CommandOption, 'type' | 'short'>;
type Table = Record<string, CommandOption>;

/** NUL cannot occur in an argument: it hides `-1` from parseArgs, which would take it for the option "1". */
const shield = '\0';
const hide = (word: string) => (/^-\d/.test(word) ? shield + word : word);
const show = (word: string) => (word.startsWith(shield) ? word.slice(1) : word);
const looksLikeOption = (word: string) => /^--?[a-z][\w-]*(=|$)/i.test(word);

/** The command's name, and the arguments without it. Options may stand before it. */
export function splitCommand(argv: string[]): { name: string | undefined; rest: string[]; flags: string[] } {
  const options: Record<string, Form> = { ...globals, version: { type: 'boolean' } };
  const { tokens } = parseArgs({ args: argv, options, strict: false, tokens: true });
  const word = tokens.find((token) => token.kind === 'positional');
  const flags = tokens.filter((token) => token.kind === 'option').map((token) => token.name);
  return word
    ? { name: word.value, rest: argv.toSpliced(word.index, 1), flags: [] }
    : { name: undefined, rest: argv, flags };
}

/** Reads what was typed against a command's own table. The last of a repeated option counts, but for lists. */
export function parse(name: string, table: { options: Options; argument?: Argument }, argv: string[]): Parsed {
  const bad = (detail: string) => problem('bad-option', { command: name, detail });
  const all: Table = { ...globals, ...table.options };
  const { known, forms } = formsOf(all);
  const { tokens } = parseArgs({ args: argv.map(hide), options: forms, strict: false, tokens: true });
  const options = untyped(all);
  const args: string[] = [];
  let address: string | undefined;
  for (const token of tokens) {
    if (token.kind === 'positional' && address !== undefined && token.value.includes('://')) {
      options[address] = token.value;
      address = undefined;
      continue;
    }
    address = undefined;
    if (token.kind === 'positional') args.push(show(token.value));
    if (token.kind !== 'option') continue;
    const option = known.get(token.name);
    if (!option) throw bad(unknown(name, token.rawName, [...known.keys()]));
    if (all[option]?.bare) {
      options[option] = token.value ?? '';
      if (token.value === undefined) address = option;
      continue;
    }
    const value = valueOf(token, forms[option]!.type, bad);
    const before = options[option];
    options[option] = Array.isArray(before) ? [...before, String(value)] : value;
  }
  const surplus = tooMany(name, args, table.argument);
  if (surplus) throw bad(surplus);
  return { args, options };
}

/** What Node's parser is told of the options, and by every name of one, the name in the table. */
function formsOf(all: Table): { known: Map<string, string>; forms: Record<string, Form> } {
  const known = new Map<string, string>();
  const forms: Record<string, Form> = {};
  for (const [option, { type, short, alias, bare }] of Object.entries(all)) {
    forms[option] = { type: bare ? 'boolean' : type, ...(short && { short }) };
    known.set(option, option);
    if (!alias) continue;
    forms[alias] = { type };
    known.set(alias, option);
  }
  return { known, forms };
}

/** What counts for options that were not typed. */
const untyped = (all: Table): Parsed['options'] =>
  Object.fromEntries(
    Object.entries(all).map(([option, { type, list }]) => [option, type === 'boolean' ? false : list ? [] : undefined]),
  );

type OptionToken = { rawName: string; value?: string | undefined; inlineValue?: boolean | undefined };

function valueOf(token: OptionToken, type: CommandOption['type'], bad: (detail: string) => Error): string | boolean {
  const { rawName, value, inlineValue } = token;
  if (type === 'boolean') {
    if (value !== undefined) throw bad(`${rawName} takes no value, but was given "${value}".`);
    return true;
  }
  if (value === undefined) throw bad(`${rawName} needs a value, and none follows.`);
  if (!inlineValue && looksLikeOption(value)) {
    throw bad(`${rawName} needs a value, but "${value}" follows. If that is the value, write ${rawName}='${value}'.`);
  }
  const short = !rawName.startsWith('--');
  return show(inlineValue && short && value.startsWith('=') ? value.slice(1) : value);
}

function unknown(name: string, typed: string, options: string[]): string {
  const near = nearest(typed.replace(/^-+/, ''), options)[0];
  return `"${name}" has no option ${typed}.${near ? ` Did you mean --${near}?` : ''}`;
}

function tooMany(name: string, args: string[], argument: Argument | undefined): string | undefined {
  if (argument?.many) return undefined;
  const extra = args.slice(argument ? 1 : 0).map((word) => `"${word}"`);
  if (extra.length === 0) return undefined;
  const takes = argument ? `only one argument, <${argument.name}>` : 'no argument';
  return `"${name}" takes ${takes}, so what is ${extra.join(' ')}? A value with spaces needs quotes.`;
}
