/** The server that scratch databases are on: which it is, who is at work there, and the roles made for them. */
import { escapeIdentifier, type Client } from 'pg';
import type { Project } from '../../config.ts';
import { open, target } from '../../postgres/connect/connect.ts';
import { startScratchServer } from '../../postgres/embedded/server.ts';
import { isSuperuser, mark, prepareOwner } from './confine.ts';
import { databases, key, readNote, type Owned } from './kept.ts';

/** Where scratch databases live. */
export interface ScratchHost extends Owned {
  admin: Client;
  urlFor: UrlFor;
  /** Whether everything there runs as a role of its own; one that is no superuser has nothing to give up. */
  superuser: boolean;
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

/** Whoever is at work on the server: nobody takes away a role meanwhile that somebody is about to need. */
export async function withServer<T>(project: Project, work: (server: ScratchHost) => Promise<T>): Promise<T> {
  const urlFor = await scratchServer(project);
  const admin = await openMeetingPlace(urlFor);
  try {
    const superuser = await isSuperuser(admin);
    const server: ScratchHost = { admin, urlFor, superuser, ownedBy: superuser ? undefined : await roleOf(admin) };
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
