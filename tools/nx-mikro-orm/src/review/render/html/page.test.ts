import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding } from '../../finding.ts';
import type { PlannedStep, ReviewedPlan } from '../../target.ts';
import type { GraphNode } from './graph.ts';
import { planPage } from './page.ts';

const hostile = `<img src=x onerror="alert('1')"> & </code></pre></style><!-- "'\``;

const finding = (more: Partial<Finding> = {}): Finding => ({
  ...{
    code: 'table-rewrite',
    class: 'table_rewrite',
    severity: 'error',
    statement: 'alter table a',
    line: 3,
    column: 7,
  },
  ...{ relation: 'a', lock: 'AccessExclusiveLock', held: null, message: hostile, instead: hostile },
  ...more,
});

const step = (name: string, more: Partial<PlannedStep> = {}): PlannedStep => ({
  ...{ name, file: `${name}.ts`, transactional: true, runsCode: false, statements: ['select 1'], irreversible: null },
  ...{ locks: [], rewritten: [], findings: [] },
  ...more,
});

const held = (to: number) => ({ from: to / 8, to, source: 'stats.json' });

const plan: ReviewedPlan = {
  database: hostile,
  steps: [
    step('one', {
      statements: [`alter table a; -- ${hostile}`],
      findings: [finding()],
      irreversible: hostile,
      locks: [
        { relation: hostile, lock: 'AccessExclusiveLock', held: held(40) },
        { relation: 'b', lock: 'ShareLock', held: held(8) },
      ],
      rewritten: [hostile],
    }),
    step('two', { transactional: false, locks: [{ relation: 'c', lock: 'ShareLock', held: null }] }),
    step(hostile, { runsCode: true, statements: [], findings: [finding({ statement: hostile, severity: 'note' })] }),
  ],
  loss: null,
  unjudged: [hostile],
};

const history: GraphNode[] = [
  ...Array.from({ length: 20 }, (_, at) => ({
    name: `old${at}`,
    revises: at === 0 ? [] : [`old${at - 1}`],
    state: 'applied' as const,
  })),
  { name: 'one', revises: ['old19'], state: 'pending' },
  { name: 'two', revises: ['old19'], state: 'pending' },
  { name: hostile, revises: ['one', 'two'], state: 'pending' },
  { name: 'last', revises: [hostile], state: 'later' },
];

interface Element {
  name: string;
  attributes: Map<string, string>;
}

const empty = new Set(['meta', 'br', 'path', 'circle', 'img']);
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const decoded = (text: string): string => text.replace(/&([^;]*);/g, (_, name: string) => entities[name] ?? '?');

/** Reads a page as strictly as XML: every element is closed where it must be, and no mark stands alone. */
function parsed(page: string): { elements: Element[]; texts: string[] } {
  const [elements, texts, open]: [Element[], string[], string[]] = [[], [], []];
  const token = /<!doctype html>|<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"<>]*")*)\s*\/?>|([^<>]+)|([<>])/gi;
  for (const [whole, end, name = '', attributes = '', text, mark] of page.matchAll(token)) {
    assert.equal(mark, undefined, `a mark alone, before ${page.slice(0, 200)}`);
    if (text !== undefined) texts.push(open.at(-1) === 'style' ? text : decoded(text));
    else if (end === '/') assert.equal(open.pop(), name, whole);
    else if (name !== '') {
      const all = [...attributes.matchAll(/([a-z-]+)="([^"]*)"/g)];
      elements.push({ name, attributes: new Map(all.map(([, key = '', value = '']) => [key, decoded(value)])) });
      if (!empty.has(name)) open.push(name);
    }
  }
  assert.deepEqual(open, []);
  return { elements, texts };
}

const page = planPage(plan, history).join('\n');
const { elements, texts } = parsed(page);
const named = (name: string) => elements.filter((one) => one.name === name);
const shares = elements
  .filter(({ attributes }) => attributes.get('class')?.startsWith('bar '))
  .map(({ attributes }) => (attributes.get('style') ?? '').match(/[\d.]+/g)?.map(Number) ?? []);

describe('a plan as a page', () => {
  it('is well formed, and shows what names and statements say as text, wherever it stands', () => {
    assert.deepEqual(named('img'), []);
    for (const part of ['code', 'title', 'h1', 'h3']) assert.ok(named(part).length > 0, part);
    const times = texts.filter((text) => text.includes(hostile)).length;
    assert.ok(times >= 9, `shown ${times} times`);
    assert.ok(
      elements.some(({ attributes }) => attributes.get('title') === hostile),
      'a name in an attribute',
    );
  });

  it('needs nothing else: no script, no address, nothing that a browser would fetch', () => {
    assert.deepEqual(named('script').concat(named('link'), named('iframe')), []);
    for (const { attributes } of elements) {
      assert.deepEqual(
        [...attributes.keys()].filter((key) => key === 'src' || key.startsWith('on')),
        [],
      );
      assert.match(attributes.get('href') ?? '#', /^#/);
    }
    assert.doesNotMatch(page, /@import|url\(/);
    assert.match(page, /default-src 'none'/);
  });

  it('has links that lead somewhere, and places that there are once', () => {
    const ids = elements.flatMap(({ attributes }) => attributes.get('id') ?? []);
    assert.equal(new Set(ids).size, ids.length);
    const targets = named('a').map(({ attributes }) => (attributes.get('href') ?? '').slice(1));
    assert.ok(targets.length >= 6, `${targets.length} links`);
    assert.deepEqual(
      targets.filter((target) => !ids.includes(target)),
      [],
    );
  });

  it('draws a bar for each lock within the axis, as long as it is held; the shorter one ends with its transaction', () => {
    assert.equal(shares.length, 3);
    for (const [left = -1, width = -1] of shares) assert.ok(left >= 0 && width > 0 && left + width <= 100.1);
    const [[longLeft = 0, long = 0] = [], [shortLeft = 0, short = 0] = []] = shares;
    assert.ok(Math.abs(long / short - 5) < 0.1, `${long} and ${short}`);
    assert.ok(Math.abs(longLeft + long - shortLeft - short) < 0.1, 'both end together');
    const kinds = elements.flatMap(({ attributes }) => /^bar (\w+)/.exec(attributes.get('class') ?? '')?.[1] ?? []);
    assert.deepEqual(kinds, ['readers', 'writers', 'unknown']);
  });

  it('draws every revision near those that are pending, and each line between two of them', () => {
    assert.equal(named('circle').length, 8 + 4);
    assert.equal(named('path').length, 8 + 5);
    assert.ok(
      texts.some((text) => text.includes('and 12 before them')),
      'the rest is counted',
    );
  });

  it('is for day and night, and for a phone', () => {
    assert.match(page, /prefers-color-scheme: dark/);
    assert.match(page, /max-width: 44rem/);
    assert.ok(
      named('meta').some(({ attributes }) => attributes.get('name') === 'viewport'),
      'a viewport',
    );
  });

  it('shows a plan of nothing', () => {
    const none = planPage({ database: 'shop', steps: [], loss: null, unjudged: [] }, []).join('\n');
    assert.match(parsed(none).texts.join(''), /It can be merged: nothing is to be done/);
  });
});
