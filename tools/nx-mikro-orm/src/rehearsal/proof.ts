import {
  changedFacts,
  compareCatalogues as comparing,
  describe,
  readCatalogue,
  type Catalogue,
  type Difference as CatalogueDifference,
  type Item,
} from '../catalogue/index.ts';
import { asColumn } from '../catalogue/kinds/column.ts';
import { moduleOf } from '../catalogue/kinds/index.ts';
import { firstLine, isProblem, problem } from '../errors.ts';
import { rehearse } from '../orm.ts';
import { emptyTables, isForRows } from './history-rows.ts';
import { refusalOf } from './scratch/confine.ts';
import type { Scratch } from './scratch/database.ts';
import type { Ignore } from '../diff/side.ts';
import type { Moves, Statements } from '../diff/moves.ts';
import { Watch, type Watched } from './watch.ts';

/** What the server saw: how long up and down took, and what became of rows. */
export interface Proof {
  upMs: number;
  downMs: number;
  /** Of generated rows; undefined where no table with rows is concerned. */
  rows: Watched | undefined;
}

export interface ToProve {
  statements: Statements;
  before: Catalogue;
  /** What up has to give. */
  wanted: Catalogue;
  /** What stays though no model describes it. */
  isLeftAlone: (item: Item) => boolean;
  moves: Moves;
  ignore: Ignore | undefined;
  schemaStays: (name: string) => boolean;
  /** Looks on at the state before the change, with rows in the tables that change; leaves nothing. */
  look?: () => Promise<unknown>;
}

/**
 * Rehearses statements on scratch, in a transaction that is rolled back: up gives the models, down gives back what was
 * before, up again gives the same. Then once more with generated rows in the tables that change: every value that is meant to
 * stay does. @throws proof-failed, naming what differs
 */
export async function prove(scratch: Scratch, toProve: ToProve): Promise<Proof> {
  const { session, client } = scratch;
  const { statements } = toProve;
  return rehearse(session, async () => {
    const watch = await Watch.begin(client, toProve);
    await client.query('savepoint before');
    const upMs = await play(scratch, 'up', statements.up);
    const after = await readAll(scratch, toProve);
    const wrong = compare(toProve.wanted, after).filter((one) => !follows(toProve, one));
    assertNone('up does not give what is wanted', wrong.map(describe));
    if (watch) {
      await watch.ask();
      await comeUp(scratch, watch, toProve);
    } else if (toProve.look) {
      await client.query('rollback to savepoint before');
      await toProve.look();
      await play(scratch, 'up', statements.up);
    }
    const down = () => play(scratch, 'down', statements.down);
    const downMs = await stage(scratch, watch, 'down', down, () => withoutRows(scratch, statements.up));
    assertDown(toProve, await readAll(scratch, toProve));
    const again = () => play(scratch, 'up again', statements.up);
    await stage(scratch, watch, 'again', again, () => withoutRows(scratch, []));
    assertNone('up again does not give the same', compare(after, await readAll(scratch, toProve)).map(describe));
    const rows = watch?.outcome();
    assertNone('values do not survive', rows?.failures ?? []);
    return { upMs, downMs, rows };
  });
}

/** Goes up on generated rows; where what the largest of them hold is in the way, on others; or else without any. */
async function comeUp(scratch: Scratch, watch: Watch, { statements: { up }, look }: ToProve): Promise<void> {
  for (const extremes of [true, false]) {
    await scratch.client.query('rollback to savepoint before');
    await watch.fill({ extremes });
    if (extremes) await look?.();
    if (!watch.isWatching) break;
    if (await watch.see('up', () => play(scratch, 'up', up))) return;
  }
  await withoutRows(scratch, up);
}

/**
 * Runs a stage on the rows that are watched. Where what they hold is in its way, it is run without: what becomes of the
 * structure does not depend on rows.
 */
async function stage(
  scratch: Scratch,
  watch: Watch | undefined,
  name: 'down' | 'again',
  work: () => Promise<number>,
  begin: () => Promise<void>,
): Promise<number> {
  if (watch?.isWatching) {
    let ms = 0;
    if (await watch.see(name, async () => (ms = await work()))) return ms;
    await begin();
  }
  return withoutOwnRows(scratch, watch, name, work);
}

/** Where the rows of the history itself are in the way, they go first: a database may have none of them by then. */
async function withoutOwnRows(
  { client }: Scratch,
  watch: Watch | undefined,
  name: 'down' | 'again',
  work: () => Promise<number>,
): Promise<number> {
  await client.query('savepoint own');
  try {
    return await work();
  } catch (error) {
    if (!isProblem(error) || !isForRows(error.cause)) throw error;
    await client.query('rollback to savepoint own');
    await emptyTables(client);
    const ms = await work();
    watch?.note(name, `what the history put there: ${firstLine(error.cause)}`);
    return ms;
  }
}

/** The state before, without any row, and then what `statements` make of it. */
async function withoutRows(scratch: Scratch, statements: string[]): Promise<void> {
  await scratch.client.query('rollback to savepoint before');
  await play(scratch, 'up', statements);
}

const readAll = ({ client }: Scratch, { ignore }: ToProve) => readCatalogue(client, { ignore });

/** A scratch database has a note of ours as its comment. */
const compare = (expected: Catalogue, found: Catalogue) =>
  comparing(expected, found).filter(({ kind }) => kind !== 'database');

/**
 * Whether a thing that is left alone only follows what it hangs on: an inherited column comes, goes and changes with its
 * parent's, and the server prints an expression anew when a column that it reads has another type.
 */
function follows({ isLeftAlone }: ToProve, { what, expected, found }: CatalogueDifference): boolean {
  const item = found ?? expected;
  if (!item || !isLeftAlone(item)) return false;
  if (asColumn(item)?.layout.inherited) return true;
  if (what !== 'changed' || !expected || !found) return false;
  const printed = moduleOf(item.kind).sql ?? [];
  return [...changedFacts(expected, found)].every((fact) => printed.includes(fact));
}

function assertDown({ before, schemaStays }: ToProve, found: Catalogue): void {
  const left = compare(before, found).filter(
    ({ kind, what, found: item }) => !(what === 'extra' && kind === 'schema' && schemaStays(item?.name ?? '')),
  );
  assertNone('down does not give back what was before', left.map(describe));
}

async function play({ client }: Scratch, stage: string, statements: string[]): Promise<number> {
  const started = performance.now();
  for (const sql of statements) {
    try {
      await client.query(sql);
    } catch (error) {
      const refused = refusalOf(error, sql, { name: 'The new revision', path: 'the models' });
      throw (
        refused ?? problem('proof-failed', { stage: `${stage} fails`, differences: [firstLine(error), sql] }, error)
      );
    }
  }
  if (statements.some((sql) => sql.toLowerCase().includes('alter domain'))) await client.query(settled);
  return performance.now() - started;
}

/**
 * After a domain has lost a constraint, PostgreSQL keeps messages about it until the next statement that writes, and accepts no
 * change inside of a savepoint before ("cannot start a subtransaction when there are unprocessed inval messages").
 */
const settled = 'create temporary table nx_mikro_orm_settled (); drop table pg_temp.nx_mikro_orm_settled';

function assertNone(stage: string, differences: string[]): void {
  if (differences.length > 0) throw problem('proof-failed', { stage, differences });
}
