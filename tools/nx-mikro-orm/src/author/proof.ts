import { compareCatalogues, describe, readCatalogue, type Catalogue } from '../catalogue/index.ts';
import { problem } from '../errors.ts';
import { firstLine, rehearse } from '../orm.ts';
import type { Scratch } from '../scratch/database.ts';
import type { Statements } from './difference.ts';
import { differencesFromModels } from './wanted.ts';

/** What the server saw: how long up and down took on an empty schema, and which locks up takes. */
export interface Proof {
  upMs: number;
  downMs: number;
  locks: { relation: string; mode: string }[];
}

/**
 * Rehearses statements on scratch, in a transaction that is rolled back: up gives the models, down gives back what was
 * before, up again gives the same. @throws proof-failed, naming what differs
 */
export async function prove(
  scratch: Scratch,
  statements: Statements,
  before: Catalogue,
  wanted: Catalogue,
): Promise<Proof> {
  const { session, client } = scratch;
  return rehearse(session, async () => {
    const tables = await tablesPresent(scratch);
    const upMs = await play(scratch, 'up', statements.up);
    const locks = await locksOn(scratch, tables);
    const after = await readCatalogue(client);
    const left = differencesFromModels(wanted, after, scratch.byHand);
    const touched = (key: string) => before.get(key)?.definition !== after.get(key)?.definition;
    // A grant or a comment that somebody added by hand to a table of the models is not in the models, and stays.
    const wrong = left.filter(({ key }) => !scratch.byHand.has(key) || touched(key));
    insist('up does not give the models', wrong.map(describe));
    const downMs = await play(scratch, 'down', statements.down);
    insist(
      'down does not give back what was before',
      compareCatalogues(before, await readCatalogue(client)).map(describe),
    );
    await play(scratch, 'up again', statements.up);
    insist('up again does not give the same', compareCatalogues(after, await readCatalogue(client)).map(describe));
    return { upMs, downMs, locks };
  });
}

async function play({ client }: Scratch, stage: string, statements: string[]): Promise<number> {
  const started = performance.now();
  for (const sql of statements) {
    try {
      await client.query(sql);
    } catch (error) {
      throw problem('proof-failed', { stage: `${stage} fails`, differences: [firstLine(error), sql] }, error);
    }
  }
  return performance.now() - started;
}

function insist(stage: string, differences: string[]): void {
  if (differences.length > 0) throw problem('proof-failed', { stage, differences });
}

async function tablesPresent({ client }: Scratch): Promise<number[]> {
  const { rows } = await client.query<{ oid: number }>(
    "select oid from pg_class where oid >= 16384 and relkind in ('r', 'p', 'm')",
  );
  return rows.map(({ oid }) => oid);
}

/** Lock modes by strength, as PostgreSQL's manual orders them (13.3.1); weaker ones block no reader and no writer. */
const blocking = ['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'];

/** Locks held right now that would make readers or writers of these tables wait: what a live server would feel. */
async function locksOn({ client }: Scratch, tables: number[]): Promise<Proof['locks']> {
  const { rows } = await client.query<{ relation: string; mode: string }>(
    `select distinct on (l.relation) l.relation::regclass::text as relation, l.mode
     from pg_locks l
     where l.pid = pg_backend_pid() and l.relation = any($1) and l.mode = any($2)
     order by l.relation, array_position($2, l.mode) desc`,
    [tables, blocking],
  );
  return rows;
}
