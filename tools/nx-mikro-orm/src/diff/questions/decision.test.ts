import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { isProblem } from '../../errors.ts';
import { flagOf, subjectNames, parseDecision, readRecord, recordOf, sameNames } from './decision.ts';
import { subjectOf } from './ambiguity.ts';
import type { AnswerKind, Decision } from './question.ts';

const odd = ['name', 'Last name', 'a.b', 'a:b', 'say "x"', "it's", '老師', '$HOME', '`id`', '!x', 'select', 'ä\\b'];
const values: [AnswerKind, string | undefined][] = [
  ['rename', 'other'],
  ['drop', undefined],
  ['fill', "coalesce(a::text, 'x: \"y\"') || '$HOME `id` !'"],
  ['fill', undefined],
  ['using', `"a" at time zone 'UTC'`],
];

const decisions: Decision[] = odd.flatMap((name) =>
  values.map(([kind, value]) => ({ kind, subject: subjectOf(undefined, 'teacher', name), value })),
);

describe('decisions', () => {
  it('are read as they are recorded', () => {
    for (const decision of decisions) assert.deepEqual(strip(readRecord(recordOf(decision))), strip(decision));
  });

  it('come through a shell as they are typed', () => {
    const script = decisions.map((decision) => `printf '%s\\0' ${flagOf(decision)}`).join('\n');
    const words = execFileSync('sh', { input: script, encoding: 'utf8' }).split('\0');
    for (const [at, decision] of decisions.entries())
      assert.deepEqual(
        strip(parseDecision(words[2 * at]?.slice(2) as AnswerKind, words[2 * at + 1] ?? '')),
        strip(decision),
      );
  });

  it('name the same with and without quotes and `public`', () => {
    assert.deepEqual(subjectNames('public.teacher."name"'), ['teacher', 'name']);
    assert.equal(sameNames('"teacher".name', 'public.teacher.name'), true);
    assert.equal(sameNames('teacher.Name', 'teacher.name'), false);
  });

  const bad: [AnswerKind, string][] = [
    ['rename', 'teacher.a'],
    ['rename', 'teacher.a:'],
    ['rename', ':b'],
    ['drop', 'teacher.a:b'],
    ['drop', ''],
    ['drop', 'teacher..a'],
    ['fill', 'teacher.a:'],
    ['map', 'mood.a'],
  ];
  for (const [kind, text] of bad)
    it(`--${kind} ${JSON.stringify(text)} is refused with the right form`, () =>
      assert.throws(
        () => parseDecision(kind, text),
        (error) => isProblem(error) && error.code === 'bad-option' && error.message.includes(`--${kind} wants`),
      ));
});

/** An absent value and an undefined one are the same. */
const strip = ({ kind, subject, value }: Decision = { kind: 'drop', subject: '' }) => ({ kind, subject, value });
