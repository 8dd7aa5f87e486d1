import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Catalogue, Kind } from '../../src/catalogue/index.ts';
import type { Contents } from '../apparatus/rows.ts';
import type { Change } from '../change.ts';
import type { Seen, State } from '../run.ts';
import { answersOf, lineOf, readLine } from './line.ts';
import { pageFile, pageGaps, pageNow, readPage } from './page.ts';
import type { Facts } from './stock.ts';
import { summaryOf } from './summary.ts';
import { differenceOf, excluded, judge, oursFailed, type Line, type Verdict } from './verdict.ts';

const catalogue = (...items: [Kind, string, string?][]): Catalogue =>
  new Map(
    items.map(([kind, name, type = '']) => [
      `${kind} ${name}`,
      { key: `${kind} ${name}`, kind, name, facts: { type }, layout: {} },
    ]),
  );
/** Rows of `teacher`, all columns of which are text. */
const contents = (rows: Record<string, string | null>[]): Contents =>
  new Map([
    [
      'public.teacher',
      {
        columns: new Map(Object.keys(rows[0] ?? {}).map((column) => [column, { type: 'text', computed: false }])),
        rows,
      },
    ],
  ]);
const state = (schema: Catalogue, rows: Contents = new Map()): State => ({ schema, rows });

const was = catalogue(['column', 'a']);
const is = catalogue(['column', 'b']);
const one = contents([{ a: '1' }]);
const two = contents([{ b: '1' }]);
const before = state(was, one);
const after = state(is, two);
const ours: Seen = { before, after, down: true };
const good: Facts = { wrote: ['x'], again: [], unmet: [], before, after, down: before, upAgain: is };
const renamed: Partial<Change> = { decisions: ['rename teacher.a:b'] };
const same: Seen = { before, after: before };

const cases: [title: string, change: Partial<Change>, ours: Seen, facts: Partial<Facts>, Verdict][] = [
  ['all the same', renamed, ours, {}, { is: 'right' }],
  [
    'the values are gone, which goes before what is wrong',
    renamed,
    ours,
    { after: state(was, contents([{ b: null }])) },
    { is: 'loses data', why: 'up loses the values of teacher.b' },
  ],
  [
    'other columns than ours',
    renamed,
    ours,
    { after: state(catalogue(['column', 'c']), two) },
    { is: 'wrong', why: 'the outcome differs', words: 'column c is extra (and 1 more)' },
  ],
  [
    'nothing is written',
    { decisions: [] },
    { before, after: state(is, one), down: true },
    { wrote: [], after: before },
    { is: 'wrong', why: 'writes nothing', words: 'column a is extra (and 1 more)' },
  ],
  ['up fails', renamed, ours, { upFails: 'no' }, { is: 'wrong', why: 'up fails', words: 'no' }],
  ['up fails, as it has to', { upFails: /./ }, { before }, { upFails: 'no', after: undefined }, { is: 'right' }],
  [
    'up goes through that must not',
    { upFails: /./ },
    { before },
    { after: before },
    { is: 'wrong', why: 'up goes through, though the rows do not allow it' },
  ],
  [
    'up goes through that must not, and cuts values',
    { upFails: /./ },
    { before },
    { after: state(was, contents([{ a: '' }])) },
    { is: 'loses data', why: 'up loses the values of teacher.a' },
  ],
  [
    'the same is proposed again',
    renamed,
    ours,
    { again: ['drop x'] },
    { is: 'wrong', why: 'proposes a change again', words: 'drop x' },
  ],
  ['nothing differs', { nothing: true }, same, { wrote: [], after: before }, { is: 'right' }],
  [
    'nothing differs, and yet',
    { nothing: true },
    same,
    { wrote: ['drop x'], after: before },
    { is: 'wrong', why: 'proposes a change where nothing differs', words: 'drop x' },
  ],
  [
    'a query',
    renamed,
    ours,
    { unmet: ['select 1'] },
    { is: 'wrong', why: 'a query gives something else', words: 'select 1' },
  ],
  [
    'a query that only an answer can fulfil',
    { decisions: ['rename teacher.a:b', "fill teacher.c:'x'"] },
    ours,
    { unmet: ['select 1'] },
    { is: 'right' },
  ],
  ['down fails', renamed, ours, { downFails: 'no' }, { is: 'wrong', why: 'down fails', words: 'no' }],
  [
    'down fails, as ours has to',
    { ...renamed, downFails: /./ },
    { before, after },
    { downFails: 'no' },
    { is: 'right' },
  ],
  [
    'down leaves something behind',
    renamed,
    ours,
    { down: state(is, one) },
    { is: 'wrong', why: 'down does not give back what was before', words: 'column b is extra (and 1 more)' },
  ],
  [
    'down gives no rows back',
    renamed,
    ours,
    { down: state(was, contents([{ a: null }])) },
    { is: 'loses data', why: 'down does not give back the rows of teacher' },
  ],
  [
    'up a second time gives something else',
    renamed,
    ours,
    { upAgain: was },
    { is: 'wrong', why: 'up after down gives something else', words: 'column a is extra (and 1 more)' },
  ],
  [
    'what was before is another thing',
    renamed,
    ours,
    { before: state(is, one) },
    { is: 'not compared', why: 'stock makes what was before otherwise', words: 'column b is extra (and 1 more)' },
  ],
];

