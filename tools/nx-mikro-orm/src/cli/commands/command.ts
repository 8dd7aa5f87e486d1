import type { Project } from '../../config.ts';
import type { CommandOutcome, Report } from '../report/report.ts';

export type { CommandOutcome, Report };

/** One `--option` of a command; the same entry feeds the parser, `--help`, Nx and docs/commands.md. */
export interface CommandOption {
  type: 'string' | 'boolean';
  /** One letter, typed with one dash. */
  short?: string;
  /** Another full name for the same thing. */
  alias?: string;
  /** It may stand without a value, and is then the empty text; an address may follow it as a word of its own. */
  bare?: true;
  /** It may be given again and again, and each counts; only of texts. */
  list?: true;
  /** What it means, as the end of "--name …". No full stop. */
  help: string;
}

/** A positional argument. */
export interface Argument {
  name: string;
  help: string;
  /** It may be given again and again. */
  many?: true;
}

export type Options = Record<string, CommandOption>;

/** What was typed for an option table: booleans default to false, lists to none, strings stay undefined when absent. */
export type Values<O extends Options> = {
  [Name in keyof O]: O[Name]['type'] extends 'boolean'
    ? boolean
    : O[Name] extends { list: true }
      ? string[]
      : string | undefined;
};

export interface Call<O extends Options = Options> {
  project: Project;
  /** Where it was typed; only for a command that `starts`. */
  folder?: string;
  report: Report;
  /** Positional arguments, as typed. */
  args: string[];
  options: Values<O>;
  /** Every command; only for a command that `starts`. */
  table?: () => Promise<Record<string, Command>>;
}

/** What a command may change; what destroys rows is set apart. */
export type Changes = 'nothing' | 'files' | 'database' | 'destroying';

/** The shape of every file in this folder: one `export default command({...})`. */
export interface Command<O extends Options = Options> {
  /** One sentence, without a full stop. */
  summary: string;
  /** How Nx may treat it: 'database' is never cached, 'files' is a pure function of files. */
  touches: 'database' | 'files';
  /** What it may change, for those who type it on somebody's behalf (AGENTS.md). */
  changes: Changes;
  /** It prints a secret as it is. Refused through Nx, which keeps what a task prints. */
  reveals?: true;
  /** It works where no project is yet, and is handed none. */
  starts?: true;
  argument?: Argument;
  options: O;
  /** Each begins with the command's name; help and docs put in front how it is typed. */
  examples: string[];
  run: (call: Call<O>) => Promise<CommandOutcome>;
}

export const command = <const O extends Options>(definition: Command<O>): Command<O> => definition;
