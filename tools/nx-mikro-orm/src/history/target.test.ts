import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { historyOf, namesIn, outcome } from '../../test/history.ts';
import { Problem } from '../errors.ts';
import type { Step } from './revision.ts';
import { findRevision, planDown, planUp, skippedUp, type Late } from './target.ts';

const applied = (text: string) => new Set(text.split(' ').filter(Boolean));
const planned = (plan: () => Step[]) => outcome(() => namesIn(plan().map(({ revision }) => revision)));
const huge = '9'.repeat(400);

describe('planUp', () => {
  const cases: [string, string, string | undefined, string][] = [
    ['a b<a c<b', '', undefined, 'a b c'],
    ['a b<a c<b', 'a', 'head', 'b c'],
    ['a b<a c<b', 'a b c', 'head', ''],
    ['a b<a c<b', '', '+1', 'a'],
    ['a b<a c<b', '', '+9', 'a b c'],
    ['a b<a c<b', '', `+${huge}`, 'a b c'],
    ['a b<a c<b', '', '+0', ''],
    ['a b<a c<b', '', '-0', ''],
    ['a b<a c<b', '', 'b', 'a b'],
    ['a b<a c<b', 'a b', 'a', ''],
    ['a b<a c<b', '', 'head-1', 'a b'],
    ['a b<a c<b', 'a', 'head-1', 'b'],
    ['a b<a c<b', '', 'head-0', 'a b c'],
    ['a b<a c<b', '', `head-${huge}`, ''],
    ['a b<a c<b', '', 'head+1', 'a b c'],
    ['a b<a c<b', '', 'c-1', 'a b'],
    ['a b<a c<b', '', 'a+1', 'a b'],
    ['a b<a c<b', '', `a+${huge}`, 'a b c'],
    ['a b<a c<b', '', 'base+2', 'a b'],
    ['a b<a c<b', '', 'base-2', ''],
    ['a b<a c<a d<b+c', '', 'd-1', 'a b c'],
    ['a b<a c<a d<b+c', '', 'c+1', 'a b c'],
    ['a b<a c<a d<b+c', '', 'c-1', 'a'],
    ['xa xb<xa y<xb', '', 'y', 'xa xb y'],
    ['xa xb<xa y<xb', '', 'xa.ts', 'xa'],
    ['m20260101000000_a m20260102000000_b<m20260101000000_a', '', '20260101000000', 'm20260101000000_a'],
    ['m20260101000000_a m20260101000000_b<m20260101000000_a', '', '20260101000000', 'ambiguous-target'],
    ['m20260101000000_a m20260102000000_b<m20260101000000_a', '', '20260102000000-1', 'm20260101000000_a'],
    ['a b<a c<b', '', 'a.ts', 'a'],
    ['a b<a c<b', '', 'typo', 'unknown-target'],
    ['a b<a c<b', '', 'typo-1', 'unknown-target'],
    ['a b<a c<b', '', 'a@head', 'unknown-target'],
    ['xa xb<xa y<xb', '', 'x', 'ambiguous-target'],
    ['xa xb<xa y<xb', '', 'x-1', 'ambiguous-target'],
    ['add add-2<add', '', 'add-2', 'add add-2'],
    ['add add-2<add', '', 'add-3', 'unknown-target'],
    ['a b<a', '', '-1', 'wrong-direction'],
    ['a b<a', '', 'base', 'wrong-direction'],
    ['a b<a c<a', '', 'head', 'two-heads'],
    ['a b<a', '', '', 'unknown-target'],
    ['', '', 'head', ''],
    ['', '', 'head-1', ''],
  ];
  for (const [text, names, target, expected] of cases)
    it(`${text}, applied ${names || 'none'}, up ${target?.slice(0, 20) ?? ''} → ${expected || 'nothing'}`, () =>
      assert.equal(
        planned(() => planUp(historyOf(text), applied(names), target)),
        expected,
      ));
});

describe('planUp with late revisions', () => {
  const cases: [string, string, Late, string | undefined, string][] = [
    ['a b<a c<b d<c', 'a c', 'refuse', undefined, 'b d'],
    ['a b<a c<b d<c', 'a c', 'allow', undefined, 'b d'],
    ['a b<a c<b d<c', 'a c', 'skip', undefined, 'd'],
    ['a b<a c<b d<c', 'c', 'allow', '+1', 'a'],
    ['a b<a c<b d<c', 'c', 'skip', '+1', 'd'],
    ['a b<a c<b d<c', 'a c', 'skip', 'b', ''],
    // A fork that was joined: x is late, because y builds on it; b is not.
    ['a b<a x<a y<x m<b+y', 'a y', 'refuse', undefined, 'b x m'],
    ['a b<a x<a y<x m<b+y', 'a y', 'allow', undefined, 'x b m'],
    ['a b<a x<a y<x m<b+y', 'a y', 'skip', undefined, 'b m'],
    // w follows the late x only, and m follows w.
    ['a x<a y<x w<x m<w+y n<m', 'a y', 'skip', undefined, ''],
    ['a x<a y<x w<x m<w+y n<m', 'a y', 'allow', undefined, 'x w m n'],
    ['a b<a c<b', 'a', 'skip', undefined, 'b c'],
  ];
  for (const [text, names, late, target, expected] of cases)
    it(`${text}, applied ${names}, ${late}, up ${target ?? ''} → ${expected || 'nothing'}`, () =>
      assert.equal(
        planned(() => planUp(historyOf(text), applied(names), target, { late })),
        expected,
      ));
});

