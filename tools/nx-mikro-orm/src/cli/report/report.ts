import { inspect, stripVTControlCharacters, styleText } from 'node:util';
import { exits, isProblem, problem, type Exit } from '../../errors.ts';
import { fileRefused } from '../../errors/file-system.ts';
import { redact, secrets } from '../../secrets.ts';

/** What a command found or did: the value is what `--json` prints, the lines are what a person reads. */
export interface CommandOutcome {
  json: unknown;
  lines: string[];
  exit?: Exit;
}

/** What a command may say while it works. What it found or did, it returns as its outcome. */
export interface Report {
  /** A plain line on standard output, at once. Not under `--json`. */
  line(text: string): void;
  /** Long work: a passing line on a terminal; without one, a line on standard error every 10 s at most. */
  progress(text: string): void;
  /** A line on standard error. */
  warn(text: string): void;
  /** Standard output must be JSON only. */
  json: boolean;
  /** Columns of the terminal that standard output is; undefined where it is none. */
  columns: number | undefined;
  /** With `--json-lines`: something that happened, as one line of JSON on standard output, at once. */
  event(value: { event: string } & Record<string, unknown>): void;
}

/** A report, with the endings that only cli.ts writes. */
export interface FullReport extends Report {
  /** With `reveals`, passwords are left in. */
  outcome(outcome: CommandOutcome, reveals?: boolean): void;
  /** Prints a failure and returns the exit code. `doing` is what failed, as in "create". */
  error(error: unknown, about: { doing: string; debug: boolean }): number;
  /** Resolves when everything written has left this process. */
  flush(): Promise<void>;
}

export type Stream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

const quiet = 10_000;

/** The only place that prints. Every text passes through {@link redact}. */
export function createReport(to: {
  /** `lines`: events as they happen, then what `true` prints as the last line. */
  json: boolean | 'lines';
  stdout: Stream;
  stderr: Stream;
  now?: () => number;
}): FullReport {
  const { stdout, stderr, now = Date.now } = to;
  const json = to.json !== false;
  const lines = to.json === 'lines';
  let passing = false;
  let lastLine = now();
  for (const stream of new Set([stdout, stderr])) survive(stream);

  const clean = (text: string) => redact(text, secrets());
  const styled = (style: Parameters<typeof styleText>[0], text: string) =>
    styleText(style, text, { stream: stderr, validateStream: true });
  const write = (stream: Stream, text: string) => {
    if (passing) stderr.write('\r\x1b[2K');
    passing = false;
    // What goes into a file may be a script, which is passed on as it is.
    stream.write(`${stream.isTTY || stream === stderr ? harmless(text) : text}\n`);
  };
  const writeJson = (value: unknown, through: (text: string) => string) =>
    write(stdout, JSON.stringify(value ?? null, (_, inner) => forJson(inner, through), lines ? 0 : 2) ?? 'null');

  return {
    json,
    columns: stdout.isTTY ? stdout.columns || 80 : undefined,
    line(text) {
      if (!json) write(stdout, clean(text));
    },
    warn(text) {
      write(stderr, styled('yellow', clean(text)));
    },
    progress(text) {
      if (json) return;
      if (stderr.isTTY) {
        stderr.write(`\r\x1b[2K${fitting(clean(text), (stderr.columns || 80) - 1)}`);
        passing = true;
      } else if (now() - lastLine >= quiet) {
        lastLine = now();
        write(stderr, clean(text));
      }
    },
    event(value) {
      if (lines) writeJson(value, clean);
    },
    outcome({ json: value, lines: texts }, reveals = false) {
      const through = reveals ? (text: string) => text : clean;
      if (lines) writeJson(named('outcome', value), through);
      else if (json) writeJson(value, through);
      else for (const text of texts) write(stdout, through(text));
    },
    error(error, { doing, debug }) {
      const { exit, code, message, facts, next } = explain(error, doing);
      const value = { error: { code, message, facts, next, ...(debug && { stack: inspect(error) }) } };
      if (json) writeJson(lines ? named('error', value) : value, clean);
      else {
        write(stderr, styled('red', clean(message)));
        if (next.length) write(stderr, [styled('bold', 'Next:'), ...next.map((step) => `  ${clean(step)}`)].join('\n'));
      }
      if (debug && !json) write(stderr, clean(inspect(error, { depth: 6 })));
      return exit;
    },
    async flush() {
      if (passing) stderr.write('\r\x1b[2K');
      passing = false;
      await Promise.all([stdout, stderr].map((stream) => new Promise((done) => stream.write('', done))));
    },
  };
}

/**
 * A name, a notice or a message from a database may hold what moves the cursor or changes the terminal: it is shown, and not
 * obeyed. Colours pass, as ours are among them.
 */
const harmless = (text: string): string =>
  text.replace(/\r\n|\p{Cc}(\[[\d;]*m)?/gu, (found, colour?: string) => {
    const [first = ''] = found;
    const passes = found === '\r\n' || first === '\n' || first === '\t' || (first === '\x1b' && colour !== undefined);
    return passes ? found : `\\x${first.charCodeAt(0).toString(16).padStart(2, '0')}${colour ?? ''}`;
  });

/**
 * As much of a text as surely fits on one line. How wide a character is depends on the terminal, so that everything
 * beyond ASCII counts as two columns; what would move the cursor is left out.
 */
function fitting(text: string, columns: number): string {
  let room = columns;
  let fit = '';
  for (const char of stripVTControlCharacters(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{Cc}/gu, '')) {
    room -= char < '\x7f' ? 1 : 2;
    if (room < 0) break;
    fit += char;
  }
  return fit;
}

/** A reader that left (`| head`), or a full disk, must not stop a migration half-way: what is written after it is dropped. */
function survive(stream: Stream): void {
  const alreadyThere = stream.listeners('error').includes(ignoreClosed);
  if (!alreadyThere) stream.on('error', ignoreClosed);
}

function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (!['EPIPE', 'ERR_STREAM_DESTROYED', 'EIO', 'ENOSPC', 'EDQUOT', 'EFBIG'].includes(error.code ?? '')) throw error;
}

/** The last line of `--json-lines`: what `--json` prints, with the name of an event. */
const named = (event: string, value: unknown) =>
  typeof value === 'object' && !Array.isArray(value) ? { event, ...value } : { event, value };

/** A value that JSON can hold; strings pass `through` before they are escaped, so that JSON stays JSON. */
function forJson(value: unknown, through: (text: string) => string): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map) return Object.fromEntries(value);
  return typeof value === 'string' ? through(value) : value;
}

function explain(thrown: unknown, doing: string) {
  const refused = fileRefused(thrown, doing);
  const error = refused ? problem('file-refused', refused) : thrown;
  if (isProblem(error)) {
    const { code, message, next, facts } = error;
    return { exit: exits[error.exit], code: code as string, message, facts: facts as unknown, next };
  }
  const message = `${doing} failed: ${sentence(error)}`;
  const next = ['type the same command again with --debug: it shows the stack'];
  return { exit: exits.failed, code: 'unexpected', message, facts: {}, next };
}

/** What an unforeseen error says; a refused connection says nothing itself, only its inner errors do. */
function sentence(error: unknown): string {
  if (error instanceof AggregateError && !error.message) return [...new Set(error.errors.map(sentence))].join('; ');
  if (!(error instanceof Error)) return String(error);
  return error.message.trim() || error.name;
}
