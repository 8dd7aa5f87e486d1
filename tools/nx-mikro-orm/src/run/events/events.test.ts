import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Client } from 'pg';
import { makeGate } from '../../../test/gate.ts';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { refused } from '../../../test/refused.ts';
import type { RunEvent } from './events.ts';
import { run } from '../run.ts';
import type { RunOptions } from '../request.ts';

/** Runs, notes every event, and insists that what was started has ended. */
async function told(sandbox: Sandbox, options: Partial<RunOptions> = {}, onEvent?: RunOptions['onEvent']) {
  const events: RunEvent[] = [];
  const note = async (event: RunEvent) => {
    events.push(event);
    await onEvent?.(event);
  };
  const error = await run(sandbox.project, { direction: 'up', ...options, onEvent: note }).then(
    () => undefined,
    (cause: unknown) => cause as Error,
  );
  assertEnds(events);
  return { events, error };
}

/** `started` is always followed by `finished`, `retried` or `failed` of that step, before it may be started again. */
function assertEnds(events: readonly RunEvent[]): void {
  const open = new Set<string>();
  for (const event of events) {
    if (event.type === 'started') {
      assert.ok(!open.has(event.revision), `${event.revision} was started twice`);
      open.add(event.revision);
    }
    if (event.type === 'finished') assert.ok(open.has(event.revision), `${event.revision} ended without a beginning`);
    if (event.type === 'retried' && event.statement !== undefined) continue;
    if (event.type === 'finished' || event.type === 'retried' || event.type === 'failed') open.delete(event.revision);
  }
  assert.deepEqual([...open], []);
}

/** One word or two for each event; who is in the way is told as often as somebody looks. */
const words = (events: readonly RunEvent[]): string[] =>
  events.flatMap((event) => {
    if (event.type === 'blocked') return [];
    const step = 'revision' in event ? ` ${event.revision.replace(/^Migration\d+_/, '')}` : '';
    const statement = 'statement' in event && event.statement !== undefined ? ` ${event.statement}` : '';
    const because = 'because' in event ? ` with ${event.because?.replace(/^Migration\d+_/, '')}` : '';
    return [event.type + step + statement + because + ('ok' in event ? ` ${event.ok}` : '')];
  });

const outside = (...up: string[]) =>
  `override isTransactional() { return false; }
   override up() { ${up.map((sql) => `this.addSql(${JSON.stringify(sql)});`).join(' ')} }`;

/** Holds a table from the inside of a transaction until the returned function is called. */
async function hold({ url }: Sandbox, table: string): Promise<() => Promise<void>> {
  const other = new Client({ connectionString: url, application_name: 'a reader' });
  await other.connect();
  await other.query(`begin; lock table ${table} in access share mode`);
  let done: Promise<void> | undefined;
  return () => (done ??= other.end());
}

/** A plain run. */
async function plain(sandbox: Sandbox) {
  sandbox.write('a', { up: ['create table a (id int)', 'create table b (id int)'] });
  sandbox.write('code', { body: `override async up() { await this.execute('create table c (id int)'); }` });
  const { events } = await told(sandbox);
  assert.deepEqual(words(events), [
    'planned',
    ...['started a', 'statement a 1', 'answered a 1', 'statement a 2', 'answered a 2', 'finished a'],
    ...['started code', 'statement code 1', 'finished code'],
    'ended true',
  ]);
  return events;
}

/** A step whose table is held, until it was tried twice; then one outside of a transaction, and one that fails. */
async function contended(sandbox: Sandbox) {
  sandbox.write('a', { up: ['create table a (id int)'] });
  await told(sandbox);
  sandbox.write('b', { up: ['alter table a add x int'] });
  sandbox.write('c', { body: outside('vacuum a', 'create index concurrently a_x on a (x)') });
  sandbox.write('d', { up: ['select 1', 'select * from nowhere'] });
  const release = await hold(sandbox, 'a');
  try {
    const { events, error } = await told(sandbox, { lockTimeoutMs: 700 }, async (event) => {
      if (event.type === 'retried') await release();
    });
    assert.match(error?.message ?? '', /nowhere/);
    assert.deepEqual(words(events), [
      'planned',
      ...['started b', 'statement b 1', 'retried b', 'started b', 'statement b 1', 'answered b 1', 'finished b'],
      ...['started c', 'statement c 1', 'answered c 1', 'statement c 2', 'answered c 2', 'finished c'],
      ...['started d', 'statement d 1', 'answered d 1', 'statement d 2', 'failed d'],
      'ended false',
    ]);
    const blocked = events.find(({ type }) => type === 'blocked');
    assert.deepEqual(blocked?.type === 'blocked' && blocked.blockers.map(({ application }) => application), [
      'a reader',
    ]);
    const retried = events.find(({ type }) => type === 'retried');
    assert.equal(retried?.type === 'retried' && retried.blockers.length, 1);
    const failed = events.find(({ type }) => type === 'failed');
    assert.equal(failed?.type === 'failed' && failed.sqlstate, '42P01');
    return events;
  } finally {
    await release();
  }
}

