import assert from 'node:assert/strict';
import { it } from 'node:test';
import { unsendable } from './sendable.ts';

const refused = [
  ["insert into t values ('a\0b')", /NUL/],
  ["insert into t values ('\ud83d')", /surrogate/],
  ['copy t from stdin', /copies rows/],
  ['copy t (a, b) from stdin with (format csv)', /copies rows/],
  ['COPY public.t FROM stdin;\n1\tone\n\\.\n', /copies rows/],
  ['select 1; copy t to stdout', /copies rows/],
  ['copy (select 1) to stdout', /copies rows/],
] as const;
for (const [sql, why] of refused)
  it(`refuses ${JSON.stringify(sql)}`, async () => assert.match((await unsendable(sql)) ?? '', why));

const sent = [
  "insert into t values ('copy t from stdin')",
  "insert into t values ('😀')",
  "copy t from '/tmp/rows'",
  "copy t to program 'cat'",
  'select copy from t',
  'not sql at all, but a copy',
];
for (const sql of sent)
  it(`lets ${JSON.stringify(sql)} pass`, async () => assert.equal(await unsendable(sql), undefined));
