/**
 * Random histories, struck at a random moment, and edited by somebody before the next `up`. EDITS=200 tries so many new ones;
 * SEED=… one of them again.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { randomNumbers } from '../test/random.ts';
import { openCase, type Case } from './apparatus/case.ts';
import { asSuperuser, makeRole, makeTemplate, runnerRole } from './apparatus/database.ts';
import { drawEdit, drawHistory, mended, writeHistory, type Draw, type Drawn } from './apparatus/drawn.ts';
import { nobodyIsLeft } from './apparatus/gate.ts';
import { groundFor } from './apparatus/pieces.ts';
import { makeProject, removeProject } from './apparatus/project.ts';
import { startProxy } from './apparatus/proxy.ts';
import { exits, type Ended } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { portOf, sharedServer } from './apparatus/server.ts';
import { witnesses } from './apparatus/witness.ts';

const count = Number(process.env['EDITS'] ?? 6);
const one = process.env['SEED'];
const first = process.env['EDITS'] === undefined ? 1 : Date.now() % 1_000_000_000;
const seeds = one === undefined ? Array.from({ length: count }, (_, at) => first + at) : [Number(one)];

const other = `edits_${process.pid}`;
let like: string | undefined;
let drop: (() => Promise<unknown>) | undefined;

/** What has been tried, for whoever reads of a failure. */
type Story = string[];

/** A history that somebody is at, in all the versions that it has had. */
interface Versions {
  now: Drawn[];
  /** Without the edit. */
  original: Drawn[];
  edited: Drawn[];
  all: Drawn[][];
}

const ways = ['fails', 'kill', 'kill', 'cut', 'terminate', 'SIGTERM'] as const;

