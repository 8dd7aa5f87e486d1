/** What is in a folder that somebody wants to use this engine in. Reads, and changes nothing. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Options } from '@mikro-orm/postgresql';
import { workspaceOf, type OrmOptions } from '../config.ts';
import { firstLine, problem } from '../errors.ts';
import { asForeign } from '../foreign.ts';
import { readRevisions } from '../history/read.ts';
import { withoutWrapping } from '../orm.ts';
import { isReadable, loadTypeScript } from '../typescript.ts';

export interface ProjectFound {
  /** The folder with the package.json. */
  root: string;
  /** The folder of the workspace, which has the .gitignore; the same where there is no workspace. */
  workspace: string;
  manager: 'npm' | 'pnpm' | 'yarn' | 'bun';
  /** Whether a file with `import` in it runs: not where package.json says `"type": "commonjs"`. */
  modules: boolean;
  nx: boolean;
  /** The MikroORM configuration, as it is loaded and as it is edited: a compiled one is not edited. */
  ormConfig: { loaded: string; source: string; options: Options };
  /** The folder of migrations; it need not be there. */
  revisions: string;
  /** How many there are. */
  migrations: number;
  /** The ledger, where the configuration names one. */
  table: string | undefined;
  /** How many entities are registered. */
  entities: number;
}

interface Manifest {
  type?: string;
  'mikro-orm'?: { configPaths?: string[] };
}

const locks = { 'pnpm-lock.yaml': 'pnpm', 'yarn.lock': 'yarn', 'bun.lock': 'bun', 'bun.lockb': 'bun' } as const;

/** @throws init-nothing, where there is no package or no MikroORM configuration that can be loaded */
export async function findProject(folder: string): Promise<ProjectFound> {
  const root = resolve(folder);
  const manifest = join(root, 'package.json');
  if (!existsSync(manifest)) throw problem('init-nothing', { folder: root, lacking: 'no package.json', tried: [] });
  const { type, 'mikro-orm': settings } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
  const workspace = workspaceOf(root);
  const ormConfig = await loadConfig(root, settings?.configPaths ?? []);
  const { options } = ormConfig;
  const revisions = folderOf(root, options);
  return {
    root,
    workspace,
    manager: Object.entries(locks).find(([lock]) => existsSync(join(workspace, lock)))?.[1] ?? 'npm',
    modules: type !== 'commonjs',
    nx: existsSync(join(workspace, 'nx.json')),
    ormConfig,
    revisions,
    migrations: readRevisions(revisions).length,
    table: ledgerOf(options),
    entities: [...(options.entities ?? [])].length,
  };
}

/** The folder that has migrations in it; else the one that is named first. */
function folderOf(root: string, { migrations = {}, baseDir = root }: Options): string {
  const named = [migrations.pathTs, migrations.path].filter((path) => path !== undefined);
  const folders = [...named, './migrations'].map((path) => resolve(baseDir, path));
  return folders.find((folder) => readRevisions(folder).length > 0) ?? folders[0] ?? root;
}

/** Undefined where it is MikroORM's usual one. */
function ledgerOf({ migrations = {}, schema }: Options): string | undefined {
  const { tableName } = migrations;
  if (schema === undefined || schema === '*' || tableName?.includes('.')) return tableName;
  return `${schema}.${tableName ?? 'mikro_orm_migrations'}`;
}

/** Where MikroORM's own command line looks, and where a compiler writes. */
const usual = ['src/mikro-orm.config.ts', 'mikro-orm.config.ts', 'src/mikro-orm.config.js', 'mikro-orm.config.js'];
const compiled = ['dist/mikro-orm.config.js', 'dist/src/mikro-orm.config.js', 'build/mikro-orm.config.js'];

async function loadConfig(root: string, named: readonly string[]): Promise<ProjectFound['ormConfig']> {
  const all = [...new Set([...named, ...usual, ...compiled].map((path) => resolve(root, path)))].filter(existsSync);
  const tried: string[] = [];
  for (const file of all) {
    const shown = relative(root, file);
    if (file.endsWith('.ts') && all.length > 1 && !isReadable(root, file)) {
      tried.push(`${shown}: Node does not run it as it is, and no loader (tsx, swc, oxc) is installed`);
      continue;
    }
    try {
      const load = () => import(pathToFileURL(file).href) as Promise<{ default?: OrmOptions }>;
      const found = withoutWrapping(await asForeign(shown, () => loadTypeScript(root, load)));
      const options = await asForeign(shown, () => (typeof found === 'function' ? found() : found));
      if (typeof options !== 'object' || Array.isArray(options))
        tried.push(`${shown}: it has no default export of options`);
      else return { loaded: file, source: all.find((one) => one.endsWith('.ts')) ?? file, options };
    } catch (error) {
      tried.push(`${shown}: ${firstLine(error)}`);
    }
  }
  throw problem('init-nothing', {
    folder: root,
    lacking: all.length === 0 ? 'no MikroORM configuration' : 'no MikroORM configuration that Node can load',
    tried,
  });
}
