import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { counting } from '../../test/counting.ts';
import { historyOf, namesIn, revisionsOf, rowsOf } from '../../test/history.ts';
import { linkHistory } from './graph.ts';
import { known, stateOf, type Applied, type State } from './state.ts';
import { planDown, planUp } from './target.ts';

/** What is to say about a database, in a few letters; what there is nothing of is not mentioned. */
const told = (state: State): string =>
  Object.entries({
    current: state.current.join(' '),
    pending: namesIn(state.pending),
    missing: namesIn(state.missing),
    ahead: namesIn(state.ahead),
    late: state.late.map(({ revision, before }) => `${revision.name} before ${before}`).join(', '),
    changed: namesIn(state.changed.map(({ row }) => row)),
    duplicated: state.duplicated.map(({ name, rows }) => `${rows.length} ${name}`).join(', '),
    restamp: state.restamp.map(({ revision, replaced }) => `${revision.name} for ${namesIn(replaced)}`).join(', '),
    halfway: state.halfway
      .map(({ revision, applied, lacking }) => `${revision.name} has ${applied.join(' ')}, lacks ${lacking.join(' ')}`)
      .join(', '),
  })
    .filter(([, value]) => value !== '')
    .map(([what, value]) => `${what}: ${value}`)
    .join('; ');

describe('stateOf', () => {
  const groups: [string, [string, string, string][]][] = [
    [
      'applied and pending',
      [
        ['', '', ''],
        ['a b<a', '', 'pending: a b'],
        ['a b<a c<b', 'a b', 'current: b; pending: c'],
        ['a b<a c<b', 'a b c', 'current: c'],
        ['a b<a c<a d<b+c', 'a b c', 'current: b c; pending: d'],
      ],
    ],
    [
      'late',
      [
        ['a b<a c<b', 'a c', 'current: a c; pending: b; late: b before c'],
        ['a b<a c<b d<c', 'd', 'current: d; pending: a b c; late: a before d, b before d, c before d'],
        ['a b<a c<a d<b+c e<d', 'c e', 'current: c e; pending: a b d; late: a before c, b before e, d before e'],
        ['a! b! c!', 'a c', 'current: a c; pending: b; late: b before c'],
      ],
    ],
    [
      'missing: beyond this checkout, or a hole in it',
      [
        ['a b<a', 'a< b<a x<b', 'current: x; missing: x; ahead: x'],
        ['a b<a', 'a< b<a x<b y<x', 'current: y; missing: x y; ahead: x y'],
        ['a b<a', 'a b x', 'current: b x; missing: x; ahead: x'],
        ['a b<a', 'a< b<a x', 'current: b x; missing: x; ahead: x'],
        ['a b<a', 'a x b', 'current: x b; missing: x'],
        ['a b<a', 'a< x<a b<a', 'current: x b; missing: x'],
        ['a b<a', 'a< b<a x<a', 'current: b x; missing: x'],
        ['a b<a', 'a< b<a x<', 'current: b x; missing: x'],
        ['a b<a', 'a< b<a y<x x<b', 'current: y; missing: y x; ahead: x'],
        ['a b<a c<b', 'a< b<a x<b', 'current: x; pending: c; missing: x'],
        ['a b<a', 'a< x<a b<x', 'current: x b; missing: x'],
        ['a b<a', 'a< b<a x<b+gone', 'current: x; missing: x'],
        ['', 'x< y<x', 'current: y; missing: x y; ahead: x y'],
        ['', 'x y', 'current: x y; missing: x y; ahead: x y'],
      ],
    ],
    [
      'changed and duplicated',
      [
        ['a b<a', 'a<! b<a', 'current: b; changed: a'],
        ['a b<a', 'a b<a', 'current: b'],
        ['a b<a', 'a b a', 'current: b; duplicated: 2 a'],
        ['a', 'a<! a<', 'current: a; duplicated: 2 a'],
        ['a', 'a x x x', 'current: a x; missing: x; ahead: x; duplicated: 3 x'],
      ],
    ],
    [
      'replaced',
      [
        ['r=a+b', 'a b', 'current: r; restamp: r for a b'],
        ['r=a+b', 'b a', 'current: r; restamp: r for a b'],
        ['r=a+b c<r', 'a< b<a', 'current: r; pending: c; restamp: r for a b'],
        ['r=a+b', '', 'pending: r'],
        ['r=a+b', 'r', 'current: r'],
        ['r=a+b', 'a', 'current: a; pending: r; halfway: r has a, lacks b'],
        ['r=a+b', 'b x', 'current: b x; pending: r; missing: x; halfway: r has b, lacks a'],
        ['r=a+b', 'a< b<a x<b', 'current: x; missing: x; ahead: x; restamp: r for a b'],
        ['r=a+b', 'a b r', 'current: a b r; missing: a b'],
        ['a b<a r<b=c+d', 'a b', 'current: b; pending: r'],
        ['a b<a r<b=c+d', 'a b c d', 'current: r; restamp: r for c d'],
        // A history that is rebuilt again: one database stands at the first rebuilt revision, one never saw it.
        ['s=a+b+c', 'r=a+b c<r', 'current: s; restamp: s for c r'],
        ['s=a+b+c', 'a b c', 'current: s; restamp: s for a b c'],
        ['s=a+b+c', 'r=a+b', 'current: r; pending: s; halfway: s has r, lacks c'],
        ['s=a+b+c', 'r=a+z c<r', 'current: c; pending: s; missing: r; halfway: s has c, lacks a b'],
      ],
    ],
  ];
  for (const [title, cases] of groups)
    describe(title, () => {
      for (const [text, rows, expected] of cases)
        it(`${text || 'no files'}, ledger ${rows || 'empty'} → ${expected || 'nothing to say'}`, () =>
          assert.equal(told(stateOf(historyOf(text), rowsOf(rows))), expected));
    });
});

