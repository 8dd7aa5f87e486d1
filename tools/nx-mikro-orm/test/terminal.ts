/** A terminal at which nobody sits but the test. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';

const works = (program: string, words: string[]): boolean =>
  spawnSync(program, words, { stdio: 'ignore', timeout: 10_000 }).status === 0;

/** util-linux has one: other systems' `script` takes other words. Python's does as well. */
const withScript = (line: string): [string, string[]] => ['script', ['-qec', line, '/dev/null']];
const withPython = (line: string): [string, string[]] => [
  'python3',
  ['-c', 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(["sh", "-c", sys.argv[1]])))', line],
];
const open = [withScript, withPython].find((way) => works(...way('true')));

/** Why there is no terminal here, for `skip`; false where there is one. */
export const noTerminal: string | false = open ? false : 'neither `script -qec` nor python3 makes a terminal here';

export const keys = { enter: '\r', down: '\x1b[B', up: '\x1b[A', ctrlC: '\x03', ctrlD: '\x04' } as const;

export interface Ended {
  code: number | null;
  /** All that was shown, one drawing after the other, without colours and the moves of the cursor. */
  shown: string;
  /** Whether a cursor is to be seen at the end. */
  cursor: 'shown' | 'hidden';
}

/** Each key is pressed when the text before it has been shown since the key before. */
export type Typed = [seen: string, press: string][];

/** Runs a shell's line at a terminal of 100 columns. */
export async function inTerminal(
  line: string,
  { cwd, env, typed }: { cwd: string; env: NodeJS.ProcessEnv; typed: Typed },
): Promise<Ended> {
  const [program, words] = open!(`stty cols 100 rows 40; ${line}`);
  const child = spawn(program, words, { cwd, env, stdio: ['pipe', 'pipe', 'inherit'], timeout: 60_000 });
  let shown = '';
  let cursor: Ended['cursor'] = 'shown';
  let seen = 0;
  const left = [...typed];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += stripVTControlCharacters(text).replaceAll('\r', '');
    const [shows, hides] = ['\x1b[?25h', '\x1b[?25l'].map((code) => text.lastIndexOf(code)) as [number, number];
    if (shows !== hides) cursor = shows > hides ? 'shown' : 'hidden';
  });
  child.stdin.on('error', () => {
    // It has ended before the last key.
  });
  const ended = new Promise<number | null>((done) => child.on('close', done));
  let over = false;
  void ended.then(() => (over = true));
  while (!over && left.length > 0) {
    const [text, press] = left[0]!;
    const at = shown.indexOf(text, seen);
    if (at >= 0) {
      seen = at + text.length;
      left.shift();
      // A prompt listens a moment after it has been drawn.
      await sleep(50);
      child.stdin.write(press);
    } else await sleep(20);
  }
  const code = await ended;
  return { code, shown, cursor };
}

/** Insists that texts occur, one after the other. */
export function inOrder(shown: string, texts: readonly string[]): void {
  let at = 0;
  for (const text of texts) {
    const found = shown.indexOf(text, at);
    assert.ok(found >= 0, `not shown in its turn: ${text}\n${shown}`);
    at = found + text.length;
  }
}
