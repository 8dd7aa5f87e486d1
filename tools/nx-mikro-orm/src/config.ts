import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EntityManager, Options } from '@mikro-orm/postgresql';
import { problem } from './errors.ts';
import { typeCommandsAs } from './errors/typed.ts';
import { asForeign } from './foreign.ts';
import { loadTypeScript } from './typescript.ts';

/** What a `migrations.config.ts` exports. Kept free of entities, so that commands which need none stay fast. */
export interface Config {
  /** Folder of the revisions, relative to the config file. Default `./revisions`. */
  revisions?: string;
  /** The ledger's table, `schema.table` allowed. Default MikroORM's `mikro_orm_migrations`. */
  table?: string;
  /** Folders of entity files, relative to the config file: each file in them must be registered in `entities`. */
  models?: string | string[];
  /** URL of the target database. Default: `DATABASE_URL`, else the embedded PostgreSQL. */
  database?: () => string | Promise<string>;
  /** Name of the database on the embedded PostgreSQL. Default: the name of the workspace's package.json. */
  embeddedDatabase?: string;
  /**
   * Databases in which nothing is destroyed unless somebody types the database's name. `true`: every one. A list: patterns
   * for a host, a database's name or `host:port/name`, in which `*` stands for any characters. A function decides by
   * itself. The embedded PostgreSQL is for development and never protected by this, only by the option --protected.
   */
  protected?: boolean | string[] | ((database: { host: string; port: string; name: string }) => boolean);
  /**
   * What others own: it is neither compared nor written, as if it were not there. A list: patterns for `schema.name`, or for a
   * name in any schema, in which `*` stands for any characters; `audit.*` is the schema `audit` as well. Upper case counts.
   * A function decides by itself; what is in no schema has the schema ''.
   */
  ignore?: string[] | ((object: { schema: string; name: string }) => boolean);
  /**
   * Commands that run on a file after `create` has written it, one after the other, each as its words without a shell:
   * `['prettier', '--write', '{file}']`. Programs of `node_modules/.bin` come first. Default: none.
   */
  afterWrite?: string[][];
  /**
   * Revisions whose `down` is known to be wrong, from before this engine was here: `verify` lets them pass. It fails for one whose
   * `down` was mended, so that the list only gets shorter.
   */
  wrongDowns?: string[];
  /**
   * Whether names without a schema go into the schema that is called like the role, where that is there and `search_path` begins
   * with `"$user"`: for those who give each tenant such a schema. Default false: they go where they went when the revision was
   * proven, mostly into `public`.
   */
  userSchema?: boolean;
  /** The figures of the target database that `stats` writes and `lint` reads, relative to the config file. Default `./stats.json`. */
  stats?: string;
  /**
   * From how many seconds on it is a warning, and an error, that a revision locks readers or writers out of a table. Default:
   * 0.5 and 5.
   */
  lockedSeconds?: { warning?: number; error?: number };
  /** What `fresh --seed` fills the database with: rows for development, made with today's entities. */
  seed?: () => Promise<{ default: Seed }>;
  /** The MikroORM options: entities, driver, naming. Imported only by commands that compare models or run revisions. */
  orm: () => Promise<{ default: OrmOptions }>;
}

export type Seed = (em: EntityManager) => Promise<unknown>;

export type OrmOptions = Options | Promise<Options> | (() => Options | Promise<Options>);

/** Types a `migrations.config.ts`. */
export const defineConfig = (config: Config): Config => config;

/** A `migrations.config.ts`, found, checked, and with every path made absolute. */
export interface Project {
  /** The config file. */
  file: string;
  /** Its folder. */
  root: string;
  /** The folder that holds nx.json (or the outermost package.json): home of the embedded PostgreSQL. */
  workspace: string;
  revisions: string;
  table: { schema: string; name: string };
  models: string[];
  /** The file of figures. */
  stats: string;
  config: Config;
}

const fileName = 'migrations.config.ts';

/**
 * Finds and reads the migrations project: `config` if given, else the nearest config file at or above `from`, else the
 * only one among the packages of the workspace.
 */
