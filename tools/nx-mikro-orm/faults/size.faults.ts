import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inCase } from './apparatus/case.ts';
import { peak } from './apparatus/peak.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';

/** Megabytes that a heap may grow to; node ends a process that wants more. */
const heap = (megabytes: number) => ({ node: [`--max-old-space-size=${megabytes}`], patience: 300 });

const count = 5000;

describe('Size', () => {
  it(
    `${count} revisions: up applies each once, current and an idle up stay quick and small`,
    inCase(async (the) => {
      the.write('log', { up: ['create table log (n serial primary key, what int)'] });
      for (let n = 1; n < count; n++)
        the.write(`n${n}`, { stamp: String(20270101000000 + n), up: [`insert into log (what) values (${n})`] });
      const up = the.start(['up'], heap(400));
      const most = await peak(up);
      exits(await up.ended, 0);
      assert.ok(most < 700, `up took ${most} MB`);
      assert.deepEqual(await the.values('select count(*)::int from log'), [count - 1]);
      assert.equal(await the.value('select bool_and(what = n) from log'), true);
      assert.equal(await the.value('select count(*)::int from mikro_orm_migrations'), count);
      for (const command of ['current', 'up']) {
        const idle = the.start([command], heap(128));
        const memory = await peak(idle);
        const ended = await idle.ended;
        exits(ended, 0, command);
        assert.ok(memory < 250, `${command} took ${memory} MB`);
        assert.ok(ended.ms < 5000, `${command} took ${ended.ms} ms`);
      }
    }),
  );

  const megabytes = 20;
  const rows = (each: number) =>
    Array.from(
      { length: Math.ceil((megabytes * 1024 * 1024) / each) },
      (_, n) => `insert into log (n, what) values (${n}, '${'x'.repeat(each - 50)}')`,
    );

  it(
    `one revision of ${megabytes} MB of SQL in many statements: applied, with a short log and bounded memory`,
    inCase(async (the) => {
      const inserts = rows(2000);
      the.write('big', { up: ['create table log (n int, what text)', ...inserts] });
      const up = the.start(['up'], heap(512));
      const most = await peak(up);
      const ended = await up.ended;
      exits(ended, 0);
      assert.ok(ended.said.length < 10_000, `it said ${ended.said.length} characters`);
      assert.ok(most < 1000, `it took ${most} MB`);
      assert.equal(await the.value('select count(*)::int from log'), inserts.length);
      const idle = await the.run('up');
      exits(idle, 0);
      assert.ok(idle.ms < 5000, `an idle up took ${idle.ms} ms`);
    }),
  );

  it(
    `one statement of ${megabytes} MB that fails in the middle: nothing is kept, and the message is short`,
    inCase(async (the) => {
      const values = rows(2000).map((sql) => sql.replace(/^.*values /, ''));
      values.splice(Math.floor(values.length / 2), 0, `(1, 'no such' || function(1))`);
      the.write('big', {
        up: ['create table log (n int, what text)', `insert into log (n, what) values ${values.join(',')}`],
      });
      const ended = await the.runIn(heap(512), 'up');
      exits(ended, 1);
      assert.ok(ended.said.length < 5000, `it said ${ended.said.length} characters`);
      assert.match(ended.said, /SQLSTATE/);
      assert.equal(await the.value(`select to_regclass('log')`), null);
      assert.ok(
        Number(await the.value(`select coalesce(max(length(j::text)), 0) from mikro_orm_migrations_journal j`)) <
          20_000,
        'the journal keeps it short',
      );
    }),
  );
});

passwordStaysHidden();
