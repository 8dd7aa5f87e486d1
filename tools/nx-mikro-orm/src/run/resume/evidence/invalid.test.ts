import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDatabase } from '../../../../test/database.ts';
import { dropInvalid, invalidIndexes } from './invalid.ts';

describe('INVALID indexes', () => {
  it('are found with their table, definition and size; sound ones and frames of partitioned tables are not', () =>
    withDatabase(async (client) => {
      await client.query(`
        create schema "s.s";
        create table "s.s"."T" as select 1 as id from generate_series(1, 2);
        create table good (id int primary key);
        create table p (id int) partition by range (id);
        create table q partition of p default;
        create index frame on only p (id)`);
      await assert.rejects(client.query('create unique index concurrently "bad" on "s.s"."T" (id)'));
      const [found, ...others] = await invalidIndexes(client);
      assert.deepEqual(others, []);
      assert.deepEqual(found, {
        index: '"s.s".bad',
        table: '"s.s"."T"',
        definition: 'CREATE UNIQUE INDEX bad ON "s.s"."T" USING btree (id)',
        bytes: 0,
        constraint: undefined,
        leftover: false,
      });
      assert.deepEqual((await invalidIndexes(client, ['"s.s"."T"'])).length, 1);
      assert.deepEqual(await invalidIndexes(client, ['public.good', 'public.nowhere']), []);
      assert.equal(await dropInvalid(client, '"s.s".bad'), undefined);
      assert.deepEqual(await dropInvalid(client, '"s.s".bad'), { why: 'gone' });
      assert.deepEqual(await dropInvalid(client, 'public.good_pkey'), { why: 'valid' });
      assert.deepEqual(await invalidIndexes(client), []);
    }));

  it('one that backs a constraint is told apart, and stays', () =>
    withDatabase(async (client) => {
      await client.query('create table t as select 1 as id; alter table t add primary key (id)');
      await client.query(`update pg_index set indisvalid = false where indexrelid = 't_pkey'::regclass`);
      const [found] = await invalidIndexes(client);
      assert.deepEqual([found?.constraint, found?.bytes], ['t_pkey', 16384]);
      assert.deepEqual(await dropInvalid(client, 'public.t_pkey'), { why: 'constraint', constraint: 't_pkey' });
      await client.query('reindex index concurrently t_pkey');
      assert.deepEqual(await invalidIndexes(client), []);
    }));
});
