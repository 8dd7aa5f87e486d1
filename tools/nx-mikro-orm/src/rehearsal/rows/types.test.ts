import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from 'pg';
import { withDatabase } from '../../../test/database.ts';
import { fillTables } from './fill.ts';

/** Types as they are declared, by what is needed for them. */
const scalars = [
  ...['smallint', 'integer', 'bigint', 'numeric', 'numeric(5)', 'numeric(10,2)', 'numeric(3,3)', 'numeric(1)', 'real'],
  ...[
    'double precision',
    'money',
    'text',
    'varchar',
    'varchar(1)',
    'varchar(2)',
    'varchar(40)',
    'varchar(9000)',
    'char',
  ],
  ...[
    'char(5)',
    '"char"',
    'name',
    'boolean',
    'date',
    'time',
    'time(0)',
    'timetz',
    'timetz(3)',
    'timestamp',
    'timestamp(0)',
  ],
  ...[
    'timestamptz',
    'timestamptz(3)',
    'interval',
    'interval(2)',
    'interval year to month',
    'interval hour',
    'uuid',
    'json',
  ],
  ...[
    'jsonb',
    'jsonpath',
    'bytea',
    'bit',
    'bit(7)',
    'bit varying',
    'bit varying(3)',
    'inet',
    'cidr',
    'macaddr',
    'macaddr8',
  ],
  ...[
    'point',
    'line',
    'lseg',
    'box',
    'path',
    'polygon',
    'circle',
    'tsvector',
    'tsquery',
    'pg_lsn',
    'oid',
    'xid',
    'xid8',
  ],
  ...['tid', 'int2vector', 'oidvector', 'regtype', 'regclass', 'regproc', 'regnamespace', 'regrole', 'pg_snapshot'],
  ...['int4range', 'int8range', 'numrange', 'daterange', 'tsrange', 'tstzrange', 'int4multirange', 'datemultirange'],
  ...['tstzmultirange'],
];

const made = `
  create extension citext; create extension hstore; create extension ltree; create extension cube; create extension seg; create extension isn;
  create type mood as enum ('sad', 'it''s', 'ok, "fine"', '老師', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v');
  create domain email as varchar(50) not null check (value ~ '^[^@ ]+@[^@ ]+$'); create domain percent as numeric(5,2) check (value between 0 and 100);
  create domain short as email check (length(value) < 12); create domain code as text check (value ~ '^[A-Z]{2}-\\d{3}$');
  create type pair as (a int, b text, c mood); create type nested as (p pair, e percent[]);
  create type span as range (subtype = text, collation = "C"); create type letter as enum ('a', 'b')`;
const own = [
  'citext',
  'hstore',
  'ltree',
  'cube',
  'seg',
  'isbn13',
  'mood',
  'email',
  'percent',
  'short',
  'code',
  'pair',
  'nested',
  'span',
  'letter',
];

interface Held {
  rows: number;
  some: number;
  different: number;
}

async function heldIn(client: Client, column: string, table = 't'): Promise<Held> {
  const { rows } = await client.query(
    `select count(*)::int as rows, count(${column})::int as some, count(distinct ${column}::text)::int as different from ${table}`,
  );
  return rows[0];
}

test('every type gets values, and null where it may', async (suite) => {
  await withDatabase(async (client) => {
    await client.query(made);
    for (const type of [...scalars, ...own])
      for (const declared of [type, `${type}[]`])
        await suite.test(declared, async () => {
          await client.query('begin');
          try {
            const isNotNull = ['email', 'short'].includes(declared);
            await client.query(`create table t (given ${declared} not null, may_be ${declared}, id serial)`);
            assert.deepEqual((await fillTables(client, [{ schema: 'public', name: 't' }])).empty, []);
            const given = await heldIn(client, 'given');
            assert.ok(given.rows >= 5 && given.rows <= 24, `${given.rows} rows`);
            assert.equal(given.some, given.rows);
            assert.ok(
              given.different >= (type === 'boolean' || type === 'bit' || type === 'letter' ? 2 : 3),
              `${given.different} values`,
            );
            const { some } = await heldIn(client, 'may_be');
            if (isNotNull) assert.equal(some, given.rows);
            else assert.ok(some > 0 && some < given.rows, `${some} of ${given.rows} are not null`);
          } finally {
            await client.query('rollback');
          }
        });
  });
});
