import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inOrder, inTerminal, keys, noTerminal, type Typed } from '../../../test/terminal.ts';
import { flagOf, readRecord, recordOf } from '../../diff/questions/decision.ts';
import type { Answer, Decision, Question } from '../../diff/questions/question.ts';

const { enter, down, ctrlC, ctrlD } = keys;
const program = `'${process.execPath}' '${join(import.meta.dirname, '../../../test/questions.ts')}'`;

/** An answer by its record, its statement and what becomes of rows; `input` where the person writes the value. */
const answer = (record: string, sql: string, data: string, more: Partial<Answer> = {}): Answer => ({
  ...readRecord(record),
  effect: { sql: [sql], data },
  ...more,
});

const ssn: Question = {
  text: 'Column teacher.ssn is gone, and nickname, alias came. What became of it?',
  answers: [
    answer('rename teacher.ssn:nickname', 'alter table "teacher" rename "ssn" to "nickname"', 'Its values stay.'),
    answer('rename teacher.ssn:alias', 'alter table "teacher" rename "ssn" to "alias"', 'Its values stay.'),
    answer('drop teacher.ssn', 'alter table "teacher" drop "ssn"', 'Its values go.'),
  ],
};
const bio: Question = {
  text: 'Column teacher.bio is gone, and nickname, alias came. What became of it?',
  answers: [
    answer('rename teacher.bio:nickname', 'rename', 'Its values stay.'),
    answer('rename teacher.bio:alias', 'rename', 'Its values stay.'),
    answer('drop teacher.bio', 'alter table "teacher" drop "bio"', 'Its values go.'),
  ],
};
const gone: Question = {
  text: 'Table "odd.name" is in no model. What is to become of it?',
  answers: [
    answer('drop "odd.name"', 'drop table "odd.name"', 'Its rows go.'),
    answer('keep "odd.name"', 'select 1', 'It stays.'),
  ],
};
const name: Question = {
  text: 'Column teacher.name is new and not null. What do rows get that are there?',
  answers: [
    answer("fill teacher.name:'unknown'", `update "teacher" set "name" = 'unknown'`, 'Rows get it.', { input: true }),
    answer('fill teacher.name', 'alter table "teacher" add "name" text not null', 'It fails where rows are.'),
  ],
};
const sad: Question = {
  text: 'Value sad of mood is gone. What do rows get that hold it?',
  answers: [
    answer('map mood.sad:ok', 'update', 'Rows are changed.', { thing: 'enum value' }),
    answer('drop mood.sad', 'alter table', 'It fails where a row holds it.', { thing: 'enum value' }),
  ],
};
const age: Question = {
  text: 'Column teacher.age becomes an integer. How is a text made one?',
  answers: [answer('using teacher.age:age::integer', 'alter', 'Values are converted.', { input: true })],
};

interface Transcript {
  title: string;
  questions: Question[];
  typed: Typed;
  /** What has to be shown, in this order. */
  shows: string[];
  decided: string[];
}

