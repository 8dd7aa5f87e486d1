import { createInterface } from 'node:readline';
import { isProtected, type Project } from '../../config.ts';
import { problem } from '../../errors.ts';

/** Options of every command that can destroy something. */
export const guardOptions = {
  confirm: { type: 'string', help: 'The name of the protected database, to confirm that you mean it' },
  protected: { type: 'boolean', help: 'Treat the database as protected, whatever migrations.config.ts says' },
} as const;

export interface Guarded {
  project: Pick<Project, 'config'>;
  target: { shown: string; database: string; embedded: boolean };
  /** As it was typed, without how it was called: `down -2`. */
  command: string;
  options: { confirm: string | undefined; protected: boolean };
  json: boolean;
}

export interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream & { isTTY?: boolean };
}

/** The terminal of this process. */
const ours: Terminal = { input: process.stdin, output: process.stdout };

/**
 * Insists that whoever destroys something in a protected database types its name: as an option, or on the terminal when
 * somebody sits there. A name that was typed and is not this database's is refused even where nothing is protected.
 * Call it before anything is sent.
 * @throws protected-database
 */
export async function assertName(
  { project, target, command, options, json }: Guarded,
  terminal: Terminal = ours,
): Promise<void> {
  const { shown: database, database: name } = target;
  let given = options.confirm;
  if (given === undefined) {
    if (!options.protected && !isProtected(project, target)) return;
    if (!json && isAttended(terminal)) {
      const why = `${database} is protected, and "${command}" destroys something there.`;
      given = await ask(terminal, `${why}\nType the name of the database to go on: `);
    }
  }
  if (given !== name) throw problem('protected-database', { command, database, name, given });
}

/** Whether somebody sits at this terminal: CI systems lend one at which nobody does. */
export const isAttended = ({ input, output }: Terminal = ours): boolean =>
  input.isTTY === true && output.isTTY === true && ['', 'false', undefined].includes(process.env['CI']);

/** The line that was typed; undefined when the input ended instead. */
async function ask({ input, output }: Terminal, question: string): Promise<string | undefined> {
  const lines = createInterface({ input, output });
  let answered = false;
  try {
    return await new Promise((resolve) => {
      lines.once('close', () => {
        if (!answered) output.write('\n');
        resolve(undefined);
      });
      // The terminal hands Ctrl-C to the prompt: pass it on to whoever stops this process.
      lines.once('SIGINT', () => {
        if (!process.emit('SIGINT', 'SIGINT')) lines.close();
      });
      lines.question(question, (line) => {
        answered = true;
        resolve(line.trim());
      });
    });
  } finally {
    lines.close();
  }
}
