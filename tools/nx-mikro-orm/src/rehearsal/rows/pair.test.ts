import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from 'pg';
import { counting } from '../../../test/counting.ts';
import { withDatabase } from '../../../test/database.ts';
import { fillTables } from './fill.ts';
import { pairRows } from './pair.ts';
import { readRows, type HeldRows } from './read.ts';

const setup = `
  create schema other; create type mood as enum ('sad', 'ok', 'fine');
  create table t (truth int not null unique, id serial primary key, name text not null, price numeric(8,2) not null, mood mood not null, at timestamp, note text, flags jsonb);
  create table small (truth int not null unique, a int not null, b text not null)`;

/** Changes after which each row still has to be found, although the column that tells the truth is not looked at. */
const changes: Record<string, string> = {
  nothing: 'select 1',
  'a cast': `alter table t alter price type int, alter id type bigint; alter table small alter a type bigint`,
  'a cast of everything': `alter table t alter id type text using 'T' || id, alter name type text using upper(name), alter price type text using price * 2,
    alter at type timestamptz using at at time zone 'UTC', alter note type bytea using convert_to(note, 'UTF8')`,
  'a column': `alter table t add more int not null default 5, add volatile text default clock_timestamp()::text; alter table small add c int`,
  'columns that go': 'alter table t drop name, drop price, drop id; alter table small drop a',
  'an update of all rows': `update t set name = name || '!'; update small set b = b || '!'`,
  'an update of all rows, twice, and of the key':
    'update t set price = price / 2; update t set id = id + 100; update small set a = a # 1',
  'an update of some rows': `update t set note = null where id % 2 = 0; update t set name = 'changed' where id = 3; update small set b = 'other' where a in (1, 3)`,
  'an update in another order': `with o as (select id from t order by name desc) update t set price = 1 from o where o.id = t.id; update small set b = 'x' where truth = 1; update small set b = 'y' where truth = 0`,
  'another schema and name': `alter table t set schema other; alter table other.t rename to u; alter table other.u rename to t; alter table other.t rename name to label; alter table other.t set schema public`,
  'rewritten in another order': `create index by_name on t (name desc); cluster t using by_name; create index by_b on small (b desc); cluster small using by_b`,
  'put into another table': `create table next as select * from t order by mood desc, name; drop table t; alter table next rename to t`,
  'an enum that is swapped': `alter type mood rename to old; create type mood as enum ('bad', 'fine'); alter table t alter mood type mood using (case mood::text when 'fine' then 'fine' else 'bad' end)::mood`,
};

async function readBoth(client: Client): Promise<HeldRows[]> {
  const read = await readRows(
    client,
    ['t', 'small'].map((name) => ({ schema: 'public', name })),
  );
  return read.sort((a, b) => a.name.localeCompare(b.name));
}

for (const [name, change] of Object.entries(changes))
  test(`each row is found again after: ${name}`, async () => {
    await withDatabase(async (client) => {
      await client.query(setup);
      await client.query('begin');
      assert.deepEqual(
        (
          await fillTables(client, [
            { schema: 'public', name: 't' },
            { schema: 'public', name: 'small' },
          ])
        ).empty,
        [],
      );
      const before = await readBoth(client);
      await client.query(change);
      const after = await readBoth(client);
      for (const [at, held] of before.entries()) {
        const now = after[at];
        assert.ok(now, 'no rows were read');
        // What is compared by name here is what compareRows() compares, renames apart.
        const shared = held.columns.filter(
          (one) => one.name !== 'truth' && now.columns.some((other) => other.name === one.name),
        );
        const cut = (table: HeldRows) => {
          const places = shared.map((one) => table.columns.findIndex((other) => other.name === one.name));
          return table.rows.map((row) => places.map((place) => row[place] ?? null));
        };
        const { pairs, lost, come } = pairRows(
          cut(held),
          cut(now),
          shared.flatMap(({ inKey }, place) => (inKey ? [place] : [])),
        );
        const truth = (table: HeldRows, row: number) =>
          table.rows[row]?.[table.columns.findIndex((one) => one.name === 'truth')];
        assert.deepEqual([lost, come], [[], []]);
        assert.deepEqual(
          pairs.map(([one, other]) => [truth(held, one), truth(now, other)]),
          held.rows.map((_, row) => [truth(held, row), truth(held, row)]),
          `${held.name} after ${change}`,
        );
      }
      await client.query('rollback');
    });
  });

test('rows that went and rows that came are told from those that changed', () => {
  const before = [
    ['1', 'a', 'x'],
    ['2', 'b', 'y'],
    ['3', 'c', 'z'],
  ];
  assert.deepEqual(
    pairRows(
      before,
      [
        ['3', 'c', 'z'],
        ['1', 'a', 'X'],
      ],
      [0],
    ),
    {
      pairs: [
        [0, 1],
        [2, 0],
      ],
      lost: [1],
      come: [],
    },
  );
  assert.deepEqual(pairRows([], before, [0]), { pairs: [], lost: [], come: [0, 1, 2] });
  assert.deepEqual(
    pairRows(
      before,
      [
        ['2', 'b', 'y'],
        ['9', 'b', 'y'],
        ['1', 'a', 'x'],
        ['3', 'c', 'z'],
      ],
      [],
    ),
    {
      pairs: [
        [0, 2],
        [1, 0],
        [2, 3],
      ],
      lost: [],
      come: [1],
    },
  );
  // Without a key, places decide where nothing is alike; with one that is kept, another key is another row.
  assert.deepEqual(pairRows([['1'], ['2']], [['1'], ['5']], []).pairs, [
    [0, 0],
    [1, 1],
  ]);
  assert.deepEqual(pairRows([['1'], ['2']], [['1'], ['5']], [0]), { pairs: [[0, 0]], lost: [1], come: [1] });
  assert.deepEqual(pairRows([['1'], ['2']], [['T1'], ['T2']], [0]).pairs, [
    [0, 0],
    [1, 1],
  ]);
});

test('many rows are paired without comparing each with each', () => {
  const rows = Array.from({ length: 5000 }, (_, at) => [`${at}`, `name ${at}`, at % 2 ? 'odd' : 'even']);
  const changed = rows.map(([id, , parity]) => [id ?? '', `${id}!`, parity ?? '']).reverse();
  const { values, reads } = counting([...rows, ...changed]);
  const { pairs } = pairRows(values.slice(0, 5000), values.slice(5000), [0]);
  assert.deepEqual(
    pairs,
    rows.map((_, at) => [at, 4999 - at]),
  );
  assert.ok(reads() < 100 * 10_000, `${reads()} reads`);
});
