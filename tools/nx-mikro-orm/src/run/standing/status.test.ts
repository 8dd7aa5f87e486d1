import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf } from '../../../test/history.ts';
import { linkHistory } from '../../history/graph.ts';
import type { Linked } from '../../history/revision.ts';
import { stateOf, type Applied, type State } from '../../history/state.ts';
import type { Earlier, Progress } from '../../ledger/earlier.ts';
import type { Holder } from '../../postgres/lock.ts';
import type { Standing } from './standing.ts';
import { remarksOn, statusRows, verdictOf } from './status.ts';

/** `b<a`: b, which revises a. */
const revision = (text: string) => {
  const [name = '', ...link] = text.split('<');
  return {
    name,
    path: `${name}.ts`,
    hash: 'h',
    link,
    linkLine: 1,
    generated: undefined,
    replaces: [],
    byHand: [],
    decisions: [],
  };
};

/** Applied as its file is now. */
const row = (name: string): Applied => {
  const [blank] = rowsOf(name);
  assert.ok(blank, 'nothing to copy');
  return { ...blank, hash: 'h', checksum: 'c' };
};

const recorded = { id: 1n, at: new Date(0), run: 'r', event: 'failed' } as Progress['last'];

const half = (name: string, done: number, outcome?: 'failed' | 'unknown'): Progress => ({
  revision: name,
  direction: 'up',
  done: new Map(Array.from({ length: done }, (_, at) => [at + 1, 'd'])),
  open: outcome && { statement: done + 1, digest: 'd', sql: '', outcome, alone: false, at: new Date(0), backend: 1 },
  code: false,
  session: undefined,
  rows: [],
  last: recorded,
});

const earlier = (at: string, outcome: Earlier['outcome']): Earlier => ({
  run: recorded,
  outcome,
  direction: 'up',
  plan: [at],
  finished: [],
  at,
  sqlstate: undefined,
  message: undefined,
});

interface Scene {
  files: string;
  ledger: string;
  edited?: string;
  half?: Progress[];
  earlier?: Earlier;
  holder?: Holder;
  /** New name → the names that it replaces, all or some of them applied. */
  restamp?: [string, string[]];
  halfway?: string;
}

function lookAt(scene: Scene): Standing {
  const words = (text = '') => text.split(' ').filter(Boolean);
  const history = linkHistory(words(scene.files).map(revision));
  const of = (name: string): Linked => history.byName.get(name) ?? assert.fail(name);
  const plain = stateOf(history, words(scene.ledger).map(row));
  const [replacing, replaced = []] = scene.restamp ?? [];
  const state: State = {
    ...plain,
    restamp: replacing === undefined ? [] : [{ revision: of(replacing), replaced: replaced.map(row) }],
    halfway: words(scene.halfway).map((name) => ({ revision: of(name), applied: [], lacking: [] })),
    missing: plain.missing.filter(({ name }) => !replaced.includes(name)),
  };
  return {
    history,
    state,
    edited: words(scene.edited).map((name) => ({ revision: of(name), row: row(name) })),
    half: scene.half ?? [],
    earlier: scene.earlier,
    holder: scene.holder,
  };
}

const runner: Holder = { name: 'nx-mikro-orm up', pid: 1, since: undefined, doing: undefined };

const cases: [title: string, scene: Scene, rows: string, verdict: string, remarks: string][] = [
  ['nothing at all', { files: '', ledger: '' }, '', 'ok', ''],
  ['at head', { files: 'a b<a', ledger: 'a b' }, 'applied a, applied b', 'ok', ''],
  ['some to apply', { files: 'a b<a', ledger: 'a' }, 'applied a, pending b', 'pending', 'pending'],
  [
    'a row without a file stands after the row before it',
    { files: 'a c<a', ledger: 'a x y c z' },
    'applied a, missing x, missing y, applied c, missing z',
    'wrong',
    'missing',
  ],
  ['only rows without files', { files: '', ledger: 'x y' }, 'missing x, missing y', 'wrong', 'missing'],
  ['late', { files: 'a b<a c<b', ledger: 'a c' }, 'applied a, late b, applied c', 'wrong', 'late'],
  [
    'edited, and something to apply: that has to wait',
    { files: 'a b<a', ledger: 'a', edited: 'a' },
    'edited a, pending b',
    'wrong',
    'edited',
  ],
  [
    'the last run failed at it',
    { files: 'a b<a c<b', ledger: 'a', earlier: earlier('b', 'failed') },
    'applied a, failed b, pending c',
    'pending',
    'pending',
  ],
  [
    'the last run was interrupted in a transaction',
    { files: 'a', ledger: '', earlier: earlier('a', 'interrupted') },
    'pending a',
    'pending',
    'pending',
  ],
  [
    'half done',
    { files: 'a', ledger: '', half: [half('a', 2)], earlier: earlier('a', 'failed') },
    'half-done a',
    'wrong',
    'half-done',
  ],
  [
    'half done, and its file is gone',
    { files: 'a', ledger: 'a', half: [half('b', 2), half('c', 0, 'failed')] },
    'applied a, half-done b',
    'wrong',
    'half-done',
  ],
  [
    'nobody knows whether the first statement took effect',
    { files: 'a', ledger: '', half: [half('a', 0, 'unknown')] },
    'half-done a',
    'wrong',
    'half-done',
  ],
  [
    'the first statement failed',
    { files: 'a', ledger: '', half: [half('a', 0, 'failed')] },
    'pending a',
    'pending',
    'pending',
  ],
  [
    'a runner is at it',
    { files: 'a b<a', ledger: '', half: [half('a', 2, 'unknown')], holder: runner },
    'running a, pending b',
    'pending',
    'pending',
  ],
  ['twice in the ledger', { files: 'a b<a', ledger: 'a b a' }, 'duplicate a, applied b', 'wrong', 'duplicate'],
  [
    'rebuilt, and at the old head',
    { files: 'n', ledger: 'x y', restamp: ['n', ['x', 'y']] },
    'replaced x, replaced y, replacing n',
    'pending',
    'replacing',
  ],
  [
    'rebuilt, at the old head, and something to apply behind it',
    { files: 'n o<n', ledger: 'x y', restamp: ['n', ['x', 'y']] },
    'replaced x, replaced y, replacing n, pending o',
    'pending',
    'replacing, pending',
  ],
  [
    'rebuilt, at the old head, and something that does not fit: all else has to wait',
    { files: 'm n<m', ledger: 'm x y', restamp: ['n', ['x', 'y']], edited: 'm' },
    'edited m, replaced x, replaced y, replacing n',
    'wrong',
    'edited',
  ],
  ['rebuilt, and half-way', { files: 'n', ledger: '', halfway: 'n' }, 'half-way n', 'wrong', 'half-way'],
  ['two heads', { files: 'a b<a c<a', ledger: 'a b c' }, 'applied a, applied b, applied c', 'wrong', 'two-heads'],
];

for (const [title, scene, expected, verdict, remarks] of cases)
  test(`status: ${title}`, () => {
    const look = lookAt(scene);
    const rows = statusRows(look);
    assert.equal(rows.map(({ state, name }) => `${state} ${name}`).join(', '), expected);
    assert.equal(verdictOf(look, rows), verdict);
    const told = remarksOn(look, rows);
    assert.equal(told.map(({ state }) => state).join(', '), remarks);
    for (const one of told) assert.notDeepEqual(one.next, [], JSON.stringify(one));
  });