for (const [title, change, seen, facts, expected] of cases)
  test(`verdict: ${title}`, () =>
    assert.deepEqual(judge({ before: [], after: [], ...change }, seen, { ...good, ...facts }), expected));

test('what has no measure is left out', () => {
  const whole = { before: [], after: [] };
  assert.equal(excluded({ ...whole, refused: [/./, /./] }, ours)?.is, 'not compared');
  assert.equal(excluded({ ...whole, decisions: ['keep teacher.a'] }, ours)?.is, 'not compared');
  assert.equal(excluded({ ...whole, decisions: ['drop teacher.a'] }, ours), undefined);
  assert.equal(excluded(whole, { before })?.why, 'ours does not do what the entry wants');
  assert.equal(excluded({ ...whole, upFails: /./ }, { before }), undefined);
});

test('six digits of a second are what there is anyway', () => {
  const at = (type: string) => catalogue(['column', 'a', type]);
  assert.equal(differenceOf(at('timestamp(6) with time zone'), at('timestamp with time zone')), undefined);
  assert.notEqual(differenceOf(at('timestamp(3) with time zone'), at('timestamp with time zone')), undefined);
});

test('a line says what it was written from', () => {
  const all: Line[] = [
    { is: 'right' },
    { is: 'wrong', why: 'up fails', words: 'no `a`: *b*; c' },
    { is: 'wrong', why: 'down fails', words: 'column "a"; with it: b', withoutSnapshot: 'right' },
    { is: 'loses data', why: 'up loses the values of new_a.b', withoutSnapshot: 'not compared', oursFails: true },
    { is: 'not compared', why: oursFailed, oursFails: true },
  ];
  for (const line of all)
    for (const answers of [[], ['fill', 'rename']])
      assert.deepEqual(readLine(lineOf('a_b *c*: d', line, answers)), { name: 'a_b *c*: d', line });
  assert.equal(readLine('- a list — of something else'), undefined);
});

test('what needs an answer: not what stock does by itself', () => {
  const whole = { before: [], after: [] };
  assert.deepEqual(answersOf({ ...whole, decisions: ['drop a.b', 'fill a.c:1', 'rename a:b', 'rename c:d'] }), [
    'fill',
    'rename',
  ]);
  assert.deepEqual(answersOf({ ...whole, volunteered: ['using a.b:1'] }), ['using']);
});

test('the page is of another corpus: what it does not list, and what is gone', () => {
  const theme = { 'a_b *c*': { before: [], after: [] }, new: { before: [], after: [] } };
  const page = readPage(
    ['## names', lineOf('a_b *c*', { is: 'right' }), lineOf('old', { is: 'wrong', why: 'up fails' })].join('\n'),
  );
  assert.deepEqual(pageGaps(page, { names: theme }), ['not listed: names: new', 'gone: names: old']);
});

test('the page that is there reads as it was written', () => {
  const listed = readFileSync(pageFile, 'utf8').match(/^- .* — /gm) ?? [];
  const read = [...pageNow().lines.values()].reduce((sum, entries) => sum + entries.size, 0);
  assert.notEqual(read, 0, 'no line was read');
  assert.equal(read, listed.length);
});

test('the summary counts apart what needs an answer', () => {
  const whole = { before: [], after: [] };
  const theme = { a: whole, b: { ...whole, decisions: ['fill a.b:1'] } };
  const lines = new Map([
    [
      'names',
      new Map<string, Line>([
        ['a', { is: 'right' }],
        ['b', { is: 'wrong', why: 'up fails' }],
      ]),
    ],
  ]);
  const summary = summaryOf({ versions: 'MikroORM 1 on PostgreSQL 2', lines }, { names: theme });
  assert.match(summary, /^\| no answer is needed \| 1 \| 1 \| 0 \| 0 \| 0 \| 0 \|$/m);
  assert.match(summary, /^\| an answer is needed \| 1 \| 0 \| 1 \| 0 \| 0 \| 0 \|$/m);
  assert.match(summary, /^\| wrong \| up fails \| 0 \| 1 \|$/m);
});
