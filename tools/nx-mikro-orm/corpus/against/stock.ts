/** Runs an entry of the corpus through MikroORM's own migrator, as a project does that has nothing of ours. */
import { isDeepStrictEqual } from 'node:util';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Client } from 'pg';
import type { Migrator } from '@mikro-orm/migrations';
import { withDatabase } from '../../test/database.ts';
import type { Catalogue } from '../../src/catalogue/index.ts';
import { readContents } from '../apparatus/rows.ts';
import type { Change, Expected } from '../change.ts';
import { fillRows, schemaOf, type State } from '../run.ts';
import { create, Refused, statements, StockProject } from './project.ts';
import { wordsOf } from './words.ts';

/** What came of an entry: facts only, which `judge` compares with ours. A text says how a step failed. */
export interface Facts {
  /** The models before, or what is by hand, could not be made. */
  unmade?: string | undefined;
  before?: State;
  /** The statements of the migration; empty: there was none. Undefined, with `createFails`: it could not be said. */
  wrote: string[];
  createFails?: string | undefined;
  upFails?: string | undefined;
  after?: State | undefined;
  /** What is proposed a second time, though nothing has changed since. */
  again: string[];
  /** Queries of the entry that give something else than they have to. */
  unmet: string[];
  downFails?: string | undefined;
  down?: State;
  upAgainFails?: string | undefined;
  upAgain?: Catalogue;
}

/** Rejects only where the comparison itself is broken: whatever MikroORM or the server refuse is a fact. */
export async function runStock(change: Change, { snapshot = true } = {}): Promise<Facts> {
  const facts: Facts = { wrote: [], again: [], unmet: [] };
  await withDatabase(async (client, url) => {
    const project = new StockProject(url, snapshot);
    try {
      facts.unmade = await failureOf(() => makeBefore(project, change));
      if (facts.unmade !== undefined) return;
      await fillRows(client, change);
      facts.before = await stateOf(client);
      await project
        .open(change.after, (migrator) => goOver(migrator, project, client, change, facts))
        .catch((error: unknown) => {
          if (!(error instanceof Refused)) throw error;
          facts.createFails = error.message;
        });
    } finally {
      project.remove();
    }
  });
  return facts;
}

const failureOf = (work: () => Promise<unknown>): Promise<string | undefined> => work().then(() => undefined, wordsOf);

const stateOf = async (client: Client): Promise<State> => ({
  schema: await schemaOf({ client }),
  rows: await readContents(client),
});

/** A migration of the models, and one with the statements by hand, in the file that `migration:create --blank` makes. */
async function makeBefore(project: StockProject, { before, byHand }: Change): Promise<void> {
  await project.open(before, async (migrator) => {
    if ((await create(migrator, '1_before')).diff.up.length > 0) await migrator.up();
    if (!byHand) return;
    const { fileName } = await create(migrator, '2_by_hand', true);
    const file = project.path(fileName);
    const lists = [byHand.up, byHand.down];
    const text = readFileSync(file, 'utf8').replaceAll(/^ *this\.addSql\(`select 1`\);$/gm, () =>
      (lists.shift() ?? []).map((sql) => `    this.addSql(${JSON.stringify(sql)});`).join('\n'),
    );
    if (lists.length > 0) throw new TypeError('A blank migration looks otherwise');
    writeFileSync(file, text);
    await migrator.up();
  });
}

/** From the models before to those after, back, and over again. */
async function goOver(
  migrator: Migrator,
  project: StockProject,
  client: Client,
  change: Change,
  facts: Facts,
): Promise<void> {
  facts.createFails = await failureOf(async () => (facts.wrote = statements(await create(migrator, '3_after'))));
  if (facts.createFails !== undefined) return;
  if (facts.wrote.length > 0) facts.upFails = await failureOf(() => migrator.up());
  if (facts.upFails !== undefined) return;
  facts.after = await stateOf(client);
  facts.unmet = await unmetOf(client, change.up);
  if (facts.wrote.length === 0) return;

  const againFails = await failureOf(async () => {
    const again = await create(migrator, '4_again');
    facts.again = statements(again);
    if (again.fileName) rmSync(project.path(again.fileName));
  });
  if (againFails !== undefined) facts.again = [againFails];

  facts.downFails = await failureOf(() => migrator.down());
  if (facts.downFails !== undefined) return;
  facts.down = await stateOf(client);
  facts.upAgainFails = await failureOf(() => migrator.up());
  if (facts.upAgainFails === undefined) facts.upAgain = await schemaOf({ client });
}

/** Queries may change rows, which the next ones see: what all of them did is taken back. */
async function unmetOf(client: Client, all: readonly Expected[] = []): Promise<string[]> {
  const unmet: string[] = [];
  await client.query('begin');
  for (const [query, expected] of all) {
    await client.query('savepoint before');
    const found = await client.query<Record<string, unknown>>(query).then(
      ({ rows }) => rows.map((row) => Object.values(row)[0]),
      () => undefined,
    );
    if (found === undefined) await client.query('rollback to before');
    if (!isDeepStrictEqual(found, expected)) unmet.push(query);
  }
  await client.query('rollback');
  return unmet;
}
