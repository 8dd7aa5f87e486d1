/** A runner: the command line as a process of its own, which can be killed, stopped and listened to. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Project } from './project.ts';
import { keep } from './secrecy.ts';

const bin = join(import.meta.dirname, '../../bin.js');

/** How a runner ended. */
export interface Ended {
  /** Undefined when a signal ended it. */
  exit: number | undefined;
  signal: NodeJS.Signals | undefined;
  out: string;
  err: string;
  /** Standard output, then standard error. */
  said: string;
  /** From its start to its end, milliseconds. */
  ms: number;
}

export interface Runner {
  pid: number;
  ended: Promise<Ended>;
  /** Waits for a moment in its life; fails at once when it ends before the moment has come. */
  until<T>(moment: Promise<T>): Promise<T>;
  /** What it has said so far, on both streams in the order of arrival. */
  said(): string;
  /** Sends a signal (by default the one that cannot be caught) and waits for its end. */
  kill(signal?: NodeJS.Signals): Promise<Ended>;
}

export interface Surroundings {
  /** DATABASE_URL. */
  url: string;
  env?: Record<string, string>;
  /** Options of node itself. */
  node?: string[];
  /** After so many seconds it is killed, and its end counts as a failure of the case. */
  patience?: number;
}

/** Starts `nx-mikro-orm <args>` in a project. */
export function startRunner(project: Project, args: string[], surroundings: Surroundings): Runner {
  const { url, env = {}, node = [], patience = 60 } = surroundings;
  const started = performance.now();
  const child = spawn(process.execPath, [...node, bin, ...args, '--config', project.config], {
    cwd: project.root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATABASE_URL: url, ...cache(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err, said, late] = ['', '', '', false];
  child.stdout.setEncoding('utf8').on('data', (text: string) => ((out += text), (said += text)));
  child.stderr.setEncoding('utf8').on('data', (text: string) => ((err += text), (said += text)));
  const timer = setTimeout(() => (late = child.kill('SIGKILL')), patience * 1000);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      keep(args.join(' '), `${out}${err}`);
      if (late) reject(new Error(`${args.join(' ')} did not end within ${patience} s. It said:\n${said}`));
      const ms = performance.now() - started;
      resolve({ exit: code ?? undefined, signal: signal ?? undefined, out, err, said: `${out}${err}`, ms });
    });
  });
  // Whoever awaits it later still gets the error; meanwhile it must not end the process.
  ended.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    ended,
    until: (moment) =>
      Promise.race([
        moment,
        ended.then(({ exit, said }) => assert.fail(`it ended (${exit}) before the moment had come. It said:\n${said}`)),
      ]),
    said: () => said,
    kill(signal = 'SIGKILL') {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs another program beside a runner, such as stock MikroORM; returns what it printed. @throws when it fails */
export async function runScript(path: string, url: string): Promise<string> {
  const env = { PATH: process.env['PATH'], DATABASE_URL: url, ...cache() };
  return (await promisify(execFile)(process.execPath, [path], { env, timeout: 60_000 })).stdout;
}

/** Compiled files go where the suite cleans up. */
const cache = (): Record<string, string> => {
  const folder = process.env['FAULTS_CACHE'];
  return folder ? { NODE_COMPILE_CACHE: folder } : {};
};

/** Insists on an exit code; a failure shows what was said. */
export function exits(ended: Ended, code: number | readonly number[], about = ''): void {
  const codes: number[] = typeof code === 'number' ? [code] : [...code];
  assert.ok(
    ended.exit !== undefined && codes.includes(ended.exit),
    `${about ? `${about}: ` : ''}expected exit ${codes.join(' or ')}, got ${ended.exit ?? ended.signal}. It said:\n${ended.said}`,
  );
}
