/** Code of others in this process: configurations, models, revisions, and the libraries that they import. */

/** Who is at work, the last to begin at the end. */
const atWork: string[] = [];
let last: string | undefined;
let exitsAsked = 0;

/** The way out of this process, whatever foreign code finds in its place. */
export const endProcess: (code: number) => never = process.exit.bind(process);

/** What `process.exit()` throws where foreign code calls it: a command ends when its work has, and says how. */
class ProcessExit extends Error {
  constructor(code: number | undefined) {
    super(`it called process.exit(${code ?? ''}), which would have ended the command in silence`);
    this.name = 'ProcessExit';
  }
}

/** Runs code of others. `who` is what is said of it, should something go wrong beside its work. */
export async function asForeign<T>(who: string, work: () => T | Promise<T>): Promise<T> {
  const asked = exitsAsked;
  last = who;
  atWork.push(who);
  try {
    const result = await work();
    // It may have caught what it was told.
    if (exitsAsked !== asked) throw new ProcessExit(undefined);
    return result;
  } finally {
    atWork.splice(atWork.lastIndexOf(who), 1);
  }
}

/** Whose code most likely made something go wrong that nobody awaits. */
export const suspect = (): string | undefined => atWork.at(-1) ?? last;

let own: NodeJS.WriteStream | undefined;

/** Standard output for what is ours; while foreign code is contained, its own goes elsewhere. */
export const ownOutput = (): NodeJS.WriteStream => own ?? process.stdout;

/**
 * For the length of a command: what others print goes to standard error, as standard output belongs to the command, and
 * `process.exit()` of theirs is an error of theirs. Returns how to end that.
 */
export function containForeign(): () => void {
  const { stdout, stderr } = process;
  const { write } = stdout;
  const { exit } = process;
  own = Object.create(stdout, {
    write: { value: (...words: Parameters<typeof write>) => write.apply(stdout, words) },
  }) as NodeJS.WriteStream;
  stdout.write = ((...words: Parameters<typeof write>) => stderr.write(...words)) as typeof write;
  process.exit = (code?: number) => {
    if (atWork.length === 0) return exit(code);
    exitsAsked++;
    throw new ProcessExit(code);
  };
  return () => {
    stdout.write = write;
    process.exit = exit;
    own = undefined;
  };
}
