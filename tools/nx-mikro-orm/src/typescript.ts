/** TypeScript that Node does not run as it is: decorators, enums, imports without an ending, aliases of paths. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { firstLine } from './errors.ts';

/**
 * Loads code of a project, through the loader that it has for MikroORM's own command line where Node alone does not read it. From
 * then on, everything in this process is loaded that way. `from` is a file or folder of the project.
 */
export async function loadTypeScript<T>(from: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isOfForm(error)) throw error;
    if (await register(from)) return load();
    if (!wantsLoader(error)) throw error;
    const way =
      'Node runs TypeScript without decorators, enums and imports that leave the ending out; for those, install tsx';
    // The same error, as its stack has the line.
    throw Object.assign(error, {
      message: `${firstLine(error).replace(/\.$/, '')}. ${way}: npm install --save-dev tsx`,
    });
  }
}

/** Whether a project has a loader, or Node alone reads a file of it; found out in another process, as a failure would stay in this one. */
export const isReadable = (from: string, file: string): boolean =>
  loaderOf(from) !== undefined ||
  spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', `await import(${JSON.stringify(pathToFileURL(file).href)}); process.exit(0)`],
    {
      stdio: 'ignore',
      cwd: from,
    },
  ).status === 0;

const codes = new Set<unknown>([
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
  'ERR_INVALID_TYPESCRIPT_SYNTAX',
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_MODULE_NOT_FOUND',
  'MODULE_NOT_FOUND',
]);

const codeIn = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code;

/** It is about how the code is written, and not about what it does. */
const isOfForm = (error: unknown): error is Error => error instanceof SyntaxError || codes.has(codeIn(error));

/** A package that is not installed is missed with a loader as well, and what is no TypeScript at all is none for it either. */
const wantsLoader = (error: unknown): boolean =>
  codeIn(error) !== 'ERR_INVALID_TYPESCRIPT_SYNTAX' && !/^Cannot find package/.test(firstLine(error));

/** In the order in which MikroORM's command line looks for them: the files to import, and what to call there. */
const loaders = {
  oxc: [{ package: '@oxc-node/core', file: 'register.mjs' }],
  swc: [{ package: '@swc-node/register', file: 'esm/esm-register.mjs' }],
  tsx: [
    { package: 'tsx', file: 'esm/api', call: true },
    { package: 'tsx', file: 'cjs/api', call: true },
  ],
} as const;

let registered: Promise<boolean> | undefined;

const register = (from: string): Promise<boolean> => (registered ??= registerFirst(from));

/** @throws what a loader throws that is there and does not work */
async function registerFirst(from: string): Promise<boolean> {
  const parts = loaderOf(from);
  // Decorators mean what the project's own settings say.
  if (parts) process.env['SWC_NODE_PROJECT'] ??= join(packageOf(from) ?? '.', 'tsconfig.json');
  for (const { path, call } of parts ?? []) {
    const loader = (await import(pathToFileURL(path).href)) as { register?: () => unknown };
    if (call) loader.register?.();
  }
  return parts !== undefined;
}

/** The files of the first loader that the project has, or of the one that it names. */
function loaderOf(from: string): { path: string; call: boolean }[] | undefined {
  const named = process.env['MIKRO_ORM_CLI_TS_LOADER'] ?? namedIn(from);
  for (const [name, parts] of Object.entries(loaders)) {
    if (named !== undefined && named !== 'auto' && named !== name) continue;
    const found = parts.flatMap((part) => {
      const path = fileOf(from, part.package, part.file);
      return path === undefined ? [] : [{ path, call: 'call' in part }];
    });
    if (found.length === parts.length) return found;
  }
  return undefined;
}

/** The nearest folder with a package.json. */
const packageOf = (from: string): string | undefined => {
  if (existsSync(join(from, 'package.json'))) return from;
  return dirname(from) === from ? undefined : packageOf(dirname(from));
};

/** `"mikro-orm": { "tsLoader": "tsx" }` of package.json. */
function namedIn(from: string): string | undefined {
  const manifest = join(packageOf(from) ?? from, 'package.json');
  if (!existsSync(manifest)) return undefined;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { 'mikro-orm'?: { tsLoader?: string } })['mikro-orm']?.tsLoader;
}

/** A file of a package, as the project has it. */
function fileOf(from: string, name: string, file: string): string | undefined {
  const require = createRequire(join(from, 'x'));
  try {
    return require.resolve(`${name}/${file}`);
  } catch {
    // Some have it for `import` only.
  }
  try {
    const manifest = findPackageJSON(name, pathToFileURL(join(from, 'x')));
    const path = manifest && join(dirname(manifest), file);
    return path && existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
