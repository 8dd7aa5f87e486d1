import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inCase, type Case } from './apparatus/case.ts';
import { noDisk, smallDisk } from './apparatus/disk.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { ownServer, type OwnServer } from './apparatus/server.ts';

const fill = `select n, repeat('x', 1000) as filler from generate_series(1, 5000) n`;

async function withTable(the: Case) {
  const long = 'create table long as select n from generate_series(1, 100000) n';
  the.write('log', { up: ['create table log (n serial, what text)', long] });
  exits(await the.run('up'), 0);
}

const log = (the: Case) => the.values('select what from log');

describe('The disk is full (53100)', { skip: noDisk }, () => {
  let server: OwnServer;
  before(async () => {
    server = await ownServer();
  });
  after(() => server[Symbol.asyncDispose]());

  it('in a transaction: exit 1, all of the revision is rolled back, and with more room the next up succeeds', async () => {
    await using disk = await smallDisk(server, 3);
    await inCase(
      async (the) => {
        await withTable(the);
        the.write('full', {
          up: [`insert into log (what) values ('once')`, `create table more tablespace ${disk.tablespace} as ${fill}`],
        });
        const ended = await the.run('up');
        exits(ended, 1);
        assert.match(ended.said, /53100/);
        assert.deepEqual(await log(the), []);
        disk.resize(64);
        exits(await the.run('up'), 0);
        assert.deepEqual(await log(the), ['once']);
        assert.equal(await the.value('select count(*)::int from more'), 5000);
      },
      { server },
    )();
  });

  it('while an index is built concurrently: exit 1, and with more room the next up builds it, and repeats nothing', async () => {
    await using disk = await smallDisk(server, 3);
    await inCase(
      async (the) => {
        await withTable(the);
        the.write('full', {
          transactional: false,
          up: [
            `insert into log (what) values ('once')`,
            `create index concurrently long_n on long (n) with (fillfactor = 10) tablespace ${disk.tablespace}`,
          ],
        });
        const ended = await the.run('up');
        exits(ended, 1);
        assert.match(ended.said, /53100/);
        disk.resize(256);
        exits(await the.run('up'), 0);
        assert.deepEqual(await log(the), ['once']);
        assert.deepEqual(await the.values(`select indisvalid from pg_index where indrelid = 'long'::regclass`), [true]);
      },
      { server },
    )();
  });

  it('for the ledger and the journal too: exit 1, and with more room everything is applied once', async () => {
    await using disk = await smallDisk(server, 64);
    await inCase(
      async (the) => {
        the.write('log', { up: ['create table log (n serial, what text)', `insert into log (what) values ('once')`] });
        disk.fill();
        const ended = await the.run('up');
        exits(ended, [1, 5]);
        assert.match(ended.said, /53100|No space left/);
        disk.resize(64);
        exits(await the.run('up'), 0);
        assert.deepEqual(await log(the), ['once']);
      },
      { server, tablespace: disk.tablespace },
    )();
  });
});

describe('A limit is reached', () => {
  it(
    'temp_file_limit (53400) while an index is built concurrently: exit 1, and without the limit the next up builds it',
    inCase(async (the) => {
      await withTable(the);
      the.write('limit', {
        transactional: false,
        up: [`insert into log (what) values ('once')`, 'create index concurrently long_n on long (n)'],
      });
      const set = (what: string) => the.execute(`alter role runner in database "${the.database.name}" ${what}`);
      await set(`set temp_file_limit = '100kB'`);
      await set(`set maintenance_work_mem = '1MB'`);
      await set(`set max_parallel_maintenance_workers = 0`);
      const ended = await the.run('up');
      exits(ended, 1);
      assert.match(ended.said, /53400/);
      await set('reset all');
      exits(await the.run('up'), 0);
      assert.deepEqual(await log(the), ['once']);
      assert.deepEqual(await the.values(`select indisvalid from pg_index where indrelid = 'long'::regclass`), [true]);
    }),
  );
});

passwordStaysHidden();
