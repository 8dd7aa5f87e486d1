import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareCatalogues, describe } from './compare.ts';
import { keyOf, type Kind } from './key.ts';
import type { Catalogue, Item } from './item.ts';

const catalogue = (...items: [Kind, string, string][]): Catalogue =>
  new Map(
    items.map(([kind, name, text]): [string, Item] => {
      const key = keyOf(kind, [name]);
      const fact = { view: 'text', function: 'text', table: 'partition by' }[kind as string] ?? '';
      return [key, { key, kind, name, facts: text === '' ? {} : { [fact]: text }, layout: {} }];
    }),
  );

const long = 'select a from b '.repeat(20);

const cases: [title: string, expected: Catalogue, found: Catalogue, lines: string[]][] = [
  ['nothing', catalogue(['table', 'a', '']), catalogue(['table', 'a', '']), []],
  [
    'sorted, whatever the order',
    catalogue(['table', 'c', ''], ['table', 'a', '']),
    catalogue(['view', 'b', ''], ['table', 'A b', '']),
    ['table "A b" is extra', 'table a is missing', 'table c is missing', 'view b is extra'],
  ],
  [
    'a short change',
    catalogue(['table', 'a', 'LIST (a)']),
    catalogue(['table', 'a', '']),
    ['table a is changed: expected partition by LIST (a), found nothing'],
  ],
  [
    'a long change, from where it is',
    catalogue(['view', 'v', `${long}\nwhere x`]),
    catalogue(['view', 'v', `${long}\nwhere y`]),
    ['view v is changed: expected …select a from b where x, found …select a from b where y'],
  ],
  [
    'white space only',
    catalogue(['function', 'f', 'a\nb']),
    catalogue(['function', 'f', 'a\n\nb']),
    ['function f is changed: expected CREATE OR REPLACE a\\nb, found CREATE OR REPLACE a\\n\\nb'],
  ],
];

for (const [title, expected, found, lines] of cases)
  test(`difference: ${title}`, () => assert.deepEqual(compareCatalogues(expected, found).map(describe), lines));

test('names are quoted where they have to be for a key to be clear', () => {
  assert.equal(keyOf('column', ['public', 'a.b', 'c"d']), 'column public."a.b"."c""d"');
  assert.equal(keyOf('function', ['public', 'user'], '(integer)'), 'function public.user(integer)');
  assert.equal(keyOf('table', [null, 'ü']), 'table "ü"');
});
