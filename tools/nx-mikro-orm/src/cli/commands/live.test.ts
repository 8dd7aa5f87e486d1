import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { until } from '../../../test/until.ts';
import type { RunEvent } from '../../run/events/events.ts';
import type { Earlier } from '../../ledger/earlier.ts';
import type { Report } from './command.ts';
import { followRun, linesOf, live, passingLine, type Current } from './live.ts';

const step = { revision: 'Migration20260101000000_add_phone', path: '/x.ts', direction: 'up' } as const;
const psql = { pid: 4711, user: 'ann', application: 'psql', state: 'idle in transaction', age: 40, query: 'select 1' };
const retried = {
  type: 'retried',
  ...step,
  attempt: 1,
  sqlstate: '55P03',
  pauseMs: 430,
  spentMs: 2600,
  budgetMs: 60_000,
} as const;
const finished: RunEvent = { type: 'finished', ...step, durationMs: 12.4, timings: [], transactional: true };
const earlier: Earlier = {
  run: {
    id: 1n,
    at: new Date(0),
    run: 'r',
    event: 'run',
    by: 'ann',
    host: 'web-1',
    pid: 7,
    backend: 8,
    commit: undefined,
    branch: undefined,
    tool: undefined,
  },
  outcome: 'failed',
  direction: 'up',
  plan: ['a', 'b'],
  finished: ['a'],
  at: 'b',
  sqlstate: '23505',
  message: 'could not create unique index\nmore',
};

describe('what stays of an event', () => {
  const cases: [string, RunEvent, string[]][] = [
    ['a finished step', finished, ['out applied  Migration20260101000000_add_phone  12 ms']],
    [
      'one on the way back',
      { ...finished, direction: 'down' },
      ['out reverted Migration20260101000000_add_phone  12 ms'],
    ],
    [
      'a slow one: where the time went',
      { type: 'finished', ...step, transactional: true, durationMs: 2_345, timings: [40.2, 2_300.4, 3] },
      ['out applied  Migration20260101000000_add_phone  2345 ms (2300 ms of it in statement 2 of 3)'],
    ],
    [
      'a retry, with who is in the way',
      { ...retried, blockers: [psql] },
      [
        'err Migration20260101000000_add_phone did not get its table: trying again in 0.4 s (attempt 2, 3 s of 60 s spent); in its way: process 4711, idle in transaction for 40 s, ann (psql): select 1',
      ],
    ],
    [
      'a retry of one statement after a deadlock',
      { ...retried, sqlstate: '40P01', statement: 3, blockers: [] },
      [
        'err Statement 3 of Migration20260101000000_add_phone met a deadlock: trying again in 0.4 s (attempt 2, 3 s of 60 s spent)',
      ],
    ],
    [
      'the beginning of a wait',
      { type: 'waiting', holder: 'nx-mikro-orm up from web-1', waitedMs: 520 },
      ['err Waiting for another runner: nx-mikro-orm up from web-1'],
    ],
    ['a wait that goes on', { type: 'waiting', holder: 'nx-mikro-orm up from web-1', waitedMs: 10_600 }, []],
    [
      'what an earlier run left',
      { type: 'found', earlier, half: [] },
      [
        'err An earlier run failed: up by ann@web-1 pid 7 at 1970-01-01T00:00:00.000Z; 1 of 2 applied, then b: nothing of it was kept.',
        'err   could not create unique index',
      ],
    ],
    [
      'what was put right',
      { type: 'mended', ...step, what: 'the INVALID index x was dropped' },
      ['out mended   Migration20260101000000_add_phone: the INVALID index x was dropped'],
    ],
    [
      'a revision that replaces others',
      { type: 'restamped', revision: 'all', replaced: ['a', 'b'] },
      ['out replaced 2 by all: the ledger only, nothing was run'],
    ],
    [
      'what is left out, and why',
      {
        type: 'skipped',
        revisions: [
          { name: 'b', before: 'c' },
          { name: 'd', follows: 'b' },
        ],
      },
      ['out skipped  b: it is late, c was applied before it', 'out skipped  d: it follows b'],
    ],
    [
      'a row that is there twice',
      { type: 'duplicated', revisions: ['a'] },
      [
        'err The ledger has a more than once: two runners without a lock may have run it twice. Look at it: npx nx-mikro-orm repair',
      ],
    ],
    [
      'many of them',
      { type: 'duplicated', revisions: ['a', 'b', 'c', 'd', 'e'] },
      [
        'err The ledger has 5 revisions more than once (a, b, c, …): two runners without a lock may have run them twice. Look at them: npx nx-mikro-orm repair',
      ],
    ],
    ['a failure, which the report tells', { type: 'failed', ...step, sqlstate: '42P01', message: 'no' }, []],
    ['a statement', { type: 'statement', ...step, statement: 1, of: 2, sql: 'select 1' }, []],
  ];
  for (const [title, event, lines] of cases)
    it(title, () =>
      assert.deepEqual(
        linesOf(event).map(({ to, text }) => `${to} ${text}`),
        lines,
      ),
    );
});

