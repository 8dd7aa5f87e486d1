/** Two states of a database as SQL, and what has to come of `create --from-database` between them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareCatalogues, describe as inWords, type Catalogue } from '../../src/catalogue/index.ts';
import { adopt } from '../../src/author/adopt.ts';
import { isProblem } from '../../src/errors.ts';
import { run } from '../../src/run/run.ts';
import { withDatabase } from '../../test/database.ts';
import { withProject, type Sandbox } from '../../test/project.ts';
import { answerFor, decisionOf, type Open } from '../apparatus/answers.ts';
import type { Expected } from '../change.ts';
import { hardlyNamed, isHardlyNamed, renameAllHard } from '../apparatus/hard-names.ts';
import { schemaOf } from '../run.ts';

export interface Pair {
  /** What the history makes. */
  before: string;
  /** Statements that follow in the same revision. */
  further?: string[];
  /** What the database is. */
  after: string;
  /** Statements that fill the tables before the change. */
  rows?: string[];
  /** As they are recorded: `drop t.a`. Each has to be asked for, by its flag. */
  decisions?: string[];
  /** The same, but of those that nobody has to be asked for. */
  volunteered?: string[];
  /** What `up` has to say, and must not say. */
  says?: RegExp[];
  never?: RegExp[];
  /** A query, and the values of its only column: after up, and after up and down. */
  up?: Expected[];
  down?: Expected[];
  /** Keys of what still differs then, as it was kept. */
  kept?: string[];
  /** The major that knows it first. */
  since?: number;
}

export type Pairs = Record<string, Pair>;

export const testPairs = (title: string, pairs: Pairs): void => {
  void describe(title, { concurrency: 3 }, () => {
    for (const [name, pair] of Object.entries(pairs)) {
      // What is decided, asked of the rows or kept bears the old names.
      if (isHardlyNamed && (pair.decisions ?? pair.volunteered ?? pair.kept)) continue;
      void it(name, async (context) => {
        if ((await runPair(isHardlyNamed ? await hardlyNamed(pair) : pair)) === 'unknown')
          context.skip(`PostgreSQL ${pair.since} knows it first`);
      });
    }
  });
};

/** There, nothing more to create, back, and there again. */
async function runPair(pair: Pair): Promise<'unknown' | undefined> {
  let outcome: 'unknown' | undefined;
  await withDatabase(async (client, url) => {
    const { rows } = await client.query<{ major: number }>(
      "select current_setting('server_version_num')::int / 10000 as major",
    );
    if ((rows[0]?.major ?? 0) < (pair.since ?? 0)) {
      outcome = 'unknown';
      return;
    }
    await client.query(pair.after);
    if (isHardlyNamed) await renameAllHard(client);
    const schema = await schemaOf({ client });
    await withProject((sandbox) => bothWays(sandbox, pair, { url, schema }));
  });
  return outcome;
}

async function bothWays(sandbox: Sandbox, pair: Pair, goal: { url: string; schema: Catalogue }): Promise<void> {
  const { project, client } = sandbox;
  sandbox.write('before', { up: [pair.before || 'select 1', ...(pair.further ?? [])], down: [] });
  await run(project, { direction: 'up' });
  for (const sql of pair.rows ?? []) await client.query(sql);
  const before = await schemaOf(sandbox);
  const revisions = await adoptAsked(sandbox, pair, goal.url);
  for (const round of ['up', 'up again']) {
    await run(project, { direction: 'up' });
    expectSame(goal.schema, await schemaOf(sandbox), round, pair.kept);
    if (round === 'up again') return;
    await expectAll(sandbox, pair.up, 'up');
    assert.equal(
      await adopt(project, { url: goal.url, message: 'again', decisions: [] }),
      undefined,
      'a second create',
    );
    await run(project, { direction: 'down', target: `-${revisions}` });
    expectSame(before, await schemaOf(sandbox), 'down');
    await expectAll(sandbox, pair.down, 'down');
  }
}

/** Creates with the answers of the pair, each given when it was asked for. Returns how many revisions there are. */
async function adoptAsked(
  { project }: Sandbox,
  { decisions = [], volunteered = [], says = [], never = [] }: Pair,
  url: string,
): Promise<number> {
  const given = [...volunteered];
  for (;;) {
    const outcome = await adopt(project, { url, message: 'after', decisions: given.map(decisionOf) }).then(
      (adopted) => ({ adopted }),
      (refusal: unknown) => ({ refusal }),
    );
    if ('refusal' in outcome) {
      const { refusal } = outcome;
      if (!isProblem(refusal) || refusal.code !== 'question-open') throw refusal;
      const { open } = refusal.facts as unknown as { open: Open[] };
      const more = decisions.filter((one) => !given.includes(one) && answerFor(open, one));
      assert.notEqual(more.length, 0, `asked without an answer to give:\n${refusal.message}`);
      given.push(...more);
      continue;
    }
    const created = outcome.adopted?.created;
    assert.ok(created, 'nothing to create');
    assert.deepEqual([...volunteered, ...decisions].toSorted(), given.toSorted(), 'decided though nobody asked');
    const text = [...(created.before?.statements?.up ?? []), ...(created.statements?.up ?? [])].join(';\n');
    for (const pattern of says) assert.match(text, pattern);
    for (const pattern of never) assert.doesNotMatch(text, pattern);
    return created.before ? 2 : 1;
  }
}

function expectSame(expected: Catalogue, found: Catalogue, when: string, kept: readonly string[] = []): void {
  const differences = compareCatalogues(expected, found).filter(({ kind }) => kind !== 'database');
  const [left, wrong] = [true, false].map((isKept) => differences.filter(({ key }) => kept.includes(key) === isKept));
  assert.deepEqual(wrong?.map(inWords), [], when);
  assert.deepEqual(left?.map(({ key }) => key).toSorted(), kept.toSorted(), `${when}: kept`);
}

async function expectAll({ values }: Sandbox, all: readonly Expected[] = [], when: string): Promise<void> {
  for (const [query, expected] of all) assert.deepEqual(await values(query), expected, `${when}: ${query}`);
}
