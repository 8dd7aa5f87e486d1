import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decisionsOf } from '../test/decisions.ts';
import { withProject } from '../test/project.ts';
import { run } from '../src/run/run.ts';
import { create } from '../src/author/create.ts';
import { compareCatalogues, describe as inWords, readCatalogue } from '../src/catalogue/index.ts';
import { entitiesOf, nothing, walk, type State, type Step } from './walk.ts';

const length = 10;
const walks = Number(process.env['WALKS'] ?? 30);
/** Half of the seeds are always the same, half are new every time; a failure prints which it was. */
const fresh = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** Takes the steps on a database with rows; throws where something is not as it has to be. */
async function take(steps: readonly Step[]): Promise<void> {
  let state: State = nothing;
  await withProject(
    async ({ project, client }) => {
      const read = () => readCatalogue(client, { ignore: (_, name) => name.startsWith('mikro_orm_migrations') });
      const empty = await read();
      for (const step of steps) {
        state = step.state;
        const created = await create(project, { message: 'step', decisions: decisionsOf(step.decisions) });
        assert.ok(created, `${step.title}: nothing to create`);
        await run(project, { direction: 'up' });
        const again = await create(project, { message: 'again', decisions: [] });
        assert.equal(again, undefined, `${step.title}: a second create finds ${again?.statements?.up.join('; ')}`);
        for (const { name } of state.tables)
          await client.query(`insert into "${name}" default values`).catch(() => undefined);
      }
      const full = await read();
      for (const { name } of state.tables) await client.query(`truncate "${name}" cascade`);
      await run(project, { direction: 'down', target: 'base' });
      assert.deepEqual(compareCatalogues(empty, await read()).map(inWords), [], 'base is not empty');
      await run(project, { direction: 'up' });
      assert.deepEqual(compareCatalogues(full, await read()).map(inWords), [], 'up again is not the same');
    },
    () => entitiesOf(state),
  );
}

/** Leaves out whatever the failure does not need. */
async function smallest(steps: readonly Step[]): Promise<readonly Step[]> {
  const fails = (some: readonly Step[]) =>
    take(some).then(
      () => false,
      () => true,
    );
  let shortest = steps;
  for (let end = 1; end < steps.length; end++)
    if (await fails(steps.slice(0, end))) {
      shortest = steps.slice(0, end);
      break;
    }
  // From nothing straight to the state before the last step, if that fails as well.
  const last = shortest.at(-1);
  const before = shortest.at(-2);
  if (last && before) {
    const direct = [{ title: 'all of it', state: before.state, decisions: [] }, last];
    if (await fails(direct)) return direct;
  }
  return shortest;
}

void describe('random walks of changes', { concurrency: 2 }, () => {
  for (let number = 0; number < walks; number++) {
    const seed = number < walks / 2 ? number : fresh + number;
    void it(`SEED ${seed}`, async () => {
      const steps = walk(seed, length);
      await take(steps).catch(async (error: unknown) => {
        const chain = (await smallest(steps)).map(({ title, state, decisions }) =>
          JSON.stringify({ title, decisions, state }),
        );
        throw new Error(`The smallest chain that fails:\n${chain.join('\n')}`, { cause: error });
      });
    });
  }
});
