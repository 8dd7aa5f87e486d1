/** A database that was changed by chance, adopted by `create --from-database`, in both directions, with the first answer to each question. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adopt } from '../../src/author/adopt.ts';
import { compareCatalogues, describe as inWords, type Catalogue } from '../../src/catalogue/index.ts';
import { isProblem } from '../../src/errors.ts';
import { isForRows } from '../../src/rehearsal/history-rows.ts';
import { run } from '../../src/run/run.ts';
import { withDatabase } from '../../test/database.ts';
import { withProject, type Sandbox } from '../../test/project.ts';
import { randomNumbers } from '../../test/random.ts';
import { typedFlag, type Open } from '../apparatus/answers.ts';
import { schemaOf } from '../run.ts';
import { base, rows } from './base.ts';
import { draw } from './changes.ts';

const count = Number(process.env['RANDOM'] ?? 20);
/** Half of the seeds are always the same, half are new every time; a failure prints which it was. */
const fresh = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const most = 6;

/** What the server takes of some statements that are drawn. */
async function changed(seed: number): Promise<string[]> {
  const below = randomNumbers(seed);
  const done: string[] = [];
  const wanted = 1 + below(most);
  await withDatabase(async (client) => {
    await client.query(base);
    for (let tries = 0; done.length < wanted && tries < 60; tries++) {
      const sql = await draw(client, below);
      if (sql !== undefined && (await client.query(sql).then(Boolean, () => false))) done.push(sql);
    }
  });
  return done;
}

const expectSame = (expected: Catalogue, found: Catalogue, when: string): void =>
  assert.deepEqual(
    compareCatalogues(expected, found)
      .filter(({ kind }) => kind !== 'database')
      .map(inWords),
    [],
    when,
  );

/** Creates, with what each question offers first. How many revisions there are, and whether something stays as it was. */
async function createWithFirstAnswers(
  { project }: Sandbox,
  url: string,
): Promise<{ revisions: number; keeps: boolean }> {
  const given: ReturnType<typeof typedFlag>[] = [];
  for (;;) {
    try {
      const adopted = await adopt(project, { url, message: 'after', decisions: given });
      const keeps = given.some(({ kind }) => kind === 'keep');
      return { revisions: adopted ? (adopted.created.before ? 2 : 1) : 0, keeps };
    } catch (refusal) {
      if (!isProblem(refusal) || refusal.code !== 'question-open' || given.length > 40) throw refusal;
      const { open } = refusal.facts as unknown as { open: Open[] };
      given.push(...open.map(({ flags }) => typedFlag(flags[0] ?? '')));
    }
  }
}

/** Rows may not allow a change, or the way back from it: it says so, and changes nothing. */
const unlessRows = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    (error: unknown) => {
      const { sqlstate } = isProblem(error) ? (error.facts as { sqlstate?: string }) : {};
      if (isForRows({ code: sqlstate })) return false;
      throw error;
    },
  );

async function adopted(sandbox: Sandbox, url: string, goal: Catalogue): Promise<void> {
  const { project } = sandbox;
  const before = await schemaOf(sandbox);
  const { revisions, keeps } = await createWithFirstAnswers(sandbox, url);
  if (revisions === 0) return expectSame(goal, before, 'nothing to create');
  if (!(await unlessRows(run(project, { direction: 'up' })))) return;
  const after = await schemaOf(sandbox);
  if (!keeps) expectSame(goal, after, 'up');
  assert.equal(await adopt(project, { url, message: 'again', decisions: [] }), undefined, 'a second create');
  if (!(await unlessRows(run(project, { direction: 'down', target: `-${revisions}` })))) return;
  expectSame(before, await schemaOf(sandbox), 'down');
  if (await unlessRows(run(project, { direction: 'up' }))) expectSame(after, await schemaOf(sandbox), 'up again');
}

async function fromTo(before: string, after: string, held: readonly string[]): Promise<void> {
  await withDatabase(async (client, url) => {
    await client.query(after);
    const goal = await schemaOf({ client });
    await withProject(async (sandbox) => {
      sandbox.write('before', { up: [before], down: [] });
      await run(sandbox.project, { direction: 'up' });
      for (const sql of held) await sandbox.client.query(sql);
      await adopted(sandbox, url, goal);
    });
  });
}

void describe('databases that were changed by chance', { concurrency: 2 }, () => {
  for (let number = 0; number < count; number++) {
    const seed = number < count / 2 ? number : fresh + number;
    void it(`SEED ${seed}`, async () => {
      const done = await changed(seed);
      const after = [base, ...done].join(';\n');
      await fromTo(base, after, rows).catch((error: unknown) => {
        throw new Error(`There:\n${done.join(';\n')}`, { cause: error });
      });
      await fromTo(after, base, []).catch((error: unknown) => {
        throw new Error(`And back:\n${done.join(';\n')}`, { cause: error });
      });
    });
  }
});
