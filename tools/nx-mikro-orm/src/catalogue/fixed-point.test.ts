import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDatabase } from '../../test/database.ts';
import { compareCatalogues, describe } from './compare.ts';
import { fixedPoint } from './fixed-point.ts';
import { readCatalogue } from './read.ts';

const texts: [printed: string, expected: string][] = [
  ["(a = 'x'::text)", "(a = 'x'::text)"],
  [
    "((s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
    "((s)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))",
  ],
  ["'(ARRAY[1])::text[]'::text", "'(ARRAY[1])::text[]'::text"],
  ["(ARRAY[',]'::character varying])::text[]", "ARRAY[(',]'::character varying)::text]"],
  ['(ARRAY[a, "b]c"])::public."T x"[]', 'ARRAY[(a)::public."T x", ("b]c")::public."T x"]'],
  ['(ARRAY[1, 2] || ARRAY[3])', '(ARRAY[1, 2] || ARRAY[3])'],
  ["SELECT '(VALUES (1))' FROM (VALUES (2)) v", "SELECT '(VALUES (1))' FROM ( VALUES (2)) v"],
  ["((ARRAY['a'::bpchar])::character varying(3)[])", "(ARRAY[('a'::bpchar)::character varying(3)])"],
];

for (const [printed, expected] of texts)
  test(`fixed point of ${printed}`, () => {
    assert.equal(fixedPoint(printed), expected);
    assert.equal(fixedPoint(expected), expected);
  });

/** What prints otherwise the second time, in every place where an expression stands. */
const places = `
  create table t (id int primary key, s varchar(20), c char(3),
    u bool generated always as (s in ('x', 'y')) stored, v bool default ('a'::varchar in ('a', 'b')),
    constraint one check (s in ('a', 'b')), constraint two check (s not in ('a', 'it''s', ',]')),
    constraint three check (c in ('a', 'b')), constraint four check (lower(s) in ('a', 'b') and s = any (array['a', 'b'])));
  create index i on t (id) where s in ('a', 'b');
  create index j on t ((s in ('a', 'b')));
  create view w as select id, s in ('a', 'b') as x from t where s in ('c', 'd');
  create view q (a) as select 1 union values (2);
  create view r (a, b) as values (1, 'x'), (2, 'y');
  create policy p on t using (s in ('a', 'b')) with check (s in ('a'));
  create domain d as varchar check (value in ('a', 'b'));
  create trigger g before update on t for each row when (new.s in ('a', 'b')) execute function suppress_redundant_updates_trigger();
  create rule r as on delete to t where old.s in ('a', 'b') do instead nothing`;

test('what the server prints, read in again, is the same in every place', async () => {
  const { sideOf } = await import('../diff/side.ts');
  const { build } = await import('../author/whole/build.ts');
  const { entriesOf } = await import('../author/whole/entries.ts');
  await withDatabase(async (client) => {
    await client.query('begin');
    await client.query(places);
    const first = await readCatalogue(client);
    await client.query('rollback; begin');
    const { up, failed } = await build(client, entriesOf(sideOf(first)));
    assert.deepEqual([...failed], []);
    await client.query('rollback; begin');
    for (const sql of up) await client.query(sql);
    assert.deepEqual(compareCatalogues(first, await readCatalogue(client)).map(describe), []);
  });
});
