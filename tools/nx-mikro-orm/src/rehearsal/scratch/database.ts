import { createHash } from 'node:crypto';
import { escapeIdentifier, type Client } from 'pg';
import { open } from '../../postgres/connect/connect.ts';
import { sendAll } from '../../postgres/connect/transaction.ts';
import { openOrmSession } from '../../postgres/orm-session.ts';
import type { Project } from '../../config.ts';
import { beforeCreate } from '../../history/origin.ts';
import type { Linked } from '../../history/revision.ts';
import type { OrmSession } from '../../orm.ts';
import { cloneDatabase } from './clone.ts';
import { confinementOf, openConfined, owner, prepareDatabase } from './confine.ts';
import type { LeftOut } from './confine.ts';
import { handworkNote, readHandworkNote, type Handwork } from '../../diff/handwork.ts';
import {
  databases,
  lock,
  scratchName,
  namesOf,
  noNote,
  prefix,
  readNote,
  dropKept,
  unlock,
  withKnown,
  writeNote,
} from './kept.ts';
import { replay, type OnReplay } from './replay.ts';
import { withServer, type ScratchHost } from './server.ts';
import { ofScratch } from './worker.ts';

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

export interface ScratchOptions {
  /** True for a copy that `work` may change for good; it is dropped afterwards. */
  copy?: boolean;
  onReplay?: OnReplay | undefined;
  onLeftOut?: OnLeftOut | undefined;
}

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
    const name = scratchName(chain, server);
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
    const from = scratchName(chain, server);
    await lock(admin, from);
    await build(project, server, chain, options);
    const name = await prepared(server, from, prepare);
    await unlock(admin, from);
    const note = await readNote(admin, name);
    const leftOut: LeftOut[] = [];
    const taken = new Set<Copy>();
    const takeOne = async () => {
      const copy = await takeCopy(project, server, name, (closed, found) => {
        taken.delete(closed);
        leftOut.push(...found);
      });
      taken.add(copy);
      return copy;
    };
    let last: Promise<unknown> = Promise.resolve();
    // One after the other: whoever logs in has the only password.
    const take = () => {
      const copy = last.then(takeOne);
      last = copy.catch(() => undefined);
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
  server: ScratchHost,
  of: string,
  onClose: (copy: Copy, leftOut: readonly LeftOut[]) => void,
): Promise<Copy> {
  const { admin, urlFor } = server;
  const name = copyName();
  await lock(admin, name);
  await cloneDatabase(admin, of, name, ownerOn(server));
  const client = await openConfined(admin, urlFor, name);
  await Promise.all(sendAll(client, ofScratch));
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
async function prepared(server: ScratchHost, from: string, { key: content, work }: Preparation): Promise<string> {
  const { admin, urlFor } = server;
  const name = prefix + createHash('sha256').update(`${from}\n${content}`).digest('hex').slice(0, 24);
  await lock(admin, name);
  const present = await databases(admin);
  if (present.has(name)) return name;
  const building = `${name}_b${process.pid}`;
  await admin.query(`drop database if exists ${escapeIdentifier(building)} with (force)`);
  await cloneDatabase(admin, from, building, ownerOn(server));
  try {
    const client = await openConfined(admin, urlFor, building);
    let known: ReturnType<typeof confinementOf>;
    try {
      await Promise.all(sendAll(client, ofScratch));
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
  await dropKept(admin, present, new Set([from, name]));
  return name;
}

/** Where a superuser connects, the databases belong to a role without rights. */
const ownerOn = ({ superuser }: ScratchHost): string | undefined => (superuser ? owner : undefined);

let copies = 0;

const copyName = (): string => `${prefix}copy_${process.pid}_${Date.now().toString(36)}_${(copies += 1)}`;

/** A copy of a database, as long as `work` takes. */
async function withCopy<T>(server: ScratchHost, of: string, work: (name: string) => Promise<T>): Promise<T> {
  const { admin } = server;
  const name = copyName();
  await lock(admin, name);
  try {
    await cloneDatabase(admin, of, name, ownerOn(server));
    return await work(name);
  } finally {
    await dropCopy(admin, name);
  }
}

async function dropCopy(admin: Client, name: string): Promise<void> {
  await admin.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
  await unlock(admin, name);
}

async function withSession<T>(
  project: Project,
  { admin, urlFor }: ScratchHost,
  name: string,
  work: (session: OrmSession) => Promise<T>,
): Promise<T> {
  const client = await openConfined(admin, urlFor, name);
  try {
    await Promise.all(sendAll(client, ofScratch));
    return await work(await openOrmSession(project, client));
  } finally {
    await client.end();
  }
}

/** Replays what is missing into a copy of the longest kept beginning of the chain. */
async function build(
  project: Project,
  server: ScratchHost,
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
  await cloneDatabase(admin, from ?? 'template0', building, ownerOn(server));
  if (from !== undefined) await unlock(admin, from);
  else if (server.superuser) await prepare(server, building);
  // names[0] is the empty chain, so names[i] is the database after i revisions.
  const missing = chain.slice(Math.max(complete, 0));
  const { known, handwork } = await withSession(project, server, building, async (session) => ({
    handwork: await replay(session, missing, readHandworkNote(note.handwork), {
      early: beforeCreate(chain),
      onReplay: options.onReplay,
    }),
    known: confinementOf(session.client),
  }));
  await writeNote(admin, building, { ...withKnown(note, known), handwork: handworkNote(handwork) });
  await admin.query(`alter database ${escapeIdentifier(building)} rename to ${escapeIdentifier(name)}`);
  await dropKept(admin, present, new Set(names.slice(-2)));
}

async function prepare({ urlFor }: ScratchHost, name: string): Promise<void> {
  const client = await open(urlFor(name));
  try {
    await prepareDatabase(client);
  } finally {
    await client.end();
  }
}
