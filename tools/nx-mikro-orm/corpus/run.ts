/** Runs an entry of the corpus: create, prove, up, down, up, on a real database. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { decisionsOf } from '../test/decisions.ts';
import { withProject, type Sandbox } from '../test/project.ts';
import { run } from '../src/apply/run.ts';
import { create } from '../src/author/create.ts';
import { compareCatalogues, describe as inWords, readCatalogue, type Catalogue } from '../src/catalogue/index.ts';
import { isProblem } from '../src/errors.ts';
import { keyOf } from '../src/catalogue/index.ts';
import type { Change, Expected, Models, Theme } from './change.ts';

/** Every entry of a theme as a test. */
export function testTheme(title: string, theme: Theme): void {
  // The server works while MikroORM discovers the models of the next.
  void describe(title, { concurrency: 3 }, () => {
    for (const [name, change] of Object.entries(theme)) void it(name, () => runChange(change));
  });
}

const optionsOf = (models: Models) =>
  'entities' in models ? models : { entities: models, routines: [] as readonly unknown[] };

export async function runChange(change: Change): Promise<void> {
  let models = change.before;
  await withProject(
    async (sandbox) => {
      const { client } = sandbox;
      if (change.since !== undefined && (await majorOf(sandbox)) < change.since) return;
      const options = await sandbox.project.config.orm();
      const base = options.default as () => object;
      sandbox.project.config.orm = () =>
        Promise.resolve({ default: () => ({ ...base(), routines: optionsOf(models).routines }) as never });
      if (optionsOf(models).entities.length > 0) await make(sandbox, 'before', []);
      await writeByHand(sandbox, change);
      await run(sandbox.project, { direction: 'up' });
      for (const sql of change.rows ?? []) await client.query(sql);
      const before = await schemaOf(sandbox);

      models = change.after;
      if (change.refused !== undefined) {
        const refusal = make(sandbox, 'after', change.decisions ?? []);
        await assert.rejects(refusal, (error) => isProblem(error) && error.code === change.refused);
        return;
      }
      if (change.same) {
        assert.equal(await create(sandbox.project, { message: 'after', decisions: [] }), undefined);
        return;
      }
      const files = await makeAfter(sandbox, change);
      await run(sandbox.project, { direction: 'up' });
      const after = await schemaOf(sandbox);
      for (const [query, values] of change.up ?? []) await expectValues(sandbox, query, values, 'up');
      assert.equal(await create(sandbox.project, { message: 'again', decisions: [] }), undefined, 'a second create');

      const down = run(sandbox.project, { direction: 'down', target: `-${files}` });
      if (change.downFails) {
        await assert.rejects(down, change.downFails);
        return;
      }
      await down;
      expectSame(before, await schemaOf(sandbox), 'down does not give back what was before');
      for (const [query, values] of change.down ?? []) await expectValues(sandbox, query, values, 'down');
      await run(sandbox.project, { direction: 'up' });
      expectSame(after, await schemaOf(sandbox), 'up again does not give the same');
    },
    () => optionsOf(models).entities as never,
  );
}

const majorOf = async ({ values }: Sandbox): Promise<number> =>
  Math.floor(Number((await values("select current_setting('server_version_num')"))[0]) / 10_000);

async function make({ project }: Sandbox, message: string, decisions: string[]) {
  const created = await create(project, { message, decisions: decisionsOf(decisions) });
  assert.ok(created, `${message}: nothing to create`);
  return created;
}

/** Insists that all is asked that is to be decided, and that the statements are the right ones. */
async function makeAfter(sandbox: Sandbox, { decisions = [], says = [], never = [], revisions = 1 }: Change) {
  const optional = /^(fill|using) [^:]+:.*$/;
  const asked = decisions.filter((decision) => !optional.test(decision));
  if (asked.length > 0) {
    const refusal = await create(sandbox.project, { message: 'after', decisions: [] }).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(isProblem(refusal), 'nothing was asked');
    assert.equal(refusal.code, 'question-open', refusal.message);
  }
  const created = await make(sandbox, 'after', decisions);
  const first = created.before?.statements?.up ?? [];
  const text = [...first, ...(created.statements?.up ?? [])].join(';\n');
  for (const pattern of says) assert.match(text, pattern);
  for (const pattern of [/\bcascade\b(?! *on)/i, ...never])
    assert.doesNotMatch(text.replace(/on (?:delete|update) cascade/gi, ''), pattern);
  const count = created.before ? 2 : 1;
  assert.equal(count, revisions, 'revisions');
  return count;
}

async function writeByHand(sandbox: Sandbox, { byHand }: Change): Promise<void> {
  if (!byHand) return;
  const empty = await create(sandbox.project, { message: 'by hand', decisions: [], empty: true });
  assert.ok(empty);
  const adds = (list: string[]) => list.map((sql) => `this.addSql(${JSON.stringify(sql)});`).join('\n');
  const text = readFileSync(empty.path, 'utf8')
    .replace('// this.addSql(`…`);', () => adds(byHand.up))
    .replace('// this.addSql(`…`);', () => adds(byHand.down));
  writeFileSync(empty.path, text);
}

/** Everything but the ledger and the journal. */
async function schemaOf({ client }: Sandbox): Promise<Catalogue> {
  return readCatalogue(client, { ignore: (_, name) => name.startsWith('mikro_orm_migrations') });
}

function expectSame(expected: Catalogue, found: Catalogue, what: string): void {
  const differences = compareCatalogues(expected, found).filter(({ key }) => key !== keyOf('database', []));
  assert.deepEqual(differences.map(inWords), [], what);
}

async function expectValues({ values }: Sandbox, query: Expected[0], expected: Expected[1], when: string) {
  assert.deepEqual(await values(query), expected, `${when}: ${query}`);
}
