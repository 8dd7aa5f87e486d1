import { createHash } from 'node:crypto';
import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { open, target } from '../../postgres/connect/connect.ts';
import { openOrmSession } from '../../postgres/orm-session.ts';
import type { Project } from '../../config.ts';
import type { Linked } from '../../history/revision.ts';
import type { OrmSession } from '../../orm.ts';
import { startScratchServer } from '../../postgres/embedded/server.ts';
import { isState, sqlstate } from '../../sql/sqlstate.ts';
import { confinementOf, isSuperuser, mark, openConfined, owner, prepareDatabase, prepareOwner } from './confine.ts';
import type { LeftOut } from './confine.ts';
import { handworkNote, noHandwork, readHandworkNote, type Handwork, type HandworkNote } from '../../diff/handwork.ts';
import { replay, type OnReplay } from './replay.ts';
import { unsynchronised } from './worker.ts';

/** A throw-away database at which some chain of revisions has been replayed. */
export interface Scratch {
  session: OrmSession;
  client: Client;
  /** What `create` leaves alone, as no model owns it. */
  handwork: Handwork;
  /** What was found out about the models before, at this database or at the one that it was copied from. */
  remembered: Readonly<Record<string, string>>;
  /** Keeps what was found out for the next time; it goes when the database does. */
  remember: (models: Readonly<Record<string, string>>) => Promise<void>;
}

/** Told what reaches beyond a database, and so was not run on scratch: by the replayed revisions, and by the work itself. */
export type OnLeftOut = (leftOut: readonly LeftOut[]) => void;

/** What is kept with a database, as its comment. */
interface Note {
  handwork: HandworkNote;
  models: Readonly<Record<string, string>>;
  /** What the revisions say that was not run. */
  leftOut: LeftOut[];
  /** The roles that they make. */
  roles: string[];
}

export interface ScratchOptions {
  /** True for a copy that `work` may change for good; it is dropped afterwards. */
  copy?: boolean;
  onReplay?: OnReplay | undefined;
  onLeftOut?: OnLeftOut | undefined;
}

/** How many replayed databases are kept; the oldest go first. */
const kept = 10;
const prefix = 'scratch_';

/**
 * Gives `work` a database at which exactly these revisions have been replayed.
 *
 * Databases are kept by the content of the chain: names and bytes of every file. Only what no kept database has yet is
 * replayed. One process uses a database at a time; a database is complete before it gets its name, so a killed process
 * leaves nothing that could be mistaken for one.
 */
export async function withScratch<T>(
  project: Project,
  chain: readonly Linked[],
  options: ScratchOptions,
  work: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  return withServer(project, async (server) => {
    const { admin } = server;
    const name = nameOf(chain, server);
    await lock(admin, name);
    await build(project, server, chain, options);
    const note = await readNote(admin, name);
    const use = (used: string) =>
      withSession(project, server, used, async (session) => {
        const { client } = session;
        const handwork = readHandworkNote(note.handwork);
        const remember = (models: Readonly<Record<string, string>>) => writeNote(admin, name, { ...note, models });
        const result = await work({ session, client, handwork, remembered: note.models, remember });
        options.onLeftOut?.([...note.leftOut, ...(confinementOf(client)?.leftOut ?? [])]);
        return result;
      });
    return options.copy ? withCopy(server, name, use) : use(name);
  });
}

/** A copy of a prepared database, which may be changed for good. */
export interface Copy {
  client: Client;
  /** MikroORM on the same connection. */
  session: () => Promise<OrmSession>;
  /** Another connection to it, with the rights of whoever connects to scratch: only for statements of our own. */
  another: () => Promise<Client>;
  /** Drops it; what is not closed by then is dropped when the work with all copies ends. */
  close: () => Promise<void>;
}

/** What a database is made of, beyond a chain, before copies are taken of it. */
export interface Preparation {
  /** Says all that `work` depends on: a database of the same chain and key is kept, and not prepared again. */
  key: string;
  work: (client: Client) => Promise<void>;
}

/**
 * Gives `work` as many copies as it takes of a database at which these revisions have been replayed and that was prepared. That
 * database is kept like one of revisions only.
 */