/** A revision that raises more than anybody reads. */
async function noisy(sandbox: Sandbox) {
  const loop = "do $$ begin raise warning 'odd'; for n in 1..500 loop raise notice 'row %', n; end loop; end $$";
  sandbox.write('a', { up: [loop] });
  const { events } = await told(sandbox);
  const heard = events.flatMap((event) => (event.type === 'notice' ? [`${event.severity} ${event.message}`] : []));
  assert.deepEqual(heard.slice(0, 2), ['WARNING odd', 'NOTICE row 1']);
  assert.equal(heard.length, 100);
  assert.match(heard.at(-1) ?? '', /there are more/);
  const kept = await sandbox.values("select notices from mikro_orm_migrations_journal where event = 'applied'");
  assert.deepEqual((kept[0] as string[]).slice(-2), ['NOTICE: row 19', '… and 481 more']);
  return events;
}

/** A concurrent build that finds duplicates, and the run that puts right what it left. */
async function duplicates(sandbox: Sandbox) {
  sandbox.write('a', { up: ['create table a (id int)', 'insert into a values (1), (1)'] });
  sandbox.write('b', { body: outside('create unique index concurrently a_id on a (id)') });
  const first = await told(sandbox);
  assert.match(first.error?.message ?? '', /23505/);
  await sandbox.client.query('delete from a');
  const { events } = await told(sandbox);
  assert.deepEqual(words(events), [
    'found',
    'planned',
    ...['started b', 'statement b 1', 'mended b', 'answered b 1', 'finished b'],
    'ended true',
  ]);
  return events;
}

/** A runner that comes while another one is at work. */
async function second(sandbox: Sandbox) {
  const gate = await makeGate(sandbox.client);
  sandbox.write('a', { up: [gate.statement] });
  const first = told(sandbox);
  await gate.reached();
  const { events } = await told(sandbox, {}, (event) => (event.type === 'waiting' ? gate.open() : undefined));
  assert.equal((await first).error, undefined);
  assert.deepEqual(words(events), ['waiting']);
  return events;
}

/** A revision that replaces those that a database has applied. */
async function replaced(sandbox: Sandbox) {
  const a = sandbox.write('a', { up: ['create table a (id int)'] });
  await told(sandbox);
  sandbox.remove(a);
  sandbox.write('all', {
    text: `import { Migration } from '@mikro-orm/migrations';
      export class Migration20260101000001_all extends Migration {
        static readonly revises = null;
        static readonly replaces = ['${a}'];
        override up() { this.addSql('create table a (id int)'); }
      }`,
  });
  const { events, error } = await told(sandbox);
  assert.deepEqual(words(events), ['planned', 'restamped all', 'ended true'], String(error?.stack));
  return events;
}

/** A late revision that is left out, and a ledger with a row twice: first nothing else is to do, then something is. */
async function crooked(sandbox: Sandbox) {
  sandbox.write('a', { up: ['create table a (id int)'] });
  const b = sandbox.write('b', { up: ['create table b (id int)'] });
  const c = sandbox.write('c', { up: ['create table c (id int)'] });
  await told(sandbox);
  await sandbox.client.query('delete from mikro_orm_migrations where name = $1', [b]);
  // As in a table of stock MikroORM, which allows it.
  await sandbox.client.query('alter table mikro_orm_migrations drop constraint mikro_orm_migrations_name_key');
  await sandbox.client.query('insert into mikro_orm_migrations (name) values ($1)', [c]);
  const idle = await told(sandbox, { late: 'skip' });
  assert.deepEqual(idle.events, [
    { type: 'duplicated', revisions: [c] },
    { type: 'skipped', revisions: [{ name: b, before: c }] },
  ]);
  sandbox.write('d', { up: ['create table d (id int)'] });
  const { events } = await told(sandbox, { late: 'skip' });
  assert.deepEqual(words(events), [
    'duplicated',
    'skipped',
    'planned',
    ...['started d', 'statement d 1', 'answered d 1', 'finished d'],
    'ended true',
  ]);
  return events;
}

