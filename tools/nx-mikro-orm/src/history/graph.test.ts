import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problem } from '../errors.ts';
import { chainTo, linkHistory, onlyHead } from './graph.ts';
import type { Revision } from './revision.ts';
import { stateOf, type Applied } from './state.ts';
import { planDown, planUp } from './target.ts';

/** `a`, `b<a`, `d<b+c`: a name and what it revises; `!` for a file without a link. */
const revisions = (text: string): Revision[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((part) => {
      const [name = '', link] = part.replace('!', '').split('<');
      return {
        name,
        path: `/revisions/${name}.ts`,
        hash: name,
        link: part.includes('!') ? undefined : (link?.split('+') ?? []),
        linkLine: 5,
        generated: undefined,
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));

const history = (text: string) => linkHistory(revisions(text));
const code = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error.code;
  }
  return 'no error';
};

describe('order and heads', () => {
  const cases: [string, string, string][] = [
    ['', '', ''],
    ['a', 'a', 'a'],
    ['a b<a c<b', 'a b c', 'c'],
    ['b a<b', 'b a', 'a'],
    ['a b<a c<a', 'a b c', 'b c'],
    ['a b<a c<a d<b+c', 'a b c d', 'd'],
    ['a! b! c!', 'a b c', 'c'],
    ['a! b! c<b d!', 'a b c d', 'd'],
    ['a b', 'a b', 'a b'],
  ];
  for (const [text, order, heads] of cases)
    it(`${text || 'nothing'} → ${order || 'nothing'}`, () => {
      const found = history(text);
      assert.equal(found.order.map(({ name }) => name).join(' '), order);
      assert.equal(found.heads.join(' '), heads);
    });

  it('a history of 5,000 is linked in well under a second', () => {
    const names = Array.from({ length: 5000 }, (_, at) => `m${String(at).padStart(5, '0')}`);
    const text = names.map((name, at) => (at ? `${name}<${names[at - 1]}` : name)).join(' ');
    assert.equal(history(text).order.length, 5000);
  });
});

describe('what is wrong with a history', () => {
  it('a link to nothing is named with its line', () => {
    try {
      history('a b<nowhere');
      assert.fail();
    } catch (error) {
      assert.match((error as Error).message, /b says that it revises "nowhere"[\s\S]*\/revisions\/b\.ts:5/);
    }
  });
  it('a circle', () =>
    assert.equal(
      code(() => history('a<c b<a c<b')),
      'revision-cycle',
    ));
  it('a revision that revises itself', () =>
    assert.equal(
      code(() => history('a<a')),
      'revision-cycle',
    ));
  it('two heads', () =>
    assert.equal(
      code(() => onlyHead(history('a b<a c<a'))),
      'two-heads',
    ));
});

it('chainTo takes everything that a revision builds on, and nothing else', () => {
  const names = chainTo(history('a b<a c<a d<b e<d+c f<a'), 'e').map(({ name }) => name);
  assert.deepEqual(names, ['a', 'b', 'c', 'd', 'e']);
});

describe('planUp', () => {
  const cases: [string, string, string | undefined, string][] = [
    ['a b<a c<b', '', undefined, 'a b c'],
    ['a b<a c<b', 'a', 'head', 'b c'],
    ['a b<a c<b', 'a b c', 'head', ''],
    ['a b<a c<b', '', '+1', 'a'],
    ['a b<a c<b', '', '+9', 'a b c'],
    ['a b<a c<b', '', '+0', ''],
    ['a b<a c<b', '', 'b', 'a b'],
    ['a b<a c<b', 'a b', 'a', ''],
    ['xa xb<xa y<xb', '', 'y', 'xa xb y'],
    ['a b<a c<b', '', 'a.ts', 'a'],
    ['a b<a c<b', '', 'typo', 'unknown-target'],
    ['xa xb<xa y<xb', '', 'x', 'ambiguous-target'],
    ['a b<a', '', '-1', 'wrong-direction'],
    ['a b<a', '', 'base', 'wrong-direction'],
    ['a b<a c<a', '', 'head', 'two-heads'],
    ['a b<a', '', '', 'unknown-target'],
  ];
  for (const [text, applied, target, expected] of cases)
    it(`${text}, applied ${applied || 'none'}, up ${target ?? ''} → ${expected || 'nothing'}`, () =>
      check(() => planUp(history(text), new Set(applied.split(' ').filter(Boolean)), target), expected));
});

describe('planDown', () => {
  const cases: [string, string, string | undefined, string][] = [
    ['a b<a c<b', 'a b c', undefined, 'c'],
    ['a b<a c<b', 'a b c', '-2', 'c b'],
    ['a b<a c<b', 'a b', '-9', 'b a'],
    ['a b<a c<b', '', '-1', ''],
    ['a b<a c<b', 'a b c', 'base', 'c b a'],
    ['a b<a c<b', 'a b c', 'a', 'c b'],
    ['a b<a c<b', 'a b c', 'head', ''],
    ['a b<a c<b', 'a b c', 'typo', 'unknown-target'],
    ['a b<a c<b', 'a', 'b', 'target-not-applied'],
    ['a b<a', 'a', '+1', 'wrong-direction'],
  ];
  for (const [text, applied, target, expected] of cases)
    it(`${text}, applied ${applied || 'none'}, down ${target ?? ''} → ${expected || 'nothing'}`, () =>
      check(() => planDown(history(text), new Set(applied.split(' ').filter(Boolean)), target), expected));
});

function check(plan: () => { revision: Revision }[], expected: string): void {
  if (/^[a-z]+-/.test(expected)) assert.equal(code(plan), expected);
  else
    assert.equal(
      plan()
        .map(({ revision }) => revision.name)
        .join(' '),
      expected,
    );
}

describe('stateOf', () => {
  const row = (name: string): Applied => ({
    name,
    at: new Date(0),
    revises: undefined,
    hash: undefined,
    by: undefined,
    host: undefined,
    commit: undefined,
    branch: undefined,
  });
  const state = (text: string, applied: string) => stateOf(history(text), applied.split(' ').filter(Boolean).map(row));

  it('tells applied from pending', () => {
    const { current, pending, missing, late } = state('a b<a c<b', 'a b');
    assert.deepEqual([current, pending.map(({ name }) => name), missing, late], [['b'], ['c'], [], []]);
  });
  it('names what the checkout does not have', () =>
    assert.deepEqual(
      state('a b<a', 'a b gone').missing.map(({ name }) => name),
      ['gone'],
    ));
  it('names a revision that arrived late, and what was applied before it', () =>
    assert.deepEqual(
      state('a b<a c<b', 'a c').late.map(({ revision, before }) => [revision.name, before]),
      [['b', 'c']],
    ));
});
