/** Takes a schema through its changes, on a real database and with rows in it, and all the way back. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { withProject, type Sandbox } from '../../test/project.ts';
import { run } from '../../src/run/run.ts';
import { create } from '../../src/author/create.ts';
import { compareCatalogues, describe, readCatalogue, type Catalogue } from '../../src/catalogue/index.ts';
import { assertNothing, writeByHand, writeChange } from './make.ts';
import type { Models } from './models.ts';
import type { Change, Schema } from './schema.ts';
import {
  fateOf,
  lostBetween,
  lostForNoReason,
  notGivenBack,
  readHoldings,
  type Fate,
  type Holdings,
} from './values.ts';

export function testSchema(title: string, schema: Schema): void {
  void it(title, (context) => takeThrough(schema, context));
}

/** Where the database stood before a part of the way, and what that part did. */
interface Milestone {
  name: string;
  catalogue: Catalogue;
  holdings: Holdings;
  fate: Fate;
  revisions: number;
}

async function takeThrough(schema: Schema, context: TestContext): Promise<void> {
  const models = schema.models();
  await withModels(models, async (sandbox) => {
    const way: Milestone[] = [];
    const go = async (name: string, change: Change, work: () => Promise<number>) => {
      const before = { catalogue: await catalogueOf(sandbox), holdings: await readHoldings(sandbox.client) };
      const fate = fateOf(before.holdings, change.decisions ?? [], change.changed ?? []);
      const revisions = await part(context, name, async () => {
        const made = await work();
        assert.deepEqual(lostBetween(before.holdings, await readHoldings(sandbox.client), fate), [], 'after up');
        return made;
      });
      way.push({ name, ...before, fate, revisions });
    };
    await go('everything is made', {}, () => makeAll(sandbox, schema));
    for (const [name, change] of Object.entries(schema.changes))
      await go(name, change, () => makeChange(sandbox, models, name, change));
    const last = await catalogueOf(sandbox);
    await goBack(sandbox, way, context);
    await part(context, 'up again', async () => {
      await run(sandbox.project, { direction: 'up' });
      expectSame(last, await catalogueOf(sandbox));
      await assertNothing(sandbox.project);
    });
  });
}

/** Where one part fails, the next has nothing to stand on. */
async function part<T>(context: TestContext, name: string, work: () => Promise<T>): Promise<T> {
  let done: { with: T } | undefined;
  await context.test(name, async () => {
    done = { with: await work() };
  });
  if (!done) throw new Error(`it ends at: ${name}`);
  return done.with;
}

/** A project whose models are `models`, as they are when somebody asks. */
const withModels = (models: Models, work: (sandbox: Sandbox) => Promise<void>): Promise<void> =>
  withProject(async (sandbox) => {
    const config = await sandbox.project.config.orm();
    const base = config.default as () => object;
    sandbox.project.config.orm = () =>
      Promise.resolve({ default: () => ({ ...base(), ...models.options() }) as never });
    await work(sandbox);
  });

async function makeAll({ project, client }: Sandbox, { ground, beyond, rows }: Schema): Promise<number> {
  const below = await writeByHand(project, 'ground', ground);
  assert.ok(await create(project, { message: 'models', decisions: [] }), 'nothing to create');
  const above = await writeByHand(project, 'beyond', beyond);
  await run(project, { direction: 'up' });
  await assertNothing(project);
  for (const sql of rows) await client.query(sql);
  return below + 1 + above;
}

async function makeChange(sandbox: Sandbox, models: Models, name: string, change: Change): Promise<number> {
  const revisions = await writeChange(sandbox.project, models, name, change);
  await run(sandbox.project, { direction: 'up' });
  for (const [query, values] of change.gives ?? []) assert.deepEqual(await sandbox.values(query), values, query);
  await assertNothing(sandbox.project);
  return revisions;
}

/** Takes back one change after the other: the schema is what it was each time, and so is every value that no change took. */
async function goBack(sandbox: Sandbox, way: readonly Milestone[], context: TestContext): Promise<void> {
  let lost = new Set<string>();
  for (const { name, catalogue, holdings, fate, revisions } of way.toReversed())
    await part(context, `back to before: ${name}`, async () => {
      await run(sandbox.project, { direction: 'down', target: `-${revisions}` });
      expectSame(catalogue, await catalogueOf(sandbox));
      const missing = notGivenBack(holdings, await readHoldings(sandbox.client));
      assert.deepEqual(lostForNoReason(holdings, missing, fate, lost), [], 'after down');
      lost = missing;
    });
}

/** Everything but the ledger and the journal. */
const catalogueOf = ({ client }: Sandbox): Promise<Catalogue> =>
  readCatalogue(client, { ignore: (_, name) => name.startsWith('mikro_orm_migrations') });

const expectSame = (expected: Catalogue, found: Catalogue): void =>
  assert.deepEqual(compareCatalogues(expected, found).map(describe), []);
