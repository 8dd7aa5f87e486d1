import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { isProblem } from '../../errors.ts';
import {
  decisionsIn,
  flagOf,
  namesIn,
  parseDecision,
  parseDecisions,
  readRecord,
  recordOf,
  subjectOf,
} from './decision.ts';
import type { AnswerKind, Decision } from './question.ts';

describe('what is typed', () => {
  const cases: [AnswerKind, string, Omit<Decision, 'kind'>][] = [
    ['rename', 'teacher.ssn:nickname', { subject: 'teacher.ssn', value: 'nickname' }],
    ['rename', ' teacher.ssn : nickname ', { subject: 'teacher.ssn', value: 'nickname' }],
    ['rename', 'public.teacher.ssn:nickname', { subject: 'teacher.ssn', value: 'nickname' }],
    ['rename', 'app.teacher.ssn:nickname', { subject: 'app.teacher.ssn', value: 'nickname' }],
    ['rename', 'teacher:"Odd.Name"', { subject: 'teacher', value: 'Odd.Name' }],
    ['rename', '"Odd.Name"."a:b":c', { subject: '"Odd.Name"."a:b"', value: 'c' }],
    ['rename', 'Teacher.fullName:名前', { subject: 'Teacher.fullName', value: '名前' }],
    ['drop', 'teacher', { subject: 'teacher' }],
    ['drop', '"teacher"', { subject: 'teacher' }],
    ['drop', 'public', { subject: 'public' }],
    ['drop', 'public.public', { subject: 'public' }],
    ['keep', 'public.public.public', { subject: 'public.public' }],
    ['fill', "teacher.name:'a:b, ''c'''", { subject: 'teacher.name', value: "'a:b, ''c'''" }],
    ['fill', 'teacher.name', { subject: 'teacher.name' }],
    ['map', 'mood.very sad:"o.k"', { subject: 'mood."very sad"', value: 'o.k' }],
    ['map', 'mood."":ok', { subject: 'mood.""', value: 'ok' }],
    ['using', 'teacher.age:age::integer', { subject: 'teacher.age', value: 'age::integer' }],
    ['using', 'teacher.age: "a""g"::int ', { subject: 'teacher.age', value: '"a""g"::int' }],
  ];
  for (const [kind, text, expected] of cases)
    it(`--${kind} ${text}`, () => assert.deepEqual(parseDecision(kind, text), { kind, ...expected }));

  const refused: [AnswerKind, string][] = [
    ['rename', ''],
    ['rename', 'teacher.ssn'],
    ['rename', 'teacher.ssn:'],
    ['rename', 'teacher.ssn:teacher.nickname'],
    ['rename', 'teacher.ssn:a:b'],
    ['rename', 'teacher..ssn:a'],
    ['rename', '.ssn:a'],
    ['rename', 'a.b.c.d:e'],
    ['rename', '"teacher.ssn:a'],
    ['rename', 'tea"cher".ssn:a'],
    ['drop', 'teacher.ssn:gone'],
    ['drop', 'teacher,,'],
    ['keep', ' '],
    ['fill', 'teacher.name:'],
    ['fill', 'teacher.name:  '],
    ['map', 'mood.sad'],
    ['using', 'teacher.age'],
  ];
  for (const [kind, text] of refused)
    it(`--${kind} ${JSON.stringify(text)} is refused, with the right form`, () =>
      assert.throws(
        () => parseDecision(kind, text),
        (error) =>
          isProblem(error) &&
          error.code === 'bad-option' &&
          error.message.includes(`--${kind} cannot be "${text}": it is written like --${kind} `),
      ));

  it('several with commas between, but for expressions', () => {
    const typed = { rename: ['a.b:c, d.e:f', '"x,y".z:w'], drop: ['a,b.c,'], keep: [], map: ['m.a:b,m.c:b'] };
    assert.deepEqual(decisionsIn({ ...typed, fill: ['t.c:coalesce(a, b)'], using: ['t.d:left(d, 3)'] }).map(recordOf), [
      'rename a.b:c',
      'rename d.e:f',
      'rename "x,y".z:w',
      'drop a',
      'drop b.c',
      'fill t.c:coalesce(a, b)',
      'map m.a:b',
      'map m.c:b',
      'using t.d:left(d, 3)',
    ]);
    assert.throws(() => parseDecisions('drop', ''), /--drop cannot be ""/);
  });

  it('a record that no decision is', () => {
    for (const text of ['', 'rename', 'renam a:b', 'rename a'])
      assert.throws(() => readRecord(text), /bad-option|is no decision|cannot be/, text);
  });
});

it('a flag reads as people write it', () => {
  const flags: [Decision, string][] = [
    [{ kind: 'rename', subject: 'teacher.ssn', value: 'nickname' }, '--rename teacher.ssn:nickname'],
    [{ kind: 'fill', subject: 'teacher.name', value: "'unknown'" }, `--fill "teacher.name:'unknown'"`],
    [{ kind: 'fill', subject: 'teacher.name' }, '--fill teacher.name'],
    [{ kind: 'using', subject: 'teacher.age', value: 'age::integer' }, '--using teacher.age:age::integer'],
    [{ kind: 'using', subject: 'teacher.age', value: "'$1'" }, `--using 'teacher.age:'\\''$1'\\'''`],
    [{ kind: 'drop', subject: '"a b"' }, `--drop '"a b"'`],
  ];
  for (const [decision, flag] of flags) assert.equal(flagOf(decision), flag);
});

/** The same numbers again for the same seed (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function randomDecisions(seed: number, count: number): Decision[] {
  const next = numbers(seed);
  const pieces = [
    'a',
    'B',
    '_',
    '-',
    '.',
    ':',
    ',',
    '"',
    "'",
    '`',
    '$HOME',
    '\\',
    ' ',
    '!',
    '\n',
    'é',
    '名',
    '🎓',
    '*',
    '=',
  ];
  const text = (most: number) => Array.from({ length: 1 + next(most) }, () => pieces[next(pieces.length)]).join('');
  const name = () => (next(4) === 0 ? 'public' : text(4));
  const kinds: AnswerKind[] = ['rename', 'drop', 'keep', 'fill', 'map', 'using'];
  return Array.from({ length: count }, () => {
    const kind = kinds[next(kinds.length)]!;
    const subject = subjectOf(Array.from({ length: 1 + next(3) }, name));
    if (['drop', 'keep'].includes(kind)) return { kind, subject };
    if (['rename', 'map'].includes(kind)) return { kind, subject, value: name() };
    return { kind, subject, value: text(12).trim() || '0' };
  });
}

describe('typed, recorded and read again, a decision is the same', () => {
  for (const seed of [20260101, Date.now() % 2 ** 31])
    it(`for 2000 odd names and expressions (seed ${seed})`, () => {
      for (const decision of randomDecisions(seed, 2000)) {
        const record = recordOf(decision);
        assert.deepEqual(readRecord(record), decision, record);
        assert.deepEqual(parseDecisions(decision.kind, record.slice(decision.kind.length + 1)), [decision], record);
        assert.equal(subjectOf(namesIn(decision.subject)), decision.subject);
      }
    });

  it('through a shell', () => {
    const decisions = randomDecisions(7, 300);
    const script = `for word in ${decisions.map((one) => flagOf(one)).join(' ')}; do printf '%s\\0' "$word"; done`;
    const words = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
    assert.deepEqual(
      Array.from({ length: words.length / 2 }, (_, at) =>
        parseDecision(words[at * 2]!.slice(2) as AnswerKind, words[at * 2 + 1]!),
      ),
      decisions,
    );
  });
});
