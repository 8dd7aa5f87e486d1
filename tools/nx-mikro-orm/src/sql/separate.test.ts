import assert from 'node:assert/strict';
import { it } from 'node:test';
import { separate } from './separate.ts';

const cases: [title: string, texts: string[], parts: string[]][] = [
  ['one statement', ['create index concurrently a on t (x)'], ['create index concurrently a on t (x)']],
  ['one with a semicolon', ['vacuum t;'], ['vacuum t;']],
  [
    'two that refuse a transaction',
    ['create index concurrently a on t (x); create index concurrently b on t (y);'],
    ['create index concurrently a on t (x)', 'create index concurrently b on t (y)'],
  ],
  ['a setting before one', ['set lock_timeout = 0; vacuum t'], ['set lock_timeout = 0', 'vacuum t']],
  [
    'two that a transaction takes',
    ['insert into t values (1); delete from u'],
    ['insert into t values (1); delete from u'],
  ],
  ['a semicolon in a text', ["insert into t values ('vacuum; t')"], ["insert into t values ('vacuum; t')"]],
  ['what the parser rejects', ['vacuum t; not sql'], ['vacuum t; not sql']],
];
for (const [title, texts, parts] of cases) it(title, async () => assert.deepEqual(await separate(texts), parts));