export async function loadProject(options: { from: string; config?: string }): Promise<Project> {
  const file = options.config ? resolve(options.from, options.config) : locate(resolve(options.from));
  if (!existsSync(file)) throw problem('config-missing', { from: file });
  const root = dirname(file);
  const workspace = workspaceOf(root);
  const dotenv = join(workspace, '.env');
  if (existsSync(dotenv)) process.loadEnvFile(dotenv);
  typeCommandsAs(commandsIn(workspace, root));
  const load = () => import(pathToFileURL(file).href) as Promise<{ default?: Config }>;
  const loaded = (await asForeign(file, () => loadTypeScript(root, load))).default;
  // TypeScript that is compiled to CommonJS on the way has it one level deeper.
  const config = (loaded as { default?: Config } | undefined)?.default ?? loaded;
  const mistakes = mistakesIn(config);
  if (!config || mistakes.length) throw problem('config-invalid', { file, mistakes });
  const [schema, name] = (config.table ?? 'mikro_orm_migrations').split('.') as [string, string?];
  return {
    file,
    root,
    workspace,
    revisions: resolve(root, config.revisions ?? './revisions'),
    table: name ? { schema, name } : { schema: 'public', name: schema },
    models: [config.models ?? []].flat().map((folder) => resolve(root, folder)),
    stats: resolve(root, config.stats ?? './stats.json'),
    config,
  };
}

/** PostgreSQL cuts a name after 63 bytes. */
const longestLedger = 63 - '_journal'.length;

function mistakesIn(config: Config | undefined): string[] {
  if (typeof config !== 'object') return ['it has no default export; write `export default defineConfig({ … })`'];
  return Object.entries(mistakes).flatMap(([what, isWrong]) => (isWrong(config) ? [what] : []));
}

const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';
const hasNoName = ({ table }: Config): boolean =>
  !isText(table) || (table ?? 'x').split('.').some((part) => part === '');

/** What is said of a configuration, and when. */
const mistakes: Record<string, (config: Config) => boolean> = {
  "`orm` must be a function: `orm: () => import('./mikro-orm.config.ts')`": ({ orm }) => typeof orm !== 'function',
  '`revisions` must be a folder': ({ revisions }) => !isText(revisions),
  '`table` must be a name or schema.name': hasNoName,
  [`\`table\` must be ${longestLedger} bytes at most: the journal's name is its name and "_journal"`]: (config) =>
    !hasNoName(config) && Buffer.byteLength(config.table?.split('.').at(-1) ?? '') > longestLedger,
  '`database` must be a function that returns a URL': ({ database }) =>
    database !== undefined && typeof database !== 'function',
  '`protected` must be true, false, a list of patterns such as `db.example.com:*/app`, or a function': (config) =>
    !isProtection(config.protected),
  '`ignore` must be a list of patterns such as `audit.*`, `public.pg_stat_*` or `spatial_ref_sys`, or a function': ({
    ignore = [],
  }) => typeof ignore !== 'function' && !isList(ignore, isPattern),
  "`afterWrite` must be a list of commands, each a list of words: `[['prettier', '--write', '{file}']]`": ({
    afterWrite = [],
  }) => !isList(afterWrite, (words) => isList(words, isFilled) && (words as string[]).length > 0),
  '`wrongDowns` must be a list of names of revisions': ({ wrongDowns = [] }) => !isList(wrongDowns, isFilled),
  '`userSchema` must be true or false': ({ userSchema = false }) => typeof userSchema !== 'boolean',
  '`stats` must be a file': ({ stats }) => !isText(stats),
  '`lockedSeconds` must be two numbers, the first of them the smaller: `{ warning: 0.5, error: 5 }`': ({
    lockedSeconds,
  }) => !areThresholds(lockedSeconds),
  '`models` must be a folder or a list of folders': ({ models = [] }) => ![models].flat().every(isText),
};

/** Both may be left out. */
function areThresholds(value: Config['lockedSeconds'] | null): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  const { warning = 0, error = Infinity } = value;
  return typeof warning === 'number' && typeof error === 'number' && warning >= 0 && error >= warning;
}

const isFilled = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isList = (value: unknown, isOne: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isOne);

const isProtection = (value: unknown): boolean =>
  ['undefined', 'boolean', 'function'].includes(typeof value) || isList(value, isFilled);

/** A name, or a schema and a name. */
export const isPattern = (value: unknown): boolean => isFilled(value) && /^[^.]+(\.[^.]+)?$/s.test(value as string);