describe('skippedUp: what is late is left out, with the reason', () => {
  const cases: [string, string, string | undefined, string][] = [
    ['a b<a c<b', 'a', undefined, ''],
    ['a b<a c<b', 'a c', undefined, 'b before c'],
    ['a b<a c<b d<c', 'c', undefined, 'a before c, b before c'],
    ['a b<a c<b d<c', 'c', 'a', 'a before c'],
    ['a b<a c<b d<c', 'c', 'head-3', 'a before c'],
    ['a b<a c<b d<c', 'c', '+0', ''],
    ['a b<a c<b d<c', 'c', '+1', 'a before c, b before c'],
    ['a b<a x<a y<x m<b+y', 'a y', undefined, 'x before y'],
    ['a x<a y<x w<x m<w+y n<m', 'a y', undefined, 'x before y, w follows x, m follows w, n follows m'],
    // One that would be applied comes before the late one, one behind it.
    ['a b<a x<a y<x z<y m<b+z', 'a y', '+1', ''],
    ['a b<a x<a y<x z<y m<b+z', 'a y', '+2', 'x before y'],
    ['a b<a x<a y<x z<y m<b+z', 'a y', 'b', ''],
  ];
  for (const [text, names, target, expected] of cases)
    it(`${text}, applied ${names}, up ${target ?? ''} → ${expected || 'nothing'}`, () =>
      assert.equal(
        skippedUp(historyOf(text), applied(names), target)
          .map((one) => ('before' in one ? `${one.name} before ${one.before}` : `${one.name} follows ${one.follows}`))
          .join(', '),
        expected,
      ));
});

describe('planDown', () => {
  const cases: [string, string, string | undefined, string][] = [
    ['a b<a c<b', 'a b c', undefined, 'c'],
    ['a b<a c<b', 'a b c', '-2', 'c b'],
    ['a b<a c<b', 'a b', '-9', 'b a'],
    ['a b<a c<b', 'a b', `-${huge}`, 'b a'],
    ['a b<a c<b', 'a b', '-0', ''],
    ['a b<a c<b', 'a b', '+0', ''],
    ['a b<a c<b', '', '-1', ''],
    ['a b<a c<b', 'a b c', 'base', 'c b a'],
    ['a b<a c<b', 'a b c', 'a', 'c b'],
    ['a b<a c<b', 'a b c', 'head', ''],
    ['a b<a c<b', 'a b c', 'head-1', 'c'],
    ['a b<a c<b', 'a b c', 'head-2', 'c b'],
    ['a b<a c<b', 'a b c', `c-${huge}`, 'c b a'],
    ['a b<a c<b', 'a b c', 'base+1', 'c b'],
    ['a b<a c<b', 'a b c', 'a+1', 'c'],
    ['a b<a c<b', 'a b', 'head', 'target-not-applied'],
    ['a b<a c<b', 'a b', 'head-1', ''],
    ['a b<a c<b', 'a', 'head-1', 'target-not-applied'],
    ['a b<a c<b', 'a b c', 'typo', 'unknown-target'],
    ['a b<a c<b', 'a', 'b', 'target-not-applied'],
    ['a b<a', 'a', '+1', 'wrong-direction'],
    ['a b<a c<a', 'a b c', 'head-1', 'two-heads'],
    ['a b<a c<a', 'a b c', 'b', 'c'],
  ];
  for (const [text, names, target, expected] of cases)
    it(`${text}, applied ${names || 'none'}, down ${target?.slice(0, 20) ?? ''} → ${expected || 'nothing'}`, () =>
      assert.equal(
        planned(() => planDown(historyOf(text), applied(names), target)),
        expected,
      ));
});

it('a target that was replaced is told what took its place', () => {
  for (const target of ['old_a', 'old_a.ts', 'ld_b'])
    assert.throws(
      () => findRevision(historyOf('r=old_a+old_b'), target),
      (error) => error instanceof Problem && /is gone: r stands in its place/.test(error.message) && !!error.next[0],
    );
});
