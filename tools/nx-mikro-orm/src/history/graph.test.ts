import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { describe, it } from 'node:test';
import { counting } from '../../test/counting.ts';
import { historyOf, namesIn, outcome, revisionsOf } from '../../test/history.ts';
import { chainTo, halfRebuilt, linkHistory, onlyHead, twoHeads } from './graph.ts';
import type { Revision } from './revision.ts';

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
    ['z a<z c<z b<a d<b', 'z a b c d', 'c d'],
    ['d c<d b<d a<c+b e<b', 'd b c a e', 'a e'],
  ];
  for (const [text, order, heads] of cases)
    it(`${text || 'nothing'} → ${order || 'nothing'}`, () => {
      const found = historyOf(text);
      assert.equal(namesIn(found.order), order);
      assert.equal(found.heads.join(' '), heads);
    });

  const name = (at: number) => `m${String(at).padStart(5, '0')}`;
  const shapes: [string, (at: number) => string[] | undefined][] = [
    ['in a row', (at) => (at ? [name(at - 1)] : [])],
    ['without links', () => undefined],
    ['in a row against the order of names', (at) => (at < 4999 ? [name(at + 1)] : [])],
    ['that all follow one', (at) => (at ? [name(0)] : [])],
    ['of which one joins all', (at) => (at < 4999 ? [] : Array.from({ length: 4999 }, (_, each) => name(each)))],
  ];
  for (const [title, link] of shapes)
    it(`5,000 revisions ${title}: each is looked at a few times`, () => {
      const revisions = revisionsOf('a').flatMap((one): Revision[] =>
        Array.from({ length: 5000 }, (_, at) => ({ ...one, name: name(at), link: link(at) })),
      );
      const { values, reads } = counting(revisions);
      assert.equal(linkHistory(values).order.length, 5000);
      assert.ok(reads() < 40 * 5000, `${reads()} reads`);
    });
});

describe('what is wrong with a history', () => {
  it('a link to nothing is named with its line', () => {
    assert.throws(
      () => historyOf('a b<nowhere'),
      /b says that it revises "nowhere", and there is no such revision[\s\S]*\/revisions\/b\.ts:5/,
    );
  });
  it('a link to what was replaced is told what took its place', () => {
    assert.throws(() => historyOf('r=a+b c<b'), /c says that it revises "b", and r has replaced that/);
  });
  const cases: [string, string, string][] = [
    ['a circle', 'a<c b<a c<b', 'revision-cycle'],
    ['a revision that revises itself', 'a<a', 'revision-cycle'],
    ['two heads', 'a b<a c<a', 'two-heads'],
  ];
  for (const [title, text, code] of cases)
    it(title, () =>
      assert.equal(
        outcome(() => onlyHead(historyOf(text)) ?? ''),
        code,
      ),
    );
  const forks: [title: string, text: string, rebuilt: string | undefined][] = [
    ['a fork', 'a b<a c<a', undefined],
    ['all of what a head replaces is still here', 'a b<a r=a+b', 'r: a b'],
    ['the oldest of it is still here', 'a r=a+b', 'r: a'],
    ['what was rebuilt before is still here', 'r=a+b c<r s=a+b+c', 's: c r'],
    ['only that is', 'r=a+b s=a+b+c', 's: r'],
    ['it replaces the very same', 'r=a+b s=a+b', 's: r'],
    ['a fork behind a rebuild that is over', 'r=a+b c<r d<r', undefined],
    ['a fork beside a rebuild that is over', 'c r=a+b', undefined],
  ];
  for (const [title, text, rebuilt] of forks)
    it(`two heads, ${title}: ${rebuilt ? 'that a rebuild was interrupted is said' : 'nothing is said of a rebuild'}`, () => {
      const history = historyOf(text);
      const found = halfRebuilt(history);
      assert.equal(found && `${found.name}: ${found.paths.map((path) => basename(path, '.ts')).join(' ')}`, rebuilt);
      const { message, next } = twoHeads(history);
      assert.equal(/interrupted half-way/.test(message), rebuilt !== undefined);
      assert.equal(/^npx nx-mikro-orm rebuild: it finishes/.test(next[0] ?? ''), rebuilt !== undefined);
    });
  it('a circle is shown without what leads to it', () => {
    assert.throws(
      () => historyOf('a<d b<a c<b d<b e<d'),
      (error: Error & { facts?: { cycle: string[] } }) => error.facts?.cycle.toSorted().join() === 'a,a,b,d',
    );
  });
});

it('chainTo takes everything that a revision builds on, and nothing else', () => {
  assert.equal(namesIn(chainTo(historyOf('a b<a c<a d<b e<d+c f<a'), 'e')), 'a b c d e');
});
