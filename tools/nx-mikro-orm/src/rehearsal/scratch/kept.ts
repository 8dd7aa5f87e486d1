/** Replayed databases that are kept on the scratch server: their names, what is noted with each, and which of them go. */
import { createHash } from 'node:crypto';
import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import type { Linked } from '../../history/revision.ts';
import { handworkNote, noHandwork, type HandworkNote } from '../../diff/handwork.ts';
import type { confinementOf, LeftOut } from './confine.ts';

/** How many replayed databases are kept; the oldest go first. */
const kept = 10;
export const prefix = 'scratch_';

/** What is kept with a database, as its comment. */
export interface Note {
  handwork: HandworkNote;
  models: Readonly<Record<string, string>>;
  /** What the revisions say that was not run. */
  leftOut: LeftOut[];
  /** The roles that they make. */
  roles: string[];
}

export const noNote: Note = { handwork: handworkNote(noHandwork()), models: {}, leftOut: [], roles: [] };

export async function readNote(admin: Client, name: string): Promise<Note> {
  const { rows } = await admin.query<{ note: string | null }>(
    `select shobj_description(oid, 'pg_database') as note from pg_database where datname = $1`,
    [name],
  );
  return rows[0]?.note ? { ...noNote, ...(JSON.parse(rows[0].note) as Partial<Note>) } : noNote;
}

/** What a connection came to know is added. */
export const withKnown = (note: Note, known: ReturnType<typeof confinementOf>): Note => ({
  ...note,
  leftOut: [...note.leftOut, ...(known?.leftOut ?? [])],
  roles: [...new Set([...note.roles, ...(known?.roles ?? [])])],
});

export const writeNote = async (admin: Client, name: string, note: Note) => {
  await admin.query(`comment on database ${escapeIdentifier(name)} is ${escapeLiteral(JSON.stringify(note))}`);
};

/** The login whose databases they are, where it is no superuser: it may not copy what others have made. */
export interface Owned {
  ownedBy: string | undefined;
}

/** Names of the databases after 0, 1, 2 … revisions. */
export function namesOf(chain: readonly Linked[], { ownedBy = '' }: Owned): string[] {
  let key = createHash('sha256').update(`nx-mikro-orm scratch 5${ownedBy}`).digest('hex');
  const names = [prefix + key.slice(0, 24)];
  for (const { name, hash } of chain) {
    key = createHash('sha256').update(`${key}\n${name}\n${hash}`).digest('hex');
    names.push(prefix + key.slice(0, 24));
  }
  return names;
}

export const scratchName = (chain: readonly Linked[], server: Owned): string => namesOf(chain, server).at(-1) ?? '';

export async function databases(admin: Client): Promise<Set<string>> {
  const { rows } = await admin.query<{ datname: string }>(
    `select datname from pg_database where datname like $1 order by oid`,
    [`${prefix.replace('_', '\\_')}%`],
  );
  return new Set(rows.map(({ datname }) => datname));
}

/** Drops the oldest databases that nobody uses, and what killed processes left half built. */
export async function dropKept(
  admin: Client,
  present: ReadonlySet<string>,
  needed: ReadonlySet<string>,
): Promise<void> {
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

export const key = `hashtextextended('nx-mikro-orm ' || $1, 0)`;

/** Waits inside the server: nobody builds an index concurrently in the database that `admin` is connected to. */
export const lock = (admin: Client, name: string) => admin.query(`select pg_advisory_lock(${key})`, [name]);
export const unlock = (admin: Client, name: string) => admin.query(`select pg_advisory_unlock(${key})`, [name]);
