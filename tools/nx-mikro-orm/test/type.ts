import type { Command, Options, CommandOutcome } from '../src/cli/commands/command.ts';
import type { Project } from '../src/config.ts';
import { parse } from '../src/cli/parse.ts';

export interface Shown extends CommandOutcome {
  /** What it warned of while it worked. */
  warned: string[];
  /** The lines that it put out while it worked. */
  said: string[];
}

/** Runs a command as if it had been typed in a project; `columns`: on a terminal that wide. */
export async function type<O extends Options>(
  project: Project,
  command: Command<O>,
  words: string[],
  columns?: number,
): Promise<Shown> {
  const { args, options } = parse('command', command, words);
  const warned: string[] = [];
  const said: string[] = [];
  const report = {
    json: options['json'] === true,
    columns,
    event: () => undefined,
    line: (text: string) => void said.push(text),
    progress: () => undefined,
    warn: (text: string) => void warned.push(text),
  };
  const outcome = await command.run({ project, report, args, options: options as never });
  // What a reader of --json gets.
  return { ...outcome, json: JSON.parse(JSON.stringify(outcome.json)) as unknown, warned, said };
}