const transcripts: Transcript[] = [
  {
    title: 'a rename: enter takes the first answer, which destroys nothing',
    questions: [ssn],
    typed: [['rename it to nickname', enter]],
    shows: [
      'One question, before anything is written.',
      'What became of it?',
      '❯ rename it to nickname\n  rename it to alias\n  drop it, with its data\n  stop here, write nothing',
      '  alter table "teacher" rename "ssn" to "nickname";\n  Its values stay.',
    ],
    decided: ['rename teacher.ssn:nickname'],
  },
  {
    title: 'each answer shows what it would do',
    questions: [ssn],
    typed: [
      ['rename it to nickname', down],
      ['to "alias";', down],
      ['alter table "teacher" drop "ssn";\n', enter],
    ],
    shows: [
      'rename "ssn" to "alias";',
      '❯ drop it, with its data',
      'drop "ssn";\n  Its values go.',
      'What became of it? drop it, with its data',
    ],
    decided: ['drop teacher.ssn'],
  },
  {
    title: 'a name that is taken is not offered again',
    questions: [ssn, bio],
    typed: [
      ['rename it to nickname', enter],
      ['teacher.bio is gone', ''],
      ['❯ rename it to alias\n  drop it, with its data\n', enter],
    ],
    shows: ['2 questions, before anything is written.'],
    decided: ['rename teacher.ssn:nickname', 'rename teacher.bio:alias'],
  },
  {
    title: 'something that is only gone: enter drops nothing',
    questions: [gone],
    typed: [['keep it, and leave it alone', enter]],
    shows: ['  drop it, with its data\n❯ keep it, and leave it alone from now on\n'],
    decided: ['keep "odd.name"'],
  },
  {
    title: 'a value for rows: what is typed is wanted, and not its example',
    questions: [name],
    typed: [
      ['existing rows get a value that you type', enter],
      ["SQL expression for teacher.name, for example 'unknown':", enter],
      ['Something has to stand here', `'it''s $HOME'`],
      [`'it''s $HOME'`, enter],
    ],
    shows: ["> Something has to stand here, for example 'unknown'. Ctrl-C stops."],
    decided: [`fill teacher.name:'it''s $HOME'`],
  },
  {
    title: 'no row will be there',
    questions: [name],
    typed: [
      ['existing rows get', down],
      ['It fails where rows are.', enter],
    ],
    shows: ['❯ the table has no rows'],
    decided: ['fill teacher.name'],
  },
  {
    title: 'an enum value and a cast',
    questions: [sad, age],
    typed: [
      ['rows that hold it get ok', enter],
      ['convert it by an expression that you type', enter],
      ['for example age::integer:', "nullif(age, '')::integer"],
      ["nullif(age, '')::integer", enter],
    ],
    shows: ['drop it: no row holds it', 'SQL expression for teacher.age, for example age::integer:'],
    decided: ['map mood.sad:ok', "using teacher.age:nullif(age, '')::integer"],
  },
];

const env = (questions: Question[], more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(CI|FORCE_COLOR|NODE_TEST.*)$/.test(name))),
  QUESTIONS: JSON.stringify(questions),
  ...more,
});
const cwd = import.meta.dirname;

describe('asked at a terminal', { skip: noTerminal, concurrency: 2 }, () => {
  for (const { title, questions, typed, shows, decided } of transcripts)
    it(title, async () => {
      const { code, shown } = await inTerminal(program, { cwd, env: env(questions), typed });
      const flags = decided.map((record) => flagOf(readRecord(record))).join(' ');
      inOrder(shown, [...shows, `The same without being asked: npx nx-mikro-orm create -m "It's" ${flags}\n`]);
      assert.deepEqual((JSON.parse(/DECIDED (.*)/.exec(shown)?.[1] ?? '[]') as Decision[]).map(recordOf), decided);
      assert.equal(code, 0);
    });

  const toTheEnd: Typed = [
    ['rename it to nickname', down],
    ['to "alias";', down],
    ['drop "ssn";', down],
    ['❯ stop here, write nothing', enter],
  ];
  const second: Typed = [
    ['rename it to nickname', enter],
    ['teacher.bio is gone', ctrlC],
  ];
  const stops: [title: string, typed: Typed, flags: string][] = [
    ['the last choice', toTheEnd, ''],
    ['Ctrl-C', [['rename it to nickname', ctrlC]], ''],
    ['Ctrl-D', [['rename it to nickname', ctrlD]], ''],
    ['Ctrl-C at the second question', second, ' --rename teacher.ssn:nickname'],
  ];
  for (const [title, typed, flags] of stops)
    it(`${title}: nothing is decided, and 130`, async () => {
      const { code, shown, cursor } = await inTerminal(program, { cwd, env: env([ssn, bio]), typed });
      inOrder(shown, [
        'Stopped at a question. No file was written.\nNext:\n',
        `  npx nx-mikro-orm create -m "It's"${flags}: it asks the open questions\n`,
      ]);
      assert.doesNotMatch(shown, /DECIDED/);
      assert.equal(cursor, 'shown');
      assert.equal(code, 130);
    });

  const elsewhere: [title: string, line: string, env: NodeJS.ProcessEnv][] = [
    ['the input is no terminal', `${program} < /dev/null`, {}],
    ['the output is no terminal', `${program} | cat`, {}],
    ['a CI system lends its terminal', program, { CI: 'true' }],
    ['--json', `${program} --json`, {}],
  ];
  for (const [title, line, more] of elsewhere)
    it(`nobody is asked where ${title}`, async () => {
      const { shown } = await inTerminal(line, { cwd, env: env([ssn], more), typed: [] });
      assert.match(shown, /^NOBODY$/m);
    });
});