/** Which scene reaches an event: every member of the union has to be here. */
const reachedBy = {
  waiting: second,
  found: duplicates,
  duplicated: crooked,
  skipped: crooked,
  planned: plain,
  restamped: replaced,
  started: plain,
  statement: plain,
  answered: plain,
  notice: noisy,
  blocked: contended,
  retried: contended,
  mended: duplicates,
  finished: plain,
  failed: contended,
  ended: plain,
} satisfies Record<RunEvent['type'], (sandbox: Sandbox) => Promise<RunEvent[]>>;

describe('what a run tells', () => {
  for (const scene of new Set(Object.values(reachedBy))) {
    const types = Object.entries(reachedBy).flatMap(([type, by]) => (by === scene ? [type] : []));
    it(`${scene.name}: ${types.join(', ')}`, () =>
      withProject(async (sandbox) => {
        const seen = new Set<string>((await scene(sandbox)).map(({ type }) => type));
        for (const type of types) assert.ok(seen.has(type), type);
      }));
  }

  it('together in one transaction, one is tried again or fails because of another', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      await told(sandbox);
      sandbox.write('b', { up: ['select 1'] });
      sandbox.write('c', { up: ['alter table a add x int'] });
      const d = sandbox.write('d', { up: ['select * from nowhere'] });
      const release = await hold(sandbox, 'a');
      try {
        const { events, error } = await told(sandbox, { atomic: true, lockTimeoutMs: 300 }, async (event) => {
          if (event.type === 'retried') await release();
        });
        assert.match(error?.message ?? '', new RegExp(d));
        const steps = words(events).filter((word) => !/^(statement|answered)/.test(word));
        assert.deepEqual(steps, [
          'planned',
          ...['started b', 'started c', 'started d', 'retried b with c', 'retried c', 'retried d with c'],
          ...['started b', 'started c', 'started d', 'failed b with d', 'failed c with d', 'failed d'],
          'ended false',
        ]);
        assert.deepEqual(
          await sandbox.values("select revision from mikro_orm_migrations_journal where event = 'failed'"),
          [d],
        );
      } finally {
        await release();
      }
    }));

  it('outside of a transaction, a statement is tried again by itself', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      await told(sandbox);
      sandbox.write('b', { body: outside('select 1', 'alter table a add x int') });
      const release = await hold(sandbox, 'a');
      try {
        const { events } = await told(sandbox, { lockTimeoutMs: 700 }, async (event) => {
          if (event.type === 'retried') await release();
        });
        assert.deepEqual(words(events), [
          'planned',
          ...[
            'started b',
            'statement b 1',
            'answered b 1',
            'statement b 2',
            'retried b 2',
            'answered b 2',
            'finished b',
          ],
          'ended true',
        ]);
        const retried = events.find(({ type }) => type === 'retried');
        assert.equal(retried?.type === 'retried' && retried.blockers[0]?.application, 'a reader');
      } finally {
        await release();
      }
    }));
});

describe('who listens', () => {
  it('stops the run before a step, and nothing of it is done', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      const { events, error } = await told(sandbox, {}, (event) => {
        if (event.type === 'started') throw new Error('not today');
      });
      assert.equal(error?.message, 'not today');
      assert.deepEqual(words(events), ['planned', 'started a', 'failed a', 'ended false']);
      assert.deepEqual(await sandbox.values("select to_regclass('a')"), [null]);
    }));

  it('stops it after a step, which stays done and is not told to have failed', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      sandbox.write('b', { up: ['create table b (id int)'] });
      const { events } = await told(sandbox, {}, (event) => {
        if (event.type === 'finished') throw new Error('enough');
      });
      assert.deepEqual(words(events).slice(-2), ['finished a', 'ended false']);
      assert.deepEqual(await sandbox.values('select name from mikro_orm_migrations'), [a]);
      assert.deepEqual(words((await told(sandbox)).events).at(0), 'found');
    }));

  it('cannot make a statement fail that it only hears of in passing', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      const { error } = await told(sandbox, {}, (event) => {
        if (event.type === 'statement') throw new Error('not heard');
      });
      assert.equal(error, undefined);
    }));

  it('hears nothing of a run that is refused before it begins', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['select 1'] });
      sandbox.write('b', { up: ['commit'] });
      const events: RunEvent[] = [];
      const problem = await refused(
        run(sandbox.project, { direction: 'up', onEvent: (event) => void events.push(event) }),
      );
      assert.equal(problem.code, 'transaction-control');
      assert.deepEqual(words(events), []);
      assert.deepEqual(await sandbox.values("select to_regclass('mikro_orm_migrations')"), [null]);
    }));
});
