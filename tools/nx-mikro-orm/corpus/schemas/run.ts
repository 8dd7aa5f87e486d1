/** Takes a schema through its changes, on a real database and with rows in it, and all the way back. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { it, type TestContext } from 'node:test';
import { withProject, type Sandbox } from '../../test/project.ts';
import { run } from '../../src/apply/run.ts';
import { create } from '../../src/author/create.ts';
import { readRecord } from '../../src/author/questions/decision.ts';
import type { Decision } from '../../src/author/questions/question.ts';
import { compareCatalogues, describe, readCatalogue, type Catalogue } from '../../src/catalogue/index.ts';
import type { Models } from './models.ts';
import type { Change, Handwork, Schema } from './schema.ts';
import { lostBetween, readHoldings } from './values.ts';

/** Where the database stood before a change, and how many revisions the change took. */
interface Milestone {
  title: string;
  catalogue: Catalogue;
  revisions: number;
}

export function testSchema(title: string, schema: Schema): void {
  void it(title, (context) => takeThrough(schema, context));
}

const takeThrough = (schema: Schema, context: TestContext): Promise<void> => {
  const models = schema.models();
  return withModels(models, async (sandbox) => {
    const { project, client } = sandbox;
    const milestones: Milestone[] = [];
    /** One part of the way; where it fails, the rest has nothing to stand on. */
    const part = async (name: string, work: () => Promise<number>) => {
      const catalogue = await catalogueOf(sandbox);
      let revisions: number | undefined;
      await context.test(name, async () => {
        revisions = await work();
      });
      assert.ok(revisions !== undefined, `it ends at: ${name}`);
      milestones.push({ title: name, catalogue, revisions });
    };

    await part('everything is made', async () => {
      const byHand = await writeByHand(sandbox, 'ground', schema.ground);
      assert.ok(await create(project, { message: 'models', decisions: [] }), 'nothing to create');
      const more = await writeByHand(sandbox, 'beyond', schema.beyond);
      await run(project, { direction: 'up' });
      await insistOnNothing(sandbox);
      for (const sql of schema.rows) await client.query(sql);
      return byHand + 1 + more;
    });
    for (const [name, change] of Object.entries(schema.changes))
      await part(name, () => makeChange(sandbox, models, name, change));

    const last = await catalogueOf(sandbox);
    for (const { title, catalogue, revisions } of milestones.toReversed())
      await context.test(`back to before: ${title}`, async () => {
        await run(project, { direction: 'down', target: `-${revisions}` });
        expectSame(catalogue, await catalogueOf(sandbox));
      });
    await context.test('up again', async () => {
      await run(project, { direction: 'up' });
      expectSame(last, await catalogueOf(sandbox));
      await insistOnNothing(sandbox);
    });
  });
};

/** A project whose models are `models`, as they are when somebody asks. */
const withModels = (models: Models, work: (sandbox: Sandbox) => Promise<void>): Promise<void> =>
  withProject(async (sandbox) => {
    const config = await sandbox.project.config.orm();
    const base = config.default as () => object;
    sandbox.project.config.orm = () =>
      Promise.resolve({ default: () => ({ ...base(), ...models.options() }) as never });
    await work(sandbox);
  });

/** Returns how many revisions there are more. */
async function makeChange(sandbox: Sandbox, models: Models, name: string, change: Change): Promise<number> {
  const { project, client } = sandbox;
  const { decisions = [], changed = [], gives = [] } = change;
  const before = await readHoldings(client);
  let count = await writeByHand(sandbox, `before: ${name}`, change.before);
  if (change.edit) {
    change.edit(models);
    const created = await create(project, { message: name, decisions: decisions.map(decisionOf) });
    assert.ok(created, 'nothing to create');
    const written = created.before ? 2 : 1;
    assert.equal(written, change.revisions ?? 1, 'revisions');
    expectNoCascade(
      [created, created.before].flatMap((one) => [one?.statements?.up ?? [], one?.statements?.down ?? []]),
    );
    count += written;
  }
  count += await writeByHand(sandbox, `after: ${name}`, change.after);
  await run(project, { direction: 'up' });
  assert.deepEqual(lostBetween(before, await readHoldings(client), decisions, changed), []);
  for (const [query, values] of gives) assert.deepEqual(await sandbox.values(query), values, query);
  await insistOnNothing(sandbox);
  return count;
}

/** The one place where a decision as text becomes what `create` takes. */
function decisionOf(text: string): Decision {
  const decision = readRecord(text);
  assert.ok(decision, `no decision: ${text}`);
  return decision;
}

async function insistOnNothing({ project }: Sandbox): Promise<void> {
  const again = await create(project, { message: 'again', decisions: [] });
  assert.equal(again?.text, undefined, 'a second create');
}

/** Takes a foreign key's rule for what it is. */
function expectNoCascade(statements: string[][]): void {
  for (const sql of statements.flat())
    assert.doesNotMatch(sql.replaceAll(/on (delete|update) cascade/gi, ''), /\bcascade\b/i);
}

async function writeByHand({ project }: Sandbox, message: string, handwork: Handwork | undefined): Promise<number> {
  if (!handwork) return 0;
  const empty = await create(project, { message, decisions: [], empty: true });
  assert.ok(empty);
  const place = '// this.addSql(`…`);';
  const adds = (list: string[]) => list.map((sql) => `this.addSql(${JSON.stringify(sql)});`).join('\n');
  const text = readFileSync(empty.path, 'utf8')
    .replace(place, () => adds(handwork.up))
    .replace(place, () => adds(handwork.down));
  writeFileSync(empty.path, text);
  return 1;
}

/** Everything but the ledger and the journal. */
const catalogueOf = ({ client }: Sandbox): Promise<Catalogue> =>
  readCatalogue(client, { ignore: (_, name) => name.startsWith('mikro_orm_migrations') });

const expectSame = (expected: Catalogue, found: Catalogue): void =>
  assert.deepEqual(compareCatalogues(expected, found).map(describe), []);