export async function withCopies<T>(
  project: Project,
  chain: readonly Linked[],
  { prepare, ...options }: ScratchOptions & { prepare: Preparation },
  work: (take: () => Promise<Copy>) => Promise<T>,
): Promise<T> {
  return withServer(project, async (server) => {
    const { admin } = server;
    const from = nameOf(chain, server);
    await lock(admin, from);
    await build(project, server, chain, options);
    const name = await prepared(server, from, prepare);
    await unlock(admin, from);
    const note = await readNote(admin, name);
    const leftOut: LeftOut[] = [];
    const taken = new Set<Copy>();
    const take = async () => {
      const copy = await takeCopy(project, server, name, (closed, found) => {
        taken.delete(closed);
        leftOut.push(...found);
      });
      taken.add(copy);
      return copy;
    };
    try {
      return await work(take);
    } finally {
      for (const copy of taken) await copy.close();
      options.onLeftOut?.([...note.leftOut, ...leftOut]);
    }
  });
}

async function takeCopy(
  project: Project,
  server: Server,
  of: string,
  onClose: (copy: Copy, leftOut: readonly LeftOut[]) => void,
): Promise<Copy> {
  const { admin, urlFor } = server;
  const name = copyName();
  await lock(admin, name);
  await cloneDatabase(server, of, name);
  const client = await openConfined(admin, urlFor, name);
  await client.query(unsynchronised);
  const others: Client[] = [];
  let session: Promise<OrmSession> | undefined;
  const copy: Copy = {
    client,
    session: () => (session ??= openOrmSession(project, client)),
    another: async () => {
      const other = await open(urlFor(name));
      others.push(other);
      return other;
    },
    close: async () => {
      onClose(copy, confinementOf(client)?.leftOut ?? []);
      await Promise.all([client, ...others].map((one) => one.end()));
      await dropCopy(admin, name);
    },
  };
  return copy;
}

/** The name of the prepared database, locked; it is made where it is missing. */
async function prepared(server: Server, from: string, { key: content, work }: Preparation): Promise<string> {
  const { admin, urlFor } = server;
  const name = prefix + createHash('sha256').update(`${from}\n${content}`).digest('hex').slice(0, 24);
  await lock(admin, name);
  const present = await databases(admin);
  if (present.has(name)) return name;
  const building = `${name}_b${process.pid}`;
  await admin.query(`drop database if exists ${escapeIdentifier(building)} with (force)`);
  await cloneDatabase(server, from, building);
  try {
    const client = await openConfined(admin, urlFor, building);
    let known: ReturnType<typeof confinementOf>;
    try {
      await client.query(unsynchronised);
      await work(client);
      known = confinementOf(client);
    } finally {
      await client.end();
    }
    await writeNote(admin, building, withKnown(await readNote(admin, from), known));
    await admin.query(`alter database ${escapeIdentifier(building)} rename to ${escapeIdentifier(name)}`);
  } catch (error) {
    await admin.query(`drop database if exists ${escapeIdentifier(building)} with (force)`).catch(() => undefined);
    throw error;
  }
  await sweep(admin, present, new Set([from, name]));
  return name;
}

/** Whoever is at work on the server: nobody takes away a role meanwhile that somebody is about to need. */
async function withServer<T>(project: Project, work: (server: Server) => Promise<T>): Promise<T> {
  const urlFor = await scratchServer(project);
  const admin = await openMeetingPlace(urlFor);
  const superuser = await isSuperuser(admin);
  const server: Server = { admin, urlFor, superuser, ownedBy: superuser ? undefined : await roleOf(admin) };
  try {
    await admin.query(`select pg_advisory_lock_shared(${key})`, [allRoles]);
    if (server.superuser) await prepareOwner(admin);
    return await work(server);
  } finally {
    await sweepRoles(admin).catch(() => undefined);
    await admin.end();
  }
}

/**
 * Advisory locks are of one database: whoever works on this server has to be connected to the same one, whichever
 * SCRATCH_DATABASE_URL names.
 */
const openMeetingPlace = async (urlFor: UrlFor): Promise<Client> =>
  open(urlFor('postgres')).catch(() => open(urlFor(undefined)));

async function roleOf(admin: Client): Promise<string | undefined> {
  const { rows } = await admin.query<{ role: string }>('select current_user::text as role');
  return rows[0]?.role;
}

let copies = 0;

const copyName = (): string => `${prefix}copy_${process.pid}_${Date.now().toString(36)}_${(copies += 1)}`;

/** A copy of a database, as long as `work` takes. */
async function withCopy<T>(server: Server, of: string, work: (name: string) => Promise<T>): Promise<T> {
  const { admin } = server;
  const name = copyName();
  await lock(admin, name);
  try {
    await cloneDatabase(server, of, name);
    return await work(name);
  } finally {
    await dropCopy(admin, name);
  }
}

