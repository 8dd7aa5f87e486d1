import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refused } from '../../../test/refused.ts';
import { isProblem } from '../../errors.ts';
import { flagOf, readRecord, recordOf } from './decision.ts';
import { match } from './match.ts';
import type { Decision, Question } from './question.ts';
import { sentenceOf } from './sentence.ts';
import { settle } from './settle.ts';

/** A question by the records of its answers; `?` in front of a value that the person writes. */
const question = (...records: string[]): Question => ({
  text: `${records[0]}?`,
  answers: records.map((record) => ({
    ...readRecord(record.replace(':?', ':')),
    ...(record.includes(':?') && { input: true as const }),
    thing: 'column',
    effect: { sql: [], data: '' },
  })),
});

const ssn = question('rename teacher.ssn:nickname', 'rename teacher.ssn:alias', 'drop teacher.ssn', 'keep teacher.ssn');
const bio = question('rename teacher.bio:nickname', 'rename teacher.bio:alias', 'drop teacher.bio');
const name = question("fill teacher.name:?'unknown'", 'fill teacher.name');
const age = question('using teacher.age:?age::integer');
const sad = question('map mood.sad:ok', 'map mood.sad:happy', 'rename mood.sad:blue', 'drop mood.sad');
const all = [ssn, bio, name, age, sad];

const decisions = (...records: string[]): Decision[] => records.map(readRecord);
const records = (list: readonly { decision: Decision }[]) => list.map(({ decision }) => recordOf(decision));

describe('match', () => {
  const cases: [title: string, given: string[], answered: string[], open: Question[], idle: string[]][] = [
    ['nothing given', [], [], all, []],
    [
      'each kind',
      [
        'drop teacher.ssn',
        'rename teacher.bio:alias',
        'fill teacher.name:now()',
        'using teacher.age:0',
        'map mood.sad:ok',
      ],
      [
        'drop teacher.ssn',
        'rename teacher.bio:alias',
        'fill teacher.name:now()',
        'using teacher.age:0',
        'map mood.sad:ok',
      ],
      [],
      [],
    ],
    ['no value is not any value', ['fill teacher.name'], ['fill teacher.name'], [ssn, bio, age, sad], []],
    ['another value', ['rename teacher.ssn:nick'], [], all, ['rename teacher.ssn:nick']],
    ['another subject', ['drop teacher'], [], all, ['drop teacher']],
    ['said twice', ['drop teacher.ssn', 'drop teacher.ssn'], ['drop teacher.ssn'], [bio, name, age, sad], []],
  ];
  for (const [title, given, answered, open, idle] of cases)
    it(title, () => {
      const found = match(all, decisions(...given));
      assert.deepEqual([records(found.answered), found.open, found.idle.map(recordOf)], [answered, open, idle]);
    });

  const contradictions: [string[], RegExp][] = [
    [['drop teacher.ssn', 'keep teacher.ssn'], /--drop teacher\.ssn and --keep teacher\.ssn answer one question diff/],
    [['fill teacher.name:1', 'fill teacher.name:2'], /--fill teacher\.name:1 and --fill teacher\.name:2 answer/],
    [['fill teacher.name:1', 'fill teacher.name'], /answer one question differently/],
    [['rename teacher.ssn:alias', 'rename teacher.bio:alias'], /ssn:alias and --rename teacher\.bio:alias give two/],
  ];
  for (const [given, says] of contradictions)
    it(`${given.join(' and ')}: refused`, () => assert.throws(() => match(all, decisions(...given)), says));

  it('what the answer knows of its subject goes with the decision', () =>
    assert.equal(
      sentenceOf(match(all, decisions('rename teacher.ssn:alias')).answered[0]!.decision),
      'Column teacher.ssn was renamed to alias.',
    ));
});