async function strike(the: Case, how: (typeof ways)[number], { below }: Draw, story: Story): Promise<void> {
  if (how === 'fails') {
    const ended = await the.run('up');
    exits(ended, 1);
    story.push(`it failed: ${ended.err.slice(0, 600)}`);
    return;
  }
  await using proxy = await startProxy(portOf(sharedServer()));
  const [nth, moment] = [1 + below(75), below(2) === 0 ? ('before' as const) : ('answered' as const)];
  const stopped = proxy.stopAt(/[^]/, moment, nth);
  const runner = the.start(['up'], { port: proxy.port });
  const at = await Promise.race([stopped, runner.ended]);
  if (!('wire' in at)) {
    story.push('it ended before it was struck');
    exits(at, 0);
    return;
  }
  story.push(`${how} ${moment} message ${nth}: ${at.sql.slice(0, 300)}`);
  const pids = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = '${runnerRole}'`;
  if (how === 'kill') await runner.kill();
  else if (how === 'cut') at.wire.cut();
  else if (how === 'terminate') await the.execute(pids);
  else runner.kill('SIGTERM').catch(() => undefined);
  if (how === 'terminate') at.go();
  await runner.ended;
  if (below(2) === 0) await nobodyIsLeft(the.database);
}

/** Takes back by hand what is done of a revision, in any of its versions. */
async function undo(the: Case, { all }: Versions, at: number): Promise<void> {
  const pieces = all.flatMap((history) => history[at]?.pieces ?? []);
  for (const sql of pieces.flatMap((piece) => piece.undo).reverse()) await the.execute(sql);
}

const about = (ended: Ended, { now, original }: Versions): number => {
  const found = [...now.entries(), ...original.entries()].filter(([, { name }]) =>
    new RegExp(`(took-effect|begin-again|of|^) ?${name}\\b`, 'm').test(ended.err),
  );
  return found[0]?.[0] ?? assert.fail(`no revision is named:\n${ended.said}`);
};

/** Looks into the database, as the refusal says, and answers. */
async function answer(the: Case, versions: Versions, ended: Ended): Promise<string[]> {
  const at = about(ended, versions);
  const { name, code } = versions.now[at] ?? assert.fail('it is in no history');
  const reason = ['--reason', 'looked'];
  const piece = versions.all
    .flatMap((history) => history[at]?.pieces ?? [])
    .find(({ sql }) => ended.err.replace(/\s+/g, ' ').includes(sql.replace(/\s+/g, ' ')));
  if (code || !piece) {
    if (code) await undo(the, versions, at);
    return ['repair', '--took-no-effect', name, ...reason];
  }
  if (piece.seen !== undefined && (await the.value(piece.seen)) === true)
    return ['repair', '--took-effect', name, ...reason];
  for (const sql of piece.undo) await the.execute(sql);
  return ['repair', '--took-no-effect', name, ...reason];
}

/** Does what a refusal or a failure says leads on. */
async function follow(the: Case, versions: Versions, ended: Ended, draw: Draw, story: Story): Promise<void> {
  assert.match(ended.err, /^Next:/m, `a refusal without a way:\n${ended.said}`);
  const isEdited = versions.now !== versions.original;
  const putBack = () => {
    const before = versions.now;
    // What was edited may have been applied as it is since.
    versions.now = isEdited ? versions.original : versions.edited;
    assert.ok(
      isEdited || /edited after being applied|not in this checkout/.test(ended.err),
      `nothing is edited:\n${ended.said}`,
    );
    story.push(isEdited ? 'put back' : 'edited again');
    writeHistory(the, versions.now, before);
  };
  if (ended.err.includes('--took-effect')) {
    const words = await answer(the, versions, ended);
    story.push(words.join(' '));
    exits(await the.run(...words), 0);
    return;
  }
  if (!ended.err.includes('--begin-again')) return putBack();
  const isGone = ended.err.includes('session of the earlier run');
  if (isEdited && !isGone && draw.below(2) === 0) return putBack();
  const at = about(ended, versions);
  const name = ended.err.match(/--begin-again (\S+)/)?.[1] ?? '';
  await undo(the, versions, at);
  story.push(`undone by hand, --begin-again ${name}`);
  exits(await the.run('repair', '--begin-again', name, '--reason', 'undone'), 0);
}

/** What a run that nothing disturbs makes of the same files. */
async function undisturbed(the: Case): Promise<unknown> {
  await using clean = await openCase({ like: like ?? '', project: the });
  exits(await clean.run('up'), 0, 'the same files on a database that nothing happened to');
  return await witnesses(clean.database);
}

async function tryOut(seed: number, story: Story): Promise<void> {
  const below = randomNumbers(seed);
  let k = 9;
  const draw: Draw = { below, next: () => ++k, other };
  const project = makeProject();
  try {
    await using the = await openCase({ like: like ?? '', project });
    const how = ways[below(ways.length)] ?? 'fails';
    const history = drawHistory(draw, how === 'fails');
    writeHistory(the, history);
    story.push(...history.map((each) => JSON.stringify({ ...each, pieces: each.pieces.map(({ sql }) => sql) })));
    await strike(the, how, draw, story);
    const original = mended(history, draw);
    const edit = drawEdit(original, draw);
    story.push(`edited ${edit.title}`);
    writeHistory(the, edit.history, history);
    const versions: Versions = {
      now: edit.history,
      original,
      edited: edit.history,
      all: [history, original, edit.history],
    };
    for (let round = 1; ; round++) {
      const quiet = round > 1;
      const was = quiet && (await witnesses(the.database));
      const ended = await the.run('up');
      story.push(`up: exit ${ended.exit}: ${ended.said.slice(0, 900)}`);
      if (ended.exit === 0) break;
      exits(ended, [1, 4]);
      assert.ok(round < 8, 'it comes to no end');
      if (was && ended.exit === 4 && /nothing was run/i.test(ended.err))
        assert.deepEqual(await witnesses(the.database), was, 'it says that nothing was run');
      await follow(the, versions, ended, draw, story);
    }
    assert.deepEqual(await witnesses(the.database), await undisturbed(the));
    exits(await the.run('repair'), 0);
    exits(await the.run('status', '--check'), 0);
  } finally {
    removeProject(project);
  }
}

describe(
  'A random history, struck at a random moment, and edited by somebody before the next up',
  { concurrency: 2 },
  () => {
    before(async () => {
      await asSuperuser(sharedServer(), async (client) => {
        await makeRole(client, other);
        await client.query(`grant ${other} to ${runnerRole}`);
      });
      ({ like, drop } = await makeTemplate(sharedServer(), groundFor(other)));
    });
    after(async () => {
      await drop?.();
      await asSuperuser(sharedServer(), (client) => client.query(`drop role if exists ${other}`));
    });
    for (const seed of seeds)
      it(`seed ${seed}: nothing twice, nothing skipped; where up refuses, the way that it names works`, async () => {
        const story: Story = [];
        try {
          await tryOut(seed, story);
        } catch (error) {
          console.error([`seed ${seed}`, ...story].join('\n  '));
          throw error;
        }
      });
  },
);

passwordStaysHidden();