async function dropCopy(admin: Client, name: string): Promise<void> {
  await admin.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
  await unlock(admin, name);
}

/** Where scratch databases live. */
interface Server {
  admin: Client;
  urlFor: UrlFor;
  /** Whether everything there runs as a role of its own; one that is no superuser has nothing to give up. */
  superuser: boolean;
  /** The login, where it is no superuser: it may not copy what others have made. */
  ownedBy: string | undefined;
}

type UrlFor = (database: string | undefined) => string;

/** Scratch has an embedded server of its own, or is at SCRATCH_DATABASE_URL; it is never on the target's server. */
async function scratchServer(project: Project): Promise<UrlFor> {
  const configured = process.env['SCRATCH_DATABASE_URL'];
  if (!configured) {
    const server = await startScratchServer({ root: project.workspace });
    return (database) => server.url(database ?? 'postgres');
  }
  target(configured, false);
  return (database) => {
    const url = new URL(configured);
    if (database !== undefined) url.pathname = `/${database}`;
    return url.href;
  };
}

async function withSession<T>(
  project: Project,
  { admin, urlFor }: Server,
  name: string,
  work: (session: OrmSession) => Promise<T>,
): Promise<T> {
  const client = await openConfined(admin, urlFor, name);
  try {
    await client.query(unsynchronised);
    return await work(await openOrmSession(project, client));
  } finally {
    await client.end();
  }
}

/** Replays what is missing into a copy of the longest kept beginning of the chain. */
async function build(
  project: Project,
  server: Server,
  chain: readonly Linked[],
  options: ScratchOptions,
): Promise<void> {
  const { admin } = server;
  const names = namesOf(chain, server);
  const present = await databases(admin);
  const complete = names.findLastIndex((name) => present.has(name));
  const name = names.at(-1) ?? '';
  if (complete === names.length - 1) return;
  const building = `${name}_b${process.pid}`;
  await admin.query(`drop database if exists ${escapeIdentifier(building)} with (force)`);
  const from = names[complete];
  if (from !== undefined) await lock(admin, from);
  // Somebody who makes room may have dropped it before the lock was ours.
  if (from !== undefined && !(await databases(admin)).has(from)) {
    await unlock(admin, from);
    return build(project, server, chain, options);
  }
  const note = from === undefined ? noNote : await readNote(admin, from);
  await cloneDatabase(server, from ?? 'template0', building);
  if (from !== undefined) await unlock(admin, from);
  else if (server.superuser) await prepare(server, building);
  // names[0] is the empty chain, so names[i] is the database after i revisions.
  const missing = chain.slice(Math.max(complete, 0));
  const { known, handwork } = await withSession(project, server, building, async (session) => ({
    handwork: await replay(session, missing, readHandworkNote(note.handwork), options.onReplay),
    known: confinementOf(session.client),
  }));
  await writeNote(admin, building, { ...withKnown(note, known), handwork: handworkNote(handwork) });
  await admin.query(`alter database ${escapeIdentifier(building)} rename to ${escapeIdentifier(name)}`);
  await sweep(admin, present, new Set(names.slice(-2)));
}

async function prepare({ urlFor }: Server, name: string): Promise<void> {
  const client = await open(urlFor(name));
  try {
    await prepareDatabase(client);
  } finally {
    await client.end();
  }
}

