import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { contentOf } from '../../history/content.ts';
import type { Project } from '../../config.ts';
import { isProblem, problem } from '../../errors.ts';
import { linkHistory } from '../../history/graph.ts';
import { readRevisions } from '../../history/read.ts';
import { onInterrupt } from '../../interrupt.ts';

/** How long one command may take. Milliseconds. */
const patience = 120_000;

/** A command that ran on a new file. */
export interface Ran {
  /** As a person would type it. */
  command: string;
  durationMs: number;
}

/**
 * Runs the configured commands on a file that has just been written, and insists that it still says the same afterwards. A command
 * that fails leaves the file as it is; one that changes what the revision does has its work undone.
 * @throws hook-failed, hook-changed
 */
export async function afterWrite(project: Project, path: string, limitMs = patience): Promise<Ran[]> {
  const ran: Ran[] = [];
  const commands = project.config.afterWrite ?? [];
  if (commands.length === 0) return ran;
  const proven = await meaningOf(path);
  for (const words of commands) {
    const [program = '', ...rest] = words.map((word) => word.replaceAll('{file}', path));
    const command = [program, ...rest].join(' ');
    const written = readFileSync(path);
    const started = performance.now();
    const { failure, output } = await runIn(project.workspace, program, rest, limitMs);
    if (failure !== undefined) throw problem('hook-failed', { command, path, failure, output });
    const now = await meaningOf(path).catch((error: unknown) => {
      if (isProblem(error)) return error.message;
      throw error;
    });
    if (now !== proven) {
      writeFileSync(path, written);
      throw problem('hook-changed', { command, path });
    }
    ran.push({ command, durationMs: performance.now() - started });
  }
  return ran;
}

/** What a revision does and where it stands, read from its file anew. */
async function meaningOf(path: string): Promise<string> {
  const name = basename(path).replace(/\.[mc]?[jt]s$/, '');
  const revision = linkHistory(readRevisions(dirname(path))).byName.get(name);
  if (!revision) return `no revision ${name}`;
  const { up, down, transactional, runsCode } = await contentOf(revision);
  const { revises, replaces, generated, byHand, decisions } = revision;
  return JSON.stringify([up, down, transactional, runsCode, revises, replaces, generated, byHand, decisions]);
}

/** Of what a command says, the end: that is where the error stands. Characters. */
const longestOutput = 4_000;

/** Runs a program without a shell. Its output is kept, and it is ended when it takes too long. */
function runIn(
  folder: string,
  program: string,
  words: readonly string[],
  limitMs: number,
): Promise<{ failure: string | undefined; output: string }> {
  const path = [join(folder, 'node_modules/.bin'), process.env['PATH']].filter(Boolean).join(delimiter);
  return new Promise((resolve) => {
    let output = '';
    let late = false;
    const child = spawn(program, words, {
      cwd: folder,
      env: { ...process.env, PATH: path, FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (text: Buffer) => void (output = (output + text.toString()).slice(-longestOutput));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
      // What it has started may hold on to the pipes.
      child.stdout.destroy();
      child.stderr.destroy();
    }, limitMs);
    const forget = onInterrupt(() => child.kill());
    const end = (failure: string | undefined) => {
      clearTimeout(timer);
      forget();
      resolve({ failure, output: output.trim() });
    };
    child.once('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ENOENT' ? 'there is no such program' : error.message),
    );
    child.once('close', (code, signal) => {
      if (late) end(`it took longer than ${Math.round(limitMs / 1000)} s, and was ended`);
      else end(code === 0 ? undefined : code === null ? `it was ended by ${signal}` : `exit code ${code}`);
    });
  });
}