it('5,000 revisions are stated and planned with a few looks at each, whatever is applied', () => {
  const name = (at: number) => `m${String(at).padStart(5, '0')}`;
  const [one] = revisionsOf('a');
  const [row] = rowsOf('a');
  assert.ok(one && row, 'nothing to copy');
  const revisions = Array.from({ length: 5000 }, (_, at) => ({
    ...one,
    name: name(at),
    link: at ? [name(at - 1)] : [],
  }));
  const { values: order, reads: readsOfRevisions } = counting(linkHistory(revisions).order);
  const history = { order, byName: new Map(order.map((each) => [each.name, each])), heads: [name(4999)] };
  /** How often something of a revision or of a row is read. */
  const cost = (rows: Applied[], work: (rows: Applied[]) => void) => {
    const { values, reads } = counting(rows);
    const before = readsOfRevisions();
    work(values);
    return readsOfRevisions() - before + reads();
  };
  const cases: [string, (at: number) => boolean, number][] = [
    ['none', () => false, 5000],
    ['half of them', (at) => at < 2500, 2500],
    ['all', () => true, 0],
    ['all but the first', (at) => at > 0, 1],
    ['every second', (at) => at % 2 === 1, 2500],
  ];
  for (const [title, isApplied, open] of cases) {
    const applied = revisions.filter((_, at) => isApplied(at)).map((revision) => ({ ...row, name: revision.name }));
    const reads = cost(applied, (rows) => {
      assert.equal(stateOf(history, rows).pending.length, open, title);
      const names = new Set(applied.map((each) => each.name));
      for (const late of ['refuse', 'allow', 'skip'] as const) planUp(history, names, undefined, { late });
      planUp(history, names, 'head-10');
      planDown(history, names, 'base');
    });
    assert.ok(reads < 400 * 5000, `${title}: ${reads} reads`);
  }
  // A ledger of which this checkout has nothing.
  const strangers = revisions.map((revision) => ({ ...row, name: revision.name, revises: revision.link }));
  const reads = cost(strangers, (rows) => assert.equal(stateOf(historyOf(''), rows).ahead.length, 5000));
  assert.ok(reads < 100 * 5000, `${reads} reads`);
});

describe('what the ledger knows of a revision', () => {
  const [row] = rowsOf('a');
  assert.ok(row, 'nothing to copy');
  const cases: [Partial<typeof row>, string][] = [
    [{}, 'applied 1970-01-01T00:00:00.000Z'],
    [{ by: 'ci', host: 'runner' }, 'applied 1970-01-01T00:00:00.000Z by ci@runner'],
    [
      { by: 'ci', host: 'runner', branch: 'main', commit: '0123456789abcdef', tool: '1.2.3' },
      'applied 1970-01-01T00:00:00.000Z by ci@runner from branch main, commit 0123456789ab, with nx-mikro-orm 1.2.3',
    ],
  ];
  for (const [facts, expected] of cases) it(expected, () => assert.equal(known({ ...row, ...facts }), expected));
});
