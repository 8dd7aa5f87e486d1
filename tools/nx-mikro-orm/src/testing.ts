import { createHash, randomBytes } from 'node:crypto';
import { escapeIdentifier, type Client } from 'pg';
import { loadProject, type Project, type Seed } from './config.ts';
import { chainTo, onlyHead } from './history/graph.ts';
import { open } from './postgres/connect/connect.ts';
import { cloneDatabase } from './rehearsal/scratch/clone.ts';
import { key as lockKey, lock, unlock } from './rehearsal/scratch/kept.ts';
import { run } from './run/run.ts';
import { readHistory } from './run/standing/standing.ts';
import { loadSeed, plant } from './run/seed.ts';

/** A database of a test's own, at the head of the history. */
export interface TestDatabase extends AsyncDisposable {
  url: string;
  name: string;
  /** Drops it, whoever is still connected. Otherwise it goes when the process ends, or with the next run of tests. */
  drop: () => Promise<void>;
}

export interface TestDatabaseOptions {
  /** The folder from which migrations.config.ts is looked for. Default: the working directory. */
  from?: string;
  /** The file itself, relative to that. */
  config?: string;
  /** The project, where it is at hand already. */
  project?: Project;
  /** Rows that every database of this process begins with: `true` for the project's own seed. */
  seed?: true | Seed;
  /**
   * The server, as the address of any of its databases. Default: TEST_DATABASE_URL, else the workspace's embedded PostgreSQL for
   * scratch; never that of DATABASE_URL.
   */
  server?: string;
}

/**
 * A database of one's own, migrated to head: a copy of a template that is kept, by the content of the history, until it is
 * one of the oldest. What a process leaves behind is dropped by the next one that asks for a database.
 */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const project = options.project ?? (await loadProject({ ...options, from: options.from ?? process.cwd() }));
  const host = await hostFor(options.server ?? process.env['TEST_DATABASE_URL'] ?? (await embedded(project)));
  return host.atWork(async (admin) => {
    const template = await templateOf(host, project, options.seed);
    const name = nextName();
    await lock(admin, name);
    await cloneDatabase(admin, template, name);
    const drop = () => host.drop(name);
    host.made.add(name);
    return { url: host.urlFor(name), name, drop, [Symbol.asyncDispose]: drop };
  });
}

const prefix = 'nxtest_';
const nextName = (): string => prefix + randomBytes(8).toString('hex');
/** Databases that are kept begin with it. */
const templates = 'nxtest_of_';
/** How many of them; the oldest go first. */
const kept = 5;

/** A server with test databases of this process on it. */
interface Host {
  urlFor: (name: string) => string;
  /** What this process has made, and has to drop. The server locks their names for as long as it is connected. */
  made: Set<string>;
  /** The templates that this process knows of. */
  ready: Map<unknown, Promise<string>>;
  /** The connection keeps the process alive only as long as it is at work. */
  atWork: <T>(work: (admin: Client) => Promise<T>) => Promise<T>;
  drop: (name: string) => Promise<void>;
}

/** Not in the types of `pg`: whether an open connection keeps the process alive. */
type Referenced = Client & Record<'ref' | 'unref', () => void>;

const hosts = new Map<string, Promise<Host>>();

function hostFor(address: string): Promise<Host> {
  const host = hosts.get(address) ?? openHost(address);
  hosts.set(address, host);
  return host;
}

async function embedded({ workspace }: Project): Promise<string> {
  const { startScratchServer } = await import('./postgres/embedded/server.ts');
  return (await startScratchServer({ root: workspace })).url('postgres');
}

async function openHost(address: string): Promise<Host> {
  const admin = (await open(address)) as Referenced;
  const made = new Set<string>();
  let busy = 0;
  const atWork: Host['atWork'] = async (work) => {
    if (busy++ === 0) admin.ref();
    try {
      return await work(admin);
    } finally {
      if (--busy === 0) admin.unref();
    }
  };
  const drop = (name: string) =>
    atWork(async () => {
      if (!made.delete(name)) return;
      await dropDatabase(admin, name);
      await unlock(admin, name);
    });
  const dropAll = async () => {
    for (const name of made) await drop(name);
  };
  process.on('beforeExit', () => void dropAll());
  afterAllTests(dropAll);
  await atWork(sweep);
  return {
    urlFor: (name) => Object.assign(new URL(address), { pathname: `/${name}` }).href,
    made,
    ready: new Map(),
    atWork,
    drop,
  };
}

