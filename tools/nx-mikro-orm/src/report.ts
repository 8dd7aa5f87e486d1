import { inspect, styleText } from 'node:util';
import { exits, isProblem, type Exit } from './errors.ts';
import { redact, secrets } from './secrets.ts';

/** What a command found or did: the value is what `--json` prints, the lines are what a person reads. */
export interface Outcome {
  json: unknown;
  lines: string[];
  exit?: Exit;
  /** Its purpose is to show a secret (`url`), so passwords are left in. */
  reveals?: boolean;
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
}

/** A report, with the endings that only cli.ts writes. */
export interface FullReport extends Report {
  outcome(outcome: Outcome): void;
  /** Prints a failure and returns the exit code. `doing` is what failed, as in "create". */
  error(error: unknown, about: { doing: string; debug: boolean }): number;
  /** Resolves when everything written has left this process. */
  flush(): Promise<void>;
}

export type Stream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

const quiet = 10_000;

/** The only place that prints. Every text passes through {@link redact}. */
export function createReport(to: { json: boolean; stdout: Stream; stderr: Stream; now?: () => number }): FullReport {
  const { json, stdout, stderr, now = Date.now } = to;
  let passing = false;
  let lastLine = now();
  for (const stream of new Set([stdout, stderr])) survive(stream);

  const clean = (text: string) => redact(text, secrets());
  const styled = (style: Parameters<typeof styleText>[0], text: string) =>
    styleText(style, text, { stream: stderr, validateStream: true });
  const write = (stream: Stream, text: string) => {
    if (passing) stderr.write('\r\x1b[2K');
    passing = false;
    stream.write(`${text}\n`);
  };
  const writeJson = (value: unknown, through: (text: string) => string) =>
    write(stdout, JSON.stringify(value ?? null, (_, inner) => forJson(inner, through), 2) ?? 'null');

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
        const width = (stderr.columns || 80) - 1;
        stderr.write(`\r\x1b[2K${[...clean(text).replaceAll(/\s+/g, ' ')].slice(0, width).join('')}`);
        passing = true;
      } else if (now() - lastLine >= quiet) {
        lastLine = now();
        write(stderr, clean(text));
      }
    },
    outcome({ json: value, lines, reveals }) {
      const through = reveals ? (text: string) => text : clean;
      if (json) writeJson(value, through);
      else for (const text of lines) write(stdout, through(text));
    },
    error(error, { doing, debug }) {
      const { exit, code, message, facts, next } = explain(error, doing);
      if (json) writeJson({ error: { code, message, facts, next, ...(debug && { stack: inspect(error) }) } }, clean);
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

/** A reader that left (`| head`) must not stop a migration half-way: what is written after it is dropped. */
function survive(stream: Stream): void {
  const alreadyThere = stream.listeners('error').includes(ignoreClosed);
  if (!alreadyThere) stream.on('error', ignoreClosed);
}

function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (!['EPIPE', 'ERR_STREAM_DESTROYED', 'EIO'].includes(error.code ?? '')) throw error;
}

/** A value that JSON can hold; strings pass `through` before they are escaped, so that JSON stays JSON. */
function forJson(value: unknown, through: (text: string) => string): unknown {
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'string' ? through(value) : value;
}

function explain(error: unknown, doing: string) {
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
