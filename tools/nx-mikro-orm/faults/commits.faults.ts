import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inCase, type Case } from './apparatus/case.ts';
import { closeGate, nobodyIsLeft, waitsFor } from './apparatus/gate.ts';
import { startProxy } from './apparatus/proxy.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { portOf, sharedServer } from './apparatus/server.ts';

const port = portOf(sharedServer());

/** A revision whose effect can be counted, behind one that is applied already. */
async function twoRevisions(the: Case) {
  the.write('log', { up: ['create table log (n serial, what text)'] });
  exits(await the.run('up'), 0);
  return the.write('data', { up: [`insert into log (what) values ('once')`], down: ['delete from log'] });
}

const effects = (the: Case) => the.values('select what from log');
const recorded = (the: Case, name: string) =>
  the.value('select count(*)::int from mikro_orm_migrations where name = $1', [name]);
const rolledBackLie = /All of it was rolled back/;

describe('The connection is lost during COMMIT', { concurrency: 2 }, () => {
  it(
    'the server has committed: no message says that it was rolled back, and the next up does not run it again',
    inCase(async (the) => {
      const name = await twoRevisions(the);
      await using proxy = await startProxy(port);
      const stop = proxy.stopAt(/^commit/i, 'answered');
      const runner = the.start(['up'], { port: proxy.port });
      (await runner.until(stop)).wire.cut();
      const ended = await runner.ended;
      assert.doesNotMatch(ended.said, rolledBackLie);
      // Looking again on a new connection may tell that it is done; not knowing is a failure.
      exits(ended, [0, 1, 5]);
      exits(await the.run('up'), 0);
      assert.deepEqual(await effects(the), ['once']);
      assert.equal(await recorded(the, name), 1);
    }),
  );

  it(
    'the server has not seen it: the run fails, and the next up runs it once',
    inCase(async (the) => {
      const name = await twoRevisions(the);
      await using proxy = await startProxy(port);
      const stop = proxy.stopAt(/^commit/i, 'before');
      const runner = the.start(['up'], { port: proxy.port });
      (await runner.until(stop)).wire.cut();
      exits(await runner.ended, [1, 5]);
      await nobodyIsLeft(the.database);
      assert.deepEqual(await effects(the), []);
      exits(await the.run('up'), 0);
      assert.deepEqual(await effects(the), ['once']);
      assert.equal(await recorded(the, name), 1);
    }),
  );

  it(
    'the server is still committing when the next up begins: it runs once',
    inCase(async (the) => {
      await twoRevisions(the);
      // A deferred trigger makes the COMMIT itself wait.
      await the.execute(`create table latch (id int); insert into latch values (1); grant all on latch to runner;
        create function wait() returns trigger language plpgsql as $$ begin perform from latch for update; return null; end $$;
        create constraint trigger slow after insert on log deferrable initially deferred for each row execute function wait()`);
      const gate = await closeGate(the.database, 'select from latch for update');
      await using proxy = await startProxy(port);
      const runner = the.start(['up', '--lock-timeout', '20'], { port: proxy.port });
      await runner.until(waitsFor(the.database, 'commit'));
      proxy.wireOf('commit')?.cut();
      exits(await runner.ended, [1, 5]);
      const next = the.start(['up', '--lock-timeout', '20']);
      await gate.open();
      exits(await next.ended, 0);
      assert.deepEqual(await effects(the), ['once']);
    }),
  );

  it(
    'of a revision that goes down, committed: the next down takes the one before, and nothing is reverted twice',
    inCase(async (the) => {
      const name = await twoRevisions(the);
      exits(await the.run('up'), 0);
      await using proxy = await startProxy(port);
      const stop = proxy.stopAt(/^commit/i, 'answered');
      const runner = the.start(['down', '--accept-data-loss'], { port: proxy.port });
      (await runner.until(stop)).wire.cut();
      const ended = await runner.ended;
      exits(ended, [0, 1, 5]);
      assert.doesNotMatch(ended.said, rolledBackLie);
      assert.deepEqual(await effects(the), []);
      assert.equal(await recorded(the, name), 0);
      exits(await the.run('up'), 0);
      assert.deepEqual(await effects(the), ['once']);
    }),
  );

  it(
    'while the ledger is made for the first time: the next up makes it',
    inCase(async (the) => {
      the.write('log', { up: ['create table log (n serial, what text)', `insert into log (what) values ('once')`] });
      await using proxy = await startProxy(port);
      const stop = proxy.stopAt(/create table.*mikro_orm_migrations/i, 'answered');
      const runner = the.start(['up'], { port: proxy.port });
      (await runner.until(stop)).wire.cut();
      exits(await runner.ended, [1, 5]);
      exits(await the.run('up'), 0);
      assert.deepEqual(await effects(the), ['once']);
    }),
  );
});

passwordStaysHidden();