/** Jest and Vitest end their processes themselves; with their globals, they can be told before. */
function afterAllTests(work: () => Promise<void>): void {
  const { afterAll } = globalThis as { afterAll?: (work: () => Promise<void>) => void };
  try {
    afterAll?.(work);
  } catch {
    // Not where hooks may be added: the next process that asks for a database drops these.
  }
}

const dropDatabase = (admin: Client, name: string) =>
  admin.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);

/** Drops what processes left that are gone, and the oldest templates. */
async function sweep(admin: Client): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    `select datname as name from pg_catalog.pg_database where datname like $1 order by oid`,
    [`${prefix.replaceAll('_', '\\_')}%`],
  );
  const names = rows.map(({ name }) => name);
  const old = names.filter((name) => name.startsWith(templates)).slice(0, -kept);
  for (const name of [...names.filter((one) => !one.startsWith(templates)), ...old]) {
    const { rows: got } = await admin.query<{ got: boolean }>(`select pg_try_advisory_lock(${lockKey}) as got`, [name]);
    if (!got[0]?.got) continue;
    await dropDatabase(admin, name);
    await unlock(admin, name);
  }
}

/** The database that copies are made of: one per process for each seed, and one that all processes share without. */
function templateOf(host: Host, project: Project, seed: TestDatabaseOptions['seed']): Promise<string> {
  const history = readHistory(project);
  const content = chainTo(history, onlyHead(history)).map(({ name, hash }) => `${name} ${hash}`);
  const { schema, name: table } = project.table;
  const digest = createHash('sha256')
    .update([schema, table, ...content].join('\n'))
    .digest('hex');
  const template = `${templates}${digest.slice(0, 24)}`;
  const key = seed === undefined ? template : seed === true ? `${template} of ${project.file}` : seed;
  const found =
    host.ready.get(key) ?? (seed === undefined ? migrated(host, project, template) : withRows(host, project, seed));
  host.ready.set(key, found);
  found.catch(() => host.ready.delete(key));
  return found;
}

/** The template at head: one process makes it, others wait. Nobody drops it as long as this process is connected. */
async function migrated(host: Host, project: Project, template: string): Promise<string> {
  return host.atWork(async (admin) => {
    const held = async () => {
      await admin.query(`select pg_advisory_lock_shared(${lockKey})`, [template]);
      const { rowCount } = await admin.query('select from pg_catalog.pg_database where datname = $1', [template]);
      return rowCount !== 0;
    };
    if (await held()) return template;
    await admin.query(`select pg_advisory_unlock_shared(${lockKey})`, [template]);
    await lock(admin, template);
    try {
      if (!(await held())) await build(host, admin, project, template);
    } finally {
      await unlock(admin, template);
    }
    return template;
  });
}

/** It is complete before it gets its name. */
async function build({ urlFor }: Host, admin: Client, project: Project, template: string): Promise<void> {
  const building = nextName();
  await lock(admin, building);
  try {
    await cloneDatabase(admin, 'template0', building);
    const database = () => urlFor(building);
    await run({ ...project, config: { ...project.config, database } }, { direction: 'up' });
    await admin.query(`alter database ${escapeIdentifier(building)} rename to ${escapeIdentifier(template)}`);
  } catch (error) {
    await dropDatabase(admin, building);
    throw error;
  } finally {
    await unlock(admin, building);
  }
}

/** With rows, it is of this process only: nobody can tell from outside whether a seed has changed. */
async function withRows(host: Host, project: Project, seed: true | Seed): Promise<string> {
  const rows = seed === true ? await loadSeed(project) : seed;
  const template = await templateOf(host, project, undefined);
  const name = nextName();
  return host.atWork(async (admin) => {
    await lock(admin, name);
    await cloneDatabase(admin, template, name);
    host.made.add(name);
    const client = await open(host.urlFor(name));
    try {
      await plant(project, client, rows);
    } finally {
      await client.end();
    }
    return name;
  });
}
