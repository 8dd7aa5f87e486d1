/**
 * The one check command: `npm run check`. Every part runs, also after one has failed; each is one line with its time,
 * and the output of those that failed. `npm run fix` (`--fix`) fixes what a program can fix.
 */
import { spawn } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const root = resolve(import.meta.dirname, '..');

interface Part {
  name: string;
  commands: string[][];
}

const docs = ['node', 'tools/nx-mikro-orm/scripts/docs.ts'];

/** The types as the package is built with them; nothing is written. */
const noEmit = ['--noEmit', '--emitDeclarationOnly', 'false'];

const checks: Part[] = [
  {
    name: 'types',
    commands: [['tsc'], ['tsc', '--project', '.ci'], ['tsc', '--project', 'tools/nx-mikro-orm/package', ...noEmit]],
  },
  { name: 'lint', commands: [['eslint', '--max-warnings=0', '.']] },
  { name: 'unused', commands: [['knip']] },
  { name: 'format', commands: [['prettier', '--check', '--log-level=warn', '.']] },
  { name: 'docs', commands: [[...docs, '--check']] },
  { name: 'workspace', commands: [['node', '--test', '--test-reporter=dot', '.ci/test/*.test.ts']] },
];

const fixes: Part[] = [
  { name: 'docs', commands: [docs] },
  { name: 'lint', commands: [['eslint', '--fix', '--max-warnings=0', '.']] },
  { name: 'format', commands: [['prettier', '--write', '--log-level=warn', '.']] },
];

/** Runs a program of the workspace (`node` included, from its npm package), without a shell. */
async function run([program = '', ...words]: string[]): Promise<{ ok: boolean; output: string }> {
  const path = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
  const child = spawn(program, words, {
    cwd: root,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
  const [ok, out, complaints] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { ok, output: out + complaints };
}

/** Runs every part, whatever the others did. Returns how many failed. */
async function runParts(parts: Part[]): Promise<number> {
  let failed = 0;
  for (const { name, commands } of parts) {
    const start = performance.now();
    const results: { ok: boolean; output: string }[] = [];
    for (const command of commands) results.push(await run(command));
    const bad = results.filter(({ ok }) => !ok);
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(5);
    console.log(`${bad.length ? '✗' : '✓'} ${name.padEnd(10)} ${seconds} s`);
    for (const { output } of bad) console.log(output.trim().replace(/^/gm, '  '));
    if (bad.length) failed++;
  }
  return failed;
}

const fixing = process.argv.includes('--fix');
const failed = await runParts(fixing ? fixes : checks);
if (failed) console.log(fixing ? 'The rest is for you to fix.' : 'What a program can fix: npm run fix');
process.exitCode = failed ? 1 : 0;
