/** Runs an entry of the corpus: create, prove, up, down, up, on a real database. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import type { Client } from 'pg';
import { withProject, type Sandbox } from '../test/project.ts';
import { run } from '../src/run/run.ts';
import { create } from '../src/author/create.ts';
import {
  compareCatalogues,
  describe as inWords,
  keyOf,
  readCatalogue,
  type Catalogue,
} from '../src/catalogue/index.ts';
import { isProblem } from '../src/errors.ts';
import { createAsked } from './apparatus/answers.ts';
import { fill, missingRows, readContents, type Contents } from './apparatus/rows.ts';
import { notBack, touched } from './apparatus/touched.ts';
import { edit, isMutant, sayingByHand, unsaid } from './mutants.ts';
import { expectSameUnset, unsettle } from './settings.ts';
import type { Change, Expected, Models, Theme } from './change.ts';

/** What of an entry's run is worth comparing with another tool's: as far as it got. */
export interface Seen {
  before?: State;
  /** What up made of it; what was before, where nothing differs. */
  after?: State;
  /** Down gave back what it has to. */
  down?: true;
}

export interface State {
  schema: Catalogue;
  rows: Contents;
}

type Run = (change: Change, context: TestContext, name: string) => Promise<void>;

/** Every entry of a theme as a test. */
export function testTheme(title: string, theme: Theme, run: Run = runChange): void {
  // The server works while MikroORM discovers the models of the next.
  void describe(title, { concurrency: 3 }, () => {
    for (const [name, change] of Object.entries(theme)) void it(name, (context) => run(change, context, name));
  });
}

export const optionsOf = (models: Models) =>
  'entities' in models ? models : { entities: models, routines: [] as readonly unknown[] };

/** A database and a project whose models can be exchanged. */
async function withModels(
  first: Models,
  work: (sandbox: Sandbox, become: (models: Models) => void) => Promise<void>,
): Promise<void> {
  let models = first;
  await withProject(
    async (sandbox) => {
      const options = await sandbox.project.config.orm();
      const base = options.default as () => object;
      sandbox.project.config.orm = () =>
        Promise.resolve({ default: () => ({ ...base(), routines: optionsOf(models).routines }) as never });
      await work(sandbox, (other) => (models = other));
    },
    () => optionsOf(models).entities as never,
  );
}

/** Runs an entry; `seen` is filled while it runs, also where it fails. @throws AssertionError */
export const runChange = (change: Change, context?: TestContext, _name?: string, seen: Seen = {}): Promise<void> =>
  withModels(change.before, async (sandbox, become) => {
    const { client, project } = sandbox;
    if (change.since !== undefined && (await majorOf(sandbox)) < change.since) {
      context?.skip(`PostgreSQL ${change.since} knows it first`);
      return;
    }
    const before = await bringTo(sandbox, change);
    seen.before = before;
    become(change.after);
    const files = await makeAfter(sandbox, change);
    if (files === 0) {
      if (change.nothing) seen.after = before;
      return;
    }

    const up = run(project, { direction: 'up' });
    if (change.upFails) {
      await assert.rejects(up, change.upFails);
      expectSame(before.schema, await schemaOf(sandbox), 'up fails, and leaves something behind');
      return;
    }
    await up;
    const after = await schemaOf(sandbox);
    await expectSameUnset(sandbox, after, schemaOf);
    const rows = await readContents(client);
    seen.after = { schema: after, rows };
    assert.deepEqual(unsaid(before.schema, after, change), [], 'said by hand, and gone');
    expectRows(missingRows(before.rows, rows, touched(change), true), 'up');
    await expectAll(sandbox, change.up, 'up');
    assert.equal(await create(project, { message: 'again', decisions: [] }), undefined, 'a second create');

    const down = run(project, { direction: 'down', target: `-${files}` });
    if (change.downFails) {
      await assert.rejects(down, change.downFails);
      return;
    }
    await down;
    expectSame(before.schema, await schemaOf(sandbox), 'down does not give back what was before');
    expectRows(missingRows(before.rows, await readContents(client), notBack(change), false), 'down');
    await expectAll(sandbox, change.down, 'down');
    seen.down = true;
    await run(project, { direction: 'up' });
    expectSame(after, await schemaOf(sandbox), 'up again does not give the same');
  });

