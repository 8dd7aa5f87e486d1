import { appendFileSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { Case } from './cases.ts';
import { delayed } from './delay.ts';
import type { Peer } from './peers/peer.ts';
import { changesOf, tablesOf, type Change, type Table } from './fixture.ts';

/** Where one tool works in one case: a folder and a database of its own. */
export interface Site {
  case: Case;
  folder: string;
  changes: Change[];
  tables: Table[];
  /** The tool's own database, and any other one on the bench's server. */
  url: string;
  server: string;
  /** What its process gets to see besides the usual. */
  env: Record<string, string>;
  /** Writes a file of the folder. */
  write(path: string, text: string): void;
  close(): Promise<void>;
}

/** The bench's work folder in a checkout; inside it, so that generated files can import what is installed there. */
const homeIn = (root: string) => join(root, 'tools/bench/.nx-mikro-orm/work', String(process.pid));

const here = join(import.meta.dirname, '../..');

/** Makes a folder and an empty database. `server` is the URL of any database on the bench's server. */
export async function openSite(server: string, which: Case, peer: Pick<Peer, 'name' | 'root'>): Promise<Site> {
  const folder = join(homeIn(peer.root ?? here), which.name, peer.name);
  const database = `${which.name}_${peer.name}`.replaceAll('-', '_');
  const url = new URL(server);
  url.pathname = `/${database}`;
  const tables = tablesOf(which.size);
  const near = which.delayMs === undefined ? undefined : await delayed(url.href, which.delayMs);
  const middle = tables[Math.floor(tables.length / 2)];
  if (which.modelsAhead && middle) middle.wanted = true;
  const site: Site = {
    case: which,
    folder,
    changes: (which.changes ?? (() => changesOf(which.size)))(),
    tables,
    url: url.href,
    server,
    env: { DATABASE_URL: near?.url ?? url.href, SCRATCH_DATABASE_URL: server },
    close: () => near?.close() ?? Promise.resolve(),
    write: (path, text) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
  };
  mkdirSync(folder, { recursive: true });
  await emptyDatabase(site);
  return site;
}

/** Takes the site back to where the next measurement begins. Not measured. */
export async function resetSite(site: Site, files: ReadonlySet<string>): Promise<void> {
  if (site.case.database === 'empty') await emptyDatabase(site);
  if (site.case.scratch === 'cold') await forget(site);
  for (const path of filesOf(site)) if (!files.has(path)) rmSync(path);
}

/** The revisions that lie in the folder; every tool keeps them in `versions`. */
export function filesOf({ folder }: Site): Set<string> {
  const versions = join(folder, 'versions');
  const paths = readdirSync(versions).map((name) => join(versions, name));
  return new Set(paths.filter((path) => statSync(path).isFile()));
}

/** Nothing that ours has kept of an earlier run counts: not its databases, and not its notes, which are by the bytes of revisions. */
async function forget(site: Site): Promise<void> {
  await withClient(site, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      "select datname from pg_database where datname ~ '^scratch_'",
    );
    for (const { datname } of rows)
      await client.query(`drop database if exists ${client.escapeIdentifier(datname)} with (force)`);
  });
  const [first] = [...filesOf(site)].sort();
  if (first?.endsWith('.ts')) appendFileSync(first, '//\n');
}

const emptyDatabase = (site: Site): Promise<void> =>
  withClient(site, async (client) => {
    const name = client.escapeIdentifier(new URL(site.url).pathname.slice(1));
    await client.query(`drop database if exists ${name} with (force)`);
    await client.query(`create database ${name} template template0 encoding 'UTF8'`);
    // Otherwise the writing of what the last run left behind falls into the next one's time.
    await client.query('checkpoint');
  });

async function withClient({ server }: Site, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Removes every file that this run made. */
export const removeSites = (): void => rmSync(homeIn(here), { recursive: true, force: true });
