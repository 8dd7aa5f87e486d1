import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textTable, type TextColumn } from './columns.ts';

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