async function cloneDatabase({ admin, superuser }: Server, from: string, to: string): Promise<void> {
  const strategy = (await copiesFiles(admin)) ? ' strategy file_copy' : '';
  for (let attempt = 0; ; attempt++) {
    try {
      await admin.query(
        `create database ${escapeIdentifier(to)} template ${escapeIdentifier(from)}` +
          (superuser ? ` owner ${owner}` : '') +
          (from === 'template0' ? " encoding 'UTF8'" : '') +
          strategy,
      );
      return;
    } catch (error) {
      // A connection that was just closed is still on its way out.
      if (!isState(error, sqlstate.objectInUse) || attempt > 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/**
 * Whether a database is sooner copied as files, as before PostgreSQL 15: where nothing is synchronised to disk, as on the
 * embedded server of scratch, that takes a third of the time. Elsewhere it would wait for two checkpoints of the whole server.
 */
async function copiesFiles(admin: Client): Promise<boolean> {
  const { rows } = await admin.query<{ copies: boolean }>(
    "select current_setting('fsync') = 'off' and current_setting('server_version_num')::int >= 150000 as copies",
  );
  return rows[0]?.copies ?? false;
}

const noNote: Note = { handwork: handworkNote(noHandwork()), models: {}, leftOut: [], roles: [] };

async function readNote(admin: Client, name: string): Promise<Note> {
  const { rows } = await admin.query<{ note: string | null }>(
    `select shobj_description(oid, 'pg_database') as note from pg_database where datname = $1`,
    [name],
  );
  return rows[0]?.note ? { ...noNote, ...(JSON.parse(rows[0].note) as Partial<Note>) } : noNote;
}

/** What a connection came to know is added. */
const withKnown = (note: Note, known: ReturnType<typeof confinementOf>): Note => ({
  ...note,
  leftOut: [...note.leftOut, ...(known?.leftOut ?? [])],
  roles: [...new Set([...note.roles, ...(known?.roles ?? [])])],
});

const writeNote = async (admin: Client, name: string, note: Note) => {
  await admin.query(`comment on database ${escapeIdentifier(name)} is ${escapeLiteral(JSON.stringify(note))}`);
};

/** Names of the databases after 0, 1, 2 … revisions. */
function namesOf(chain: readonly Linked[], { ownedBy = '' }: Pick<Server, 'ownedBy'>): string[] {
  let key = createHash('sha256').update(`nx-mikro-orm scratch 4${ownedBy}`).digest('hex');
  const names = [prefix + key.slice(0, 24)];
  for (const { name, hash } of chain) {
    key = createHash('sha256').update(`${key}\n${name}\n${hash}`).digest('hex');
    names.push(prefix + key.slice(0, 24));
  }
  return names;
}

const nameOf = (chain: readonly Linked[], server: Pick<Server, 'ownedBy'>): string =>
  namesOf(chain, server).at(-1) ?? '';

async function databases(admin: Client): Promise<Set<string>> {
  const { rows } = await admin.query<{ datname: string }>(
    `select datname from pg_database where datname like $1 order by oid`,
    [`${prefix.replace('_', '\\_')}%`],
  );
  return new Set(rows.map(({ datname }) => datname));
}

/** Drops the oldest databases that nobody uses, and what killed processes left half built. */
async function sweep(admin: Client, present: ReadonlySet<string>, needed: ReadonlySet<string>): Promise<void> {
  const idle = [...present].filter((name) => !needed.has(name));
  const finished = idle.filter((name) => !/_b\d+$|^scratch_copy_/.test(name));
  const doomed = [...idle.filter((name) => !finished.includes(name)), ...finished.slice(0, -kept)];
  for (const name of doomed) {
    const owner = name.replace(/_b\d+$/, '');
    const { rows } = await admin.query<{ got: boolean }>(`select pg_try_advisory_lock(${key}) as got`, [owner]);
    if (!rows[0]?.got) continue;
    await admin.query(`drop database if exists ${escapeIdentifier(name)}`).catch(() => undefined);
    await unlock(admin, owner);
  }
}

/**
 * Drops the roles that were made for scratch, and that no database which is kept needs any more. Nobody may be at work: what
 * they need is not noted yet.
 */
async function sweepRoles(admin: Client): Promise<void> {
  await admin.query(`select pg_advisory_unlock_shared(${key})`, [allRoles]);
  const { rows } = await admin.query<{ got: boolean }>(`select pg_try_advisory_lock(${key}) as got`, [allRoles]);
  if (!rows[0]?.got) return;
  const { rows: made } = await admin.query<{ name: string }>(
    `select rolname as name from pg_roles where shobj_description(oid, 'pg_authid') = $1`,
    [mark],
  );
  if (made.length === 0) return;
  const notes = await Promise.all([...(await databases(admin))].map((name) => readNote(admin, name)));
  const needed = new Set(notes.flatMap(({ roles }) => roles));
  for (const { name } of made)
    if (!needed.has(name)) await admin.query(`drop role ${escapeIdentifier(name)}`).catch(() => undefined);
}

const allRoles = 'scratch roles';

const key = `hashtextextended('nx-mikro-orm ' || $1, 0)`;

/** Waits inside the server: nobody builds an index concurrently in the database that `admin` is connected to. */
const lock = (admin: Client, name: string) => admin.query(`select pg_advisory_lock(${key})`, [name]);
const unlock = (admin: Client, name: string) => admin.query(`select pg_advisory_unlock(${key})`, [name]);
