import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatStatement } from './file.ts';

const long = `"a name that is long enough for a line of its own" varchar(255) not null, "another one" int null`;

const cases: [title: string, sql: string, lines: string[] | undefined][] = [
  [
    'a table',
    `create table "t" (${long})`,
    [
      'create table "t" (',
      '      "a name that is long enough for a line of its own" varchar(255) not null,',
      '      "another one" int null',
      '    )',
    ],
  ],
  [
    'a table of another schema, not logged, with what stands behind the list',
    `create unlogged table "s,".t (${long}) partition by range ((a, b))`,
    [
      'create unlogged table "s,".t (',
      '      "a name that is long enough for a line of its own" varchar(255) not null,',
      '      "another one" int null',
      '    ) partition by range ((a, b))',
    ],
  ],
  [
    'commas and brackets in texts, names and expressions',
    `create table "t" ("a, (" text default ',)', b text default $x$,)$x$, c numeric(10, 2) default f(1, 2), check (b in (',', ')')))`,
    [
      'create table "t" (',
      `      "a, (" text default ',)',`,
      '      b text default $x$,)$x$,',
      '      c numeric(10, 2) default f(1, 2),',
      `      check (b in (',', ')'))`,
      '    )',
    ],
  ],
  ['a short one', 'create table t (a int, b int)', undefined],
  ['a partition', `create table "t" partition of "a table with a long name, and" for values in (${long})`, undefined],
  ['no list', `create table "t" as select ${'x'.repeat(100)}`, undefined],
  ['a list that never ends', `create table "t" (${long}`, undefined],
  ['another statement', `create index i on "a table with a long name" (${long})`, undefined],
];

for (const [title, sql, lines] of cases)
  test(`on several lines: ${title}`, () => assert.equal(formatStatement(sql), lines?.join('\n') ?? sql));
