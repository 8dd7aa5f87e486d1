import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contents } from '../apparatus/rows.ts';
import { lossesOf } from './losses.ts';

/** Rows of `teacher`, all columns of which are text. */
const contents = (rows: Record<string, string | null>[], table = 'public.teacher'): Contents =>
  new Map([
    [
      table,
      {
        columns: new Map(Object.keys(rows[0] ?? {}).map((column) => [column, { type: 'text', computed: false }])),
        rows,
      },
    ],
  ]);
const rows = (...list: [string, string | null][]) => contents(list.map(([a, b]) => ({ a, b })));
const losses: [title: string, decisions: string[], [Contents, Contents], [Contents, Contents], lines: string[]][] = [
  [
    'a column that ours drops may go',
    ['drop teacher.b'],
    [rows(['1', 'x']), contents([{ a: '1' }])],
    [rows(['1', 'x']), contents([{ a: '1' }])],
    [],
  ],
  [
    'a time that differs between the databases is compared with itself',
    [],
    [rows(['1', '10:00']), rows(['1', '10:00'])],
    [rows(['1', '10:01']), rows(['1', '10:01'])],
    [],
  ],
  [
    'values that an answer gives need not be the same, but have to be there',
    ['using teacher.b:upper(b)', 'map teacher.a.1:2'],
    [rows(['1', 'x']), rows(['2', 'X'])],
    [rows(['1', 'x']), rows(['1', null])],
    ['the values of teacher.b'],
  ],
  [
    'a table under a new name is empty',
    ['rename teacher:tutor'],
    [rows(['1', 'x']), contents([{ a: '1', b: 'x' }], 'public.tutor')],
    [
      rows(['1', 'x']),
      new Map([...contents([{ a: '1', b: 'x' }], 'public.tutor')].map(([key, table]) => [key, { ...table, rows: [] }])),
    ],
    ['the rows of tutor'],
  ],
  [
    'a schema under a new name',
    ['rename old:new'],
    [contents([{ a: '1' }], 'old.t'), contents([{ a: '1' }], 'new.t')],
    [contents([{ a: '1' }], 'old.t'), contents([{ a: '2' }], 'new.t')],
    ['the values of new.t.a'],
  ],
  [
    'a table under a new name, in a schema under a new name',
    ['rename old:new', 'rename new.t:new.u'],
    [contents([{ a: '1' }], 'old.t'), contents([{ a: '1' }], 'new.u')],
    [contents([{ a: '1' }], 'old.t'), contents([{ a: '2' }], 'new.u')],
    ['the values of new.u.a'],
  ],
  [
    'values that are in the wrong rows',
    [],
    [rows(['1', 'x'], ['2', 'y']), rows(['1', 'x'], ['2', 'y'])],
    [rows(['1', 'x'], ['2', 'y']), rows(['1', 'y'], ['2', 'x'])],
    ['which values of teacher belong together'],
  ],
  [
    'one row of two',
    [],
    [rows(['1', 'x'], ['2', 'y']), rows(['1', 'x'], ['2', 'y'])],
    [rows(['1', 'x'], ['2', 'y']), rows(['1', 'x'])],
    ['1 of 2 rows of teacher'],
  ],
];

for (const [title, decisions, [oursBefore, oursAfter], [theirsBefore, theirsAfter], lines] of losses)
  test(`losses: ${title}`, () =>
    assert.deepEqual(
      lossesOf(
        { ours: { before: oursBefore, after: oursAfter }, theirs: { before: theirsBefore, after: theirsAfter } },
        { decisions },
      ),
      lines,
    ));
