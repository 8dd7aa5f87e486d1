import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from 'pg';
import { withDatabase } from '../../test/database.ts';
import { compareCatalogues, describe } from './compare.ts';
import { keepPlans } from './planned.ts';
import { readCatalogue } from './read.ts';

const setup = `create schema a; create type a.mood as enum ('ok');
  create table a.t (id serial, m a.mood default 'ok', at timestamptz default '2020-01-01 00:00Z', "Q" int check ("Q" > 0));
  create view v as select * from a.t`;

test('an empty database has an empty catalogue', async () => {
  await withDatabase(async (client) => assert.equal((await readCatalogue(client)).size, 0));
});

test('no setting of the session shows in the catalogue, and none is changed by it', async () => {
  await withDatabase(async (client, url) => {
    await client.query(setup);
    const expected = await readCatalogue(client);
    const other = new Client({ connectionString: url });
    await other.connect();
    try {
      const sessions = [
        '',
        `set search_path = a, "we ird'", public; set timezone = 'Asia/Tokyo'; set datestyle = 'German'`,
        'set quote_all_identifiers = on; set standard_conforming_strings = off; set default_transaction_read_only = on',
      ];
      for (const session of sessions)
        for (const open of ['', 'begin', 'begin; set local search_path = a']) {
          await other.query(`${session};${open}`);
          const before = (await other.query('select name, setting from pg_settings')).rows;
          assert.deepEqual(compareCatalogues(expected, await readCatalogue(other)).map(describe), []);
          assert.deepEqual((await other.query('select name, setting from pg_settings')).rows, before);
          if (open) await other.query('commit');
          assert.equal((await other.query('show search_path')).rows[0].search_path.includes('pg_catalog'), false);
        }
    } finally {
      await other.end();
    }
  });
});

const inTransaction = /^(begin|savepoint)/;

test('a session that keeps plans gives the same catalogue, whatever happened in it since', async () => {
  await withDatabase(async (client, url) => {
    await client.query(setup);
    const other = new Client({ connectionString: url });
    await other.connect();
    keepPlans(other);
    try {
      for (const since of [
        'select',
        'create table more (n numeric(4, 2) default 1.5)',
        "set search_path = a; set datestyle = 'German'; set quote_all_identifiers = on",
        'deallocate all',
        'drop table public.more; create temporary table pg_class (relname text)',
        'discard all',
        'begin; create schema later; create view later.w as select 1 as one',
        'savepoint s; drop schema later cascade',
      ]) {
        await other.query(since);
        const [first, second] = [await readCatalogue(other), await readCatalogue(other)];
        assert.deepEqual(compareCatalogues(first, second).map(describe), [], since);
        // What is not committed is seen by the session alone.
        if (!inTransaction.test(since))
          assert.deepEqual(compareCatalogues(await readCatalogue(client), second).map(describe), [], since);
        assert.equal(second.has('view later.w'), since.startsWith('begin'), since);
      }
      await other.query('rollback');
      assert.deepEqual(compareCatalogues(await readCatalogue(client), await readCatalogue(other)).map(describe), []);
      const { rows } = await other.query('select name from pg_prepared_statements');
      assert.ok(rows.length > 5, 'nothing is prepared');
    } finally {
      await other.end();
    }
  });
});

test('what is ignored is left out with all that belongs to it', async () => {
  await withDatabase(async (client) => {
    await client.query(setup);
    const ignore = (schema: string, name: string) => schema === 'a' && name !== 'mood';
    assert.deepEqual([...(await readCatalogue(client, { ignore })).keys()].sort(), [
      'schema a',
      'type a.mood',
      'view public.v',
    ]);
  });
});
