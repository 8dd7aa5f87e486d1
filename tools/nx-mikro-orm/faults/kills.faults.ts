import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inCase } from './apparatus/case.ts';
import { closeGate, nobodyIsLeft, waitsFor } from './apparatus/gate.ts';
import { exits, type Runner } from './apparatus/runner.ts';
import { atEveryStatement } from './apparatus/matrix.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';

const killed = {
  title: 'The runner is killed (kill -9)',
  strike: async (runner: Runner) => void (await runner.kill()),
};

atEveryStatement(killed, 'transactional', ['before', 'during']);
atEveryStatement(killed, 'bare', ['before', 'again', 'during', 'answered']);

describe('The runner is killed (kill -9) on the way down', { concurrency: 2 }, () => {
  for (const transactional of [true, false])
    it(
      `${transactional ? 'in' : 'outside of'} a transaction: the next down ends it, nothing is reverted twice, and up works again`,
      inCase(async (the) => {
        const base = the.write('base', {
          up: ['create table log (n serial, what text)', 'create table latch (id int)', 'insert into latch values (0)'],
        });
        const name = the.write('change', {
          transactional,
          up: ['update latch set id = id + 1', `insert into log (what) values ('up')`],
          down: [
            `insert into log (what) values ('down 1')`,
            'update latch set id = id - 1',
            `insert into log (what) values ('down 2')`,
          ],
        });
        exits(await the.run('up'), 0);
        const gate = await closeGate(the.database, 'select from latch for update');
        const runner = the.start(['down', base, '--accept-data-loss']);
        const worker = await runner.until(waitsFor(the.database, 'update latch'));
        await runner.kill();
        await the.value('select pg_terminate_backend($1)', [worker]);
        await gate.open();
        assert.deepEqual(
          await the.values('select what from log order by n'),
          transactional ? ['up'] : ['up', 'down 1'],
        );
        exits(await the.run('down', base, '--accept-data-loss'), 0);
        assert.deepEqual(await the.values('select what from log order by n'), ['up', 'down 1', 'down 2']);
        assert.deepEqual(await the.values('select id from latch'), [0]);
        assert.equal(await the.value('select count(*)::int from mikro_orm_migrations where name = $1', [name]), 0);
        exits(await the.run('up'), 0);
        assert.deepEqual(await the.values('select id from latch'), [1]);
      }),
    );
});

it(
  'The runner is killed in the last revision of --atomic: nothing of any revision is left, and the next up does all',
  inCase(async (the) => {
    the.write('base', {
      up: ['create table log (n serial, what text)', 'create table latch (id int)', 'insert into latch values (0)'],
    });
    exits(await the.run('up'), 0);
    the.write('first', { up: [`insert into log (what) values ('first')`, 'create table first (id int)'] });
    the.write('second', { up: [`insert into log (what) values ('second')`] });
    the.write('third', { up: ['update latch set id = id + 1', `insert into log (what) values ('third')`] });
    const gate = await closeGate(the.database, 'select from latch for update');
    const runner = the.start(['up', '--atomic']);
    await runner.until(waitsFor(the.database, 'update latch'));
    await runner.kill();
    await gate.open();
    await nobodyIsLeft(the.database);
    assert.deepEqual(await the.values('select what from log'), []);
    assert.equal(await the.value(`select to_regclass('first')`), null);
    assert.equal(await the.value('select count(*)::int from mikro_orm_migrations'), 1);
    exits(await the.run('up', '--atomic'), 0);
    assert.deepEqual(await the.values('select what from log order by n'), ['first', 'second', 'third']);
    assert.deepEqual(await the.values('select id from latch'), [1]);
  }),
);

passwordStaysHidden();