describe('settle', () => {
  const unasked = async (records: string[], questions = all) => {
    const problem = await refused(settle(questions, { decisions: decisions(...records) }));
    assert.equal(problem.code, 'answer-unasked');
    return problem;
  };

  it('a mistyped subject: what could have been meant', async () => {
    const { message, next } = await unasked(['drop teacher.snn']);
    assert.match(message, /--drop teacher\.snn\n {4}did you mean --drop teacher\.ssn\?/);
    assert.match(message, /What can be answered:\n {2}--rename teacher\.ssn:nickname\n/);
    assert.deepEqual(next, ['npx nx run migrations:create --drop teacher.ssn -m "…"']);
  });
  it('a mistyped value: the answers about that subject', async () => {
    const { facts } = await unasked(['rename teacher.ssn:nick']);
    assert.deepEqual((facts as { unasked: unknown[] }).unasked, [
      { flag: '--rename teacher.ssn:nick', meant: ssn.answers.map(flagOf) },
    ]);
  });
  it('where nothing is asked', async () => {
    assert.match((await unasked(['drop teacher'], [])).message, /Nothing is asked/);
  });

  it('open and nobody to ask: every answer as a flag, and what was decided with them', async () => {
    const problem = await refused(settle(all, { decisions: decisions('rename teacher.ssn:alias') }));
    assert.equal(problem.code, 'question-open');
    assert.match(problem.message, /^4 questions are open.*No file was written/);
    assert.match(problem.message, / {4}--fill "teacher\.name:'unknown'"\n {4}--fill teacher\.name\n/);
    assert.doesNotMatch(problem.message, /bio:alias/, 'that name is taken');
    assert.match(problem.next[0] ?? '', /create --rename teacher\.ssn:alias --rename teacher\.bio:nickname --fill/);
  });

  it('only what is open is asked', async () => {
    const asked: string[] = [];
    const answered = await settle(all, {
      decisions: decisions('drop teacher.ssn'),
      recorded: decisions('rename teacher.bio:alias', 'drop teacher.gone'),
      ask: async (questions) => {
        asked.push(...questions.map(({ text }) => text));
        return decisions('fill teacher.name', 'using teacher.age:1', 'map mood.sad:ok');
      },
    });
    assert.deepEqual(
      asked,
      [name, age, sad].map(({ text }) => text),
    );
    assert.deepEqual(records(answered), [
      'drop teacher.ssn',
      'rename teacher.bio:alias',
      'fill teacher.name',
      'using teacher.age:1',
      'map mood.sad:ok',
    ]);
  });

  it('what is typed now overrules what was recorded, also where both want one name', async () => {
    const given = {
      decisions: decisions('rename teacher.ssn:alias'),
      recorded: decisions('rename teacher.ssn:nickname'),
    };
    assert.deepEqual(records(await settle([ssn], given)), ['rename teacher.ssn:alias']);
    const wanted = { ...given, recorded: decisions('rename teacher.bio:alias') };
    assert.equal((await refused(settle([ssn, bio], wanted))).code, 'question-open');
  });

  it('records that contradict each other are refused', async () =>
    assert.rejects(
      settle([ssn], { decisions: [], recorded: decisions('drop teacher.ssn', 'keep teacher.ssn') }),
      (error) => isProblem(error) && error.code === 'bad-option',
    ));
});

describe('sentences', () => {
  const cases: [string, string, string][] = [
    ['rename teacher.ssn:nickname', 'column', 'Column teacher.ssn was renamed to nickname.'],
    ['drop teacher', 'table', 'Table teacher was dropped, with all that it held.'],
    ['drop mood.sad', 'enum value', 'Enum value mood.sad was dropped: no row held it.'],
    ['keep teacher.bio', '', 'teacher.bio was kept, though no model knows it.'],
    ["fill teacher.name:'a\n  b'", 'column', "Rows that were there got 'a b' in teacher.name."],
    ['fill teacher.name', 'column', 'Column teacher.name came without a value for rows: none were to be there.'],
    ['map app.mood."very sad":ok', 'enum value', 'Rows that held very sad of app.mood got ok.'],
    ['using teacher.age:age::integer', 'column', 'Values of teacher.age were converted by age::integer.'],
  ];
  for (const [record, thing, sentence] of cases)
    it(sentence, () => assert.equal(sentenceOf({ ...readRecord(record), ...(thing && { thing }) }), sentence));
});