/** Makes what was before, by models and by hand, and fills it. */
async function bringTo(sandbox: Sandbox, change: Change): Promise<State> {
  const { client, project } = sandbox;
  await unsettle(sandbox);
  if (optionsOf(change.before).entities.length > 0) {
    const created = await create(project, { message: 'before', decisions: [] });
    assert.ok(created, 'before: nothing to create');
    edit(created.path);
  }
  await writeByHand(sandbox, change.byHand);
  await run(project, { direction: 'up' });
  const said = sayingByHand(await schemaOf(sandbox));
  if (said) {
    await writeByHand(sandbox, said);
    await run(project, { direction: 'up' });
    if (optionsOf(change.before).entities.length > 0)
      assert.equal(await create(project, { message: 'mutant', decisions: [] }), undefined, 'what is said by hand');
  }
  await fillRows(client, change);
  return { schema: await schemaOf(sandbox), rows: await readContents(client) };
}

/** The rows of an entry, or some of each table's own. */
export async function fillRows(client: Client, { rows }: Change): Promise<void> {
  if (rows) for (const sql of rows) await client.query(sql);
  else await fill(client);
}

const majorOf = async ({ values }: Sandbox): Promise<number> =>
  Math.floor(Number((await values("select current_setting('server_version_num')"))[0]) / 10_000);

/** Creates the revision, and insists on what it says. Returns how many there are; 0: it ends here. */
async function makeAfter({ project }: Sandbox, change: Change): Promise<number> {
  const { says = [], never = [], revisions = 1, nothing, refused } = change;
  if (refused) {
    const refusal = await createAsked(project, change).then(
      () => assert.fail('it was not refused'),
      (error: unknown) => error,
    );
    assert.ok(isProblem(refusal), String((refusal as Error).stack));
    assert.match(refusal.code, refused[0], refusal.message);
    assert.match(refusal.message, refused[1]);
    return 0;
  }
  const created = await createAsked(project, change);
  if (nothing) {
    assert.equal(created?.text, undefined, 'nothing differs');
    return 0;
  }
  assert.ok(created, 'nothing to create');
  const text = [...(created.before?.statements?.up ?? []), ...(created.statements?.up ?? [])].join(';\n');
  if (!isMutant) for (const pattern of says) assert.match(text, pattern);
  const both = `${text};\n${(created.statements?.down ?? []).join(';\n')}`;
  assert.doesNotMatch(both.replace(/on (?:delete|update) cascade/gi, ''), /\bcascade\b/i);
  if (!isMutant) for (const pattern of never) assert.doesNotMatch(text, pattern);
  const count = created.before ? 2 : 1;
  assert.equal(count, revisions, 'revisions');
  return count;
}

async function writeByHand({ project }: Sandbox, byHand: Change['byHand']): Promise<void> {
  if (!byHand) return;
  const empty = await create(project, { message: 'by hand', decisions: [], empty: true });
  assert.ok(empty, 'no empty revision was written');
  const adds = (list: string[]) => list.map((sql) => `this.addSql(${JSON.stringify(sql)});`).join('\n');
  const text = readFileSync(empty.path, 'utf8')
    .replace('// this.addSql(`…`);', () => adds(byHand.up))
    .replace('// this.addSql(`…`);', () => adds(byHand.down));
  writeFileSync(empty.path, text);
}

/** Everything but the ledger and the journal. */
export const schemaOf = async ({ client }: Pick<Sandbox, 'client'>): Promise<Catalogue> =>
  readCatalogue(client, { ignore: (_, name) => name.startsWith('mikro_orm_migrations') });

function expectSame(expected: Catalogue, found: Catalogue, what: string): void {
  const differences = compareCatalogues(expected, found).filter(({ key }) => key !== keyOf('database', []));
  assert.deepEqual(differences.map(inWords), [], what);
}

const expectRows = (missing: string[], when: string): void => assert.deepEqual(missing, [], `rows after ${when}`);

/** Queries may change rows, to see what comes of it: what they did is taken back. */
async function expectAll({ client, values }: Sandbox, all: readonly Expected[] = [], when: string): Promise<void> {
  await client.query('begin');
  try {
    for (const [query, expected] of all) assert.deepEqual(await values(query), expected, `${when}: ${query}`);
  } finally {
    await client.query('rollback');
  }
}
