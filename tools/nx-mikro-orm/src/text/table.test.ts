import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aligned, textTable, type TextColumn } from './table.ts';

type Row = [state: string, name: string, when: string, ms: number];

const columns: TextColumn<Row>[] = [
  { title: 'state', of: ([state]) => state },
  { title: 'name', of: ([, name]) => name, least: 8 },
  { title: 'when', of: ([, , when]) => when },
  { title: 'ms', of: ([, , , ms]) => String(ms), right: true },
];
const rows: Row[] = [
  ['applied', 'a', '2026', 7],
  ['pending', 'a_very_long_name', '', 1234],
];

test('a table on terminals of several widths, and on none', () => {
  const cases: [number | undefined, string[]][] = [
    [undefined, ['applied  a  2026  7', 'pending  a_very_long_name  1234']],
    [
      80,
      [
        'state    name              when    ms',
        'applied  a                 2026     7',
        'pending  a_very_long_name        1234',
      ],
    ],
    [
      30,
      [
        'state    name       when    ms', //
        'applied  a          2026     7',
        'pending  a_very_l…        1234',
      ],
    ],
    [23, ['state    name      when', 'applied  a         2026', 'pending  a_very_…']],
    [5, ['state    name', 'applied  a', 'pending  a_very_…']],
  ];
  for (const [width, lines] of cases) assert.deepEqual(textTable(rows, columns, width), lines, String(width));
});

test('a column in which nothing stands is left out', () => {
  assert.deepEqual(textTable<Row>([['applied', 'a', '', 7]], columns, 80), ['state    name  ms', 'applied  a      7']);
});

test('a table with Chinese names, which take two columns of a terminal for each character', () => {
  const chinese: Row[] = [
    ['applied', '建立老師資料表', '2026', 7],
    ['pending', 'add_phone', '', 1234],
  ];
  assert.deepEqual(textTable(chinese, columns, 80), [
    'state    name            when    ms',
    'applied  建立老師資料表  2026     7',
    'pending  add_phone             1234',
  ]);
  // Half of a character is never shown: where one does not fit, a blank stands for it.
  assert.deepEqual(textTable(chinese, columns, 29), [
    'state    name      when    ms',
    'applied  建立老…   2026     7',
    'pending  add_pho…        1234',
  ]);
});

test('lines of cells that are aligned', () => {
  assert.deepEqual(aligned([['老師', '1', 'a'], ['x', '200'], []], [1]), ['老師    1  a', 'x     200', '']);
});
