import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from 'pg';
import { withDatabase } from '../../test/database.ts';
import { compareCatalogues, describe } from './compare.ts';
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