/** Whether others own an object, as the configuration says. A routine may be named with its argument types or without. */
export function isIgnored({ config }: Pick<Project, 'config'>): (schema: string, name: string) => boolean {
  const { ignore = [] } = config;
  return typeof ignore === 'function' ? (schema, name) => ignore({ schema, name }) : fitting(ignore);
}

/** Whether an object fits one of some patterns: `schema.name`, or a name in any schema; `*` stands for any characters. */
export function fitting(patterns: readonly string[]): (schema: string, name: string) => boolean {
  const expressions = patterns.map((pattern) => {
    const [schema, name] = pattern.includes('.') ? (pattern.split('.') as [string, string]) : ['*', pattern];
    return { schema: expression(schema), name: expression(name), whole: name === '*' && schema !== '*' };
  });
  return (schema, name) =>
    expressions.some(
      (one) =>
        (one.schema.test(schema) && (one.name.test(name) || one.name.test(name.split('(')[0] ?? ''))) ||
        // The schema itself.
        (one.whole && schema === '' && one.schema.test(name)),
    );
}

const expression = (pattern: string, flags = ''): RegExp =>
  new RegExp(`^${pattern.replace(/[^\w*]/gu, '\\$&').replaceAll('*', '.*')}$`, `s${flags}`);

/** Does the configuration protect this database? `shown` is `host:port/name`. */
export function isProtected(
  { config }: Pick<Project, 'config'>,
  target: { shown: string; host: string; port: string; database: string; embedded: boolean },
): boolean {
  if (target.embedded || config.protected === undefined) return false;
  if (typeof config.protected === 'boolean') return config.protected;
  const { shown, host, port, database: name } = target;
  if (typeof config.protected === 'function') return config.protected({ host, port, name });
  return config.protected.some((pattern) => [shown, host, name].some((text) => fits(pattern, text)));
}

/** Names of hosts know no upper case. */
const fits = (pattern: string, text: string): boolean => expression(pattern, 'i').test(text);

/** Walks up from a folder, yielding it and each parent. */
function* upward(from: string): Generator<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    yield folder;
    if (folder === dirname(folder)) return;
  }
}

function locate(from: string): string {
  for (const folder of upward(from)) {
    if (existsSync(join(folder, fileName))) return join(folder, fileName);
    if (existsSync(join(folder, 'nx.json'))) break;
  }
  const workspace = workspaceOf(from);
  const found = workspacePackages(workspace).filter((file) => existsSync(file));
  if (found.length > 1) throw problem('config-ambiguous', { found });
  if (!found[0]) throw problem('config-missing', { from });
  return found[0];
}

function workspacePackages(workspace: string): string[] {
  const manifest = join(workspace, 'package.json');
  if (!existsSync(manifest)) return [];
  const { workspaces = [] } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    workspaces?: string[] | { packages?: string[] };
  };
  const patterns = Array.isArray(workspaces) ? workspaces : (workspaces.packages ?? []);
  return globSync(patterns, { cwd: workspace })
    .map((folder) => join(workspace, folder, fileName))
    .sort();
}

/** The folder that holds nx.json; without Nx, the outermost one with a package.json. */
export function workspaceOf(from: string): string {
  let outermost = from;
  for (const folder of upward(from)) {
    if (existsSync(join(folder, 'nx.json'))) return folder;
    if (existsSync(join(folder, 'package.json'))) outermost = folder;
  }
  return outermost;
}

interface NxConfiguration {
  plugins?: (string | { plugin: string })[];
}

/** What stands before a command's name: Nx and the project's name where our plugin makes targets of the commands. */
function commandsIn(workspace: string, root: string): string {
  const read = <T>(file: string): T | undefined =>
    existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
  const { plugins = [] } = read<NxConfiguration>(join(workspace, 'nx.json')) ?? {};
  const isOurs = (one: string | { plugin: string }) =>
    (typeof one === 'string' ? one : one.plugin) === 'nx-mikro-orm/plugin';
  if (!plugins.some(isOurs)) return 'npx nx-mikro-orm ';
  const { name: projectName } = read<{ name?: string }>(join(root, 'project.json')) ?? {};
  const { name, nx } = read<{ name?: string; nx?: { name?: string } }>(join(root, 'package.json')) ?? {};
  return `npx nx run ${projectName ?? nx?.name ?? name ?? 'migrations'}:`;
}
