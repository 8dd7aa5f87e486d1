/** A throw-away copy of this workspace: its own revisions, its own embedded PostgreSQL, its own Nx cache. */
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { makeFolder } from '../../../tools/nx-mikro-orm/test/memory.ts';

export const original = join(import.meta.dirname, '../../..');

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export interface Copy {
  root: string;
  /** Runs a line in bash, as somebody would type it. */
  type: (line: string, env?: NodeJS.ProcessEnv) => Promise<Ended>;
  /** Stops its server and removes it. */
  remove: () => Promise<void>;
}

export function makeCopy(): Copy {
  const root = realpathSync(makeFolder('tutoria-'));
  // As root, PostgreSQL runs as somebody else, who has to get here.
  chmodSync(root, 0o755);
  for (const file of filesOf(original)) cpSync(join(original, file), join(root, file));
  linkModules(root);
  const git = (...words: string[]) => execFileSync('git', words, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  git('init', '--quiet', '--initial-branch=main');
  // The page commits too, also where nobody has told git a name.
  git('config', 'user.name', 'Mei');
  git('config', 'user.email', 'mei@example.invalid');
  git('config', 'commit.gpgsign', 'false');
  git('add', '--all');
  git('commit', '--quiet', '--message=A copy');
  const type = (line: string, env: NodeJS.ProcessEnv = {}) => run(root, line, env);
  const remove = async () => {
    try {
      await type('nx-mikro-orm db-stop');
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  };
  // Also when the test is interrupted: its server would go on for ever.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void remove().finally(() => process.exit(1)));
  return { root, type, remove };
}

/** What git has or would take; a file that is deleted but not yet committed is not there. */
function filesOf(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return listed.split('\0').filter((file) => file && existsSync(join(root, file)));
}

/** Every installed package by a link to the original's, but the workspace's own packages by links into the copy. */
function linkModules(root: string): void {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { workspaces: string[] };
  const packages = globSync(manifest.workspaces, { cwd: root });
  const modules = join(original, 'node_modules');
  const own = join(root, 'node_modules');
  const scopes = new Set<string>();
  for (const folder of packages) {
    const { name } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as { name: string };
    const link = join(own, name);
    if (name.includes('/')) scopes.add(dirname(name));
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, folder), link);
    const nested = join(original, folder, 'node_modules');
    if (existsSync(nested)) symlinkSync(nested, join(root, folder, 'node_modules'));
  }
  for (const entry of readdirSync(modules))
    if (!scopes.has(entry) && entry !== '.bin' && !existsSync(join(own, entry)) && !entry.startsWith('.cache'))
      symlinkSync(join(modules, entry), join(own, entry));
  // The programs' links are relative, so each leads to the copy's package of that name.
  mkdirSync(join(own, '.bin'));
  for (const entry of readdirSync(join(modules, '.bin')))
    symlinkSync(readlinkSync(join(modules, '.bin', entry)), join(own, '.bin', entry));
}

/** Nothing of the run that this test is part of: neither Nx's task, nor its database, nor colours. */
function surroundings(root: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(NX_|NODE_TEST|npm_|FORCE_COLOR|NO_COLOR|DATABASE_URL|SCRATCH_|TEST_|POSTGRES_MAJOR|MIKRO_ORM|PG)/.test(name),
  );
  const path = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
  // Nx with all its plugins in one process: with one for each, it takes four times as long.
  const nx = { NX_DAEMON: 'false', NX_TUI: 'false', NX_ISOLATE_PLUGINS: 'false' };
  // Nx and npm are read anew by each of some hundred commands: compiled once, they start in two thirds of the time.
  const compiled = { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') };
  return { ...compiled, ...Object.fromEntries(kept), PATH: path, ...nx, CI: 'true' };
}

function run(root: string, line: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', line], {
      cwd: root,
      env: { ...surroundings(root), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}