describe('what passes', () => {
  /** The line after some events, each at its second, seen at another. */
  const after = (events: [number, RunEvent][], seen: number): string | undefined => {
    let current: Current | undefined;
    for (const [at, event] of events) current = followRun(current, event, at * 1000);
    return current && passingLine(current, seen * 1000);
  };
  const started: RunEvent = { type: 'started', ...step, number: 3, of: 12, attempt: 1, transactional: false };
  const sql = 'create index\n  concurrently teacher_phone on teacher (phone)';
  const statement: RunEvent = { type: 'statement', ...step, statement: 2, of: 5, sql };
  const blocked: RunEvent = { type: 'blocked', ...step, waitedMs: 3000, blockers: [psql, { ...psql, pid: 2 }] };
  const cases: [string, [number, RunEvent][], number, string | undefined][] = [
    ['a step', [[0, started]], 1, 'up 3/12 …_add_phone · 1 s'],
    [
      'a statement',
      [
        [0, started],
        [4, statement],
      ],
      16,
      'up 3/12 …_add_phone · 2/5 create index concurrently teacher_phone… · 12 s',
    ],
    [
      'of code, nobody knows how many',
      [
        [0, started],
        [1, { ...statement, of: undefined, sql: 'x' }],
      ],
      1,
      'up 3/12 …_add_phone · 2 x · 0 s',
    ],
    [
      'who is in the way',
      [
        [0, started],
        [4, statement],
        [7, blocked],
      ],
      8,
      'up 3/12 …_add_phone · 2/5 create index concurrently teacher_phone… · 4 s · waits 4 s for process 4711 (psql, idle in transaction 40 s) and 1 more',
    ],
    [
      'and is not heard of any more',
      [
        [0, started],
        [4, { ...statement, sql: 'x' }],
        [7, blocked],
      ],
      9,
      'up 3/12 …_add_phone · 2/5 x · 5 s',
    ],
    [
      'a pause',
      [
        [0, started],
        [3, { ...retried, blockers: [] }],
      ],
      3,
      'up 3/12 …_add_phone · about to try again',
    ],
    [
      'a wait for another runner',
      [[10, { type: 'waiting', holder: 'h', waitedMs: 10_000 }]],
      12,
      'waiting for another runner: h · 12 s',
    ],
    [
      'nothing any more',
      [
        [0, started],
        [1, finished],
      ],
      1,
      undefined,
    ],
  ];
  for (const [title, events, seen, line] of cases) it(title, () => assert.equal(after(events, seen), line));
});

it('it is brought up to date every second until it is stopped', async () => {
  const said: string[] = [];
  const report: Report = {
    json: false,
    columns: 80,
    line: (text) => void said.push(text),
    warn: (text) => void said.push(text),
    progress: (text) => void said.push(text),
    event: () => undefined,
  };
  const { onEvent, stop } = live(report);
  await onEvent({ type: 'started', ...step, number: 1, of: 1, attempt: 1, transactional: true });
  await until('a second line', () => said.length >= 2);
  stop();
  const stopped = said.length;
  await sleep(1_200);
  // On a busy machine, a second may have passed before the first one.
  assert.match(said[0] ?? '', /^up 1\/1 …_add_phone · \d+ s$/);
  assert.match(said[1] ?? '', /^up 1\/1 …_add_phone · [1-9]\d* s$/);
  assert.equal(said.length, stopped);
});
