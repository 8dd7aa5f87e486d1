import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Options } from '@mikro-orm/postgresql';
import { withDatabase } from '../../../test/database.ts';
import { withProject } from '../../../test/project.ts';
import { refused } from '../../../test/refused.ts';
import { inOrder, inTerminal, keys, noTerminal, type Typed } from '../../../test/terminal.ts';
import { type, type Shown } from '../../../test/type.ts';
import { makeWorkspace, type Workspace } from '../../../test/workspace.ts';
import { flagOf, readRecord } from '../../diff/questions/decision.ts';
import { exits } from '../../errors.ts';
import { readRevisions } from '../../history/read.ts';
import create from './create.ts';

const { enter, down, ctrlC } = keys;

type Entities = NonNullable<Options['entities']>;

/** Tables by name, with the text of their properties. */
type Tables = Record<string, string>;

/** One question as it comes up, how it is answered at a terminal, and what is to be seen and written. */
interface Transcript {
  title: string;
  models: [before: Tables, after: Tables];
  /** The question's sentence. */
  question: string;
  /** Every answer that it has, as recorded. */
  answers: string[];
  /** What is pressed when the question stands there; `taken` is the answer that it means. */
  typed: Typed;
  taken: string;
  /** What is shown beside the question, in this order: the effect of each answer that is walked over. */
  shows: string[];
  /** What the comment of the file says. */
  says: string;
  /** A statement that the file has to send. */
  sql: string;
}

// Each has tables of its own, so that one `create` asks all of them, in this order.
const transcripts: Transcript[] = [
  {
    title: 'a table that is gone while another came',
    models: [
      { teacher: '', pupil: '' },
      { teacher: '', tutor: '' },
    ],
    question: 'Table pupil is gone from the models, and tutor came.',
    answers: ['rename pupil:tutor', 'drop pupil', 'keep pupil'],
    typed: [
      ['rename it to tutor', down],
      ['drop table "pupil"', down],
      ['It stays as it is', keys.up],
      ['drop table "pupil"', enter],
    ],
    taken: 'drop pupil',
    shows: [
      'drop table "pupil";\n  All its rows are lost',
      'It stays as it is, and is left alone from now on',
      'drop table "pupil";\n  All its rows are lost',
    ],
    says: 'Table pupil was dropped, with its data.',
    sql: 'drop table "pupil"',
  },
  {
    title: 'a column that is gone while another came: dropped',
    models: [{ lesson: 'hall: p.string().nullable()' }, { lesson: 'room: p.string().nullable()' }],
    question: 'Column lesson.hall is gone from the models, and room came.',
    answers: ['rename lesson.hall:room', 'drop lesson.hall', 'keep lesson.hall'],
    typed: [
      ['rename it to room', down],
      ['drop column "hall"', enter],
    ],
    taken: 'drop lesson.hall',
    shows: ['drop column "hall";\n  Its values are lost'],
    says: 'Column lesson.hall was dropped, with its data.',
    sql: 'drop column "hall"',
  },
  {
    title: 'a column that is gone while another came: renamed',
    models: [
      { teacher: 'ssn: p.string().nullable()' },
      { teacher: 'nickname: p.string().nullable(), alias: p.string().nullable()' },
    ],
    question: 'Column teacher.ssn is gone from the models, and nickname, alias came.',
    answers: ['rename teacher.ssn:nickname', 'rename teacher.ssn:alias', 'drop teacher.ssn', 'keep teacher.ssn'],
    typed: [
      ['rename column "ssn" to "nickname"', down],
      ['rename column "ssn" to "alias"', keys.up],
      ['rename column "ssn" to "nickname"', enter],
    ],
    taken: 'rename teacher.ssn:nickname',
    shows: [
      'rename column "ssn" to "nickname";\n  Its values stay',
      'rename column "ssn" to "alias";\n  Its values stay',
    ],
    says: 'Column teacher.ssn was renamed to nickname.',
    sql: 'rename column "ssn" to "nickname"',
  },
  {
    title: 'a value that is gone from an enum: mapped',
    models: [
      { diary: "mood: p.enum(['fine', 'glad', 'sad']).nativeEnumName('mood')" },
      { diary: "mood: p.enum(['fine', 'glad']).nativeEnumName('mood')" },
    ],
    question: 'Value sad of mood is gone from the models.',
    answers: ['map mood.sad:glad', 'map mood.sad:fine', 'drop mood.sad'],
    typed: [
      ['rows that hold it get glad', down],
      ['Rows that hold sad get fine', enter],
    ],
    taken: 'map mood.sad:fine',
    shows: ['Rows that hold sad get glad', '❯ rows that hold it get fine', 'Rows that hold sad get fine'],
    says: 'Enum value mood.sad: rows that held it got fine.',
    sql: "when 'sad' then 'fine'",
  },
  {
    title: 'a type that values are rounded for: converted',
    models: [{ invoice: 'fee: p.decimal().precision(8).scale(2)' }, { invoice: 'fee: p.integer()' }],
    question: 'Column invoice.fee is integer in the models and numeric(8,2) in the history.',
    answers: ['using invoice.fee:"fee"'],
    typed: [
      ['convert it by an expression that you type', enter],
      ['SQL expression for invoice.fee, for example', 'ceil(fee)'],
      ['ceil(fee)', enter],
    ],
    taken: 'using invoice.fee:ceil(fee)',
    shows: ['Values change without an error: '],
    says: 'Column invoice.fee: values became ceil(fee).',
    sql: 'using ceil(fee)',
  },
  {
    title: 'a column that may not be null: filled',
    models: [{ course: '' }, { course: 'level: p.integer()' }],
    question: 'Column course.level may not be null and has no default.',
    answers: ['fill course.level:0', 'fill course.level'],
    typed: [
      ['existing rows get a value that you type', enter],
      ['SQL expression for course.level, for example 0:', '1 + 6'],
      ['1 + 6', enter],
    ],
    taken: 'fill course.level:1 + 6',
    shows: ['add column "level" integer not null default 0;', 'Existing rows get this value'],
    says: 'Column course.level: existing rows got 1 + 6.',
    sql: 'default 1 + 6',
  },
];

const renamed = transcripts[2]!;

/** Beside a table that came, it would be the question above. */
const onlyGone: Transcript = {
  title: 'a table that is only gone: kept',
  models: [{ teacher: '', pupil: '' }, { teacher: 'age: p.integer().nullable()' }],
  question: 'Table pupil is gone from the models. Is it dropped with its rows, or left alone?',
  answers: ['drop pupil', 'keep pupil'],
  typed: [['It stays as it is', enter]],
  taken: 'keep pupil',
  shows: ['It stays as it is, and is left alone from now on'],
  says: 'Table pupil stays as it is, and is left alone.',
  sql: 'add column "age"',
};

/** The tables of all transcripts; of those that two have, the one that says more. */
const everyTable = (at: 0 | 1): Tables => {
  const all: Tables = {};
  for (const { models } of transcripts)
    for (const [name, properties] of Object.entries(models[at])) all[name] = properties || (all[name] ?? '');
  return all;
};

const entities = (tables: Tables): string =>
  `[${Object.entries(tables)
    .map(
      ([name, properties]) =>
        `defineEntity({ name: '${name}', tableName: '${name}', properties: { id: p.integer().primary(), ${properties} } })`,
    )
    .join(', ')}]`;

const flagsOf = (records: string[]) => records.map((record) => flagOf(readRecord(record)));

/** The words of an answer, as a shell hands them over. */
const wordsOf = (record: string): string[] => {
  const end = record.indexOf(' ');
  return [`--${record.slice(0, end)}`, record.slice(end + 1)];
};

interface Typing {
  type(...words: string[]): Promise<Shown>;
  become(models: Tables): Promise<void>;
  /** The texts of the revisions after the first, oldest first. */
  written(): string[];
}

/** A project with the revision of the models before, and the models after. */
const withModels = ([first, then]: [Tables, Tables], work: (typing: Typing) => Promise<void>): Promise<void> => {
  let models: Entities = [];
  return withProject(
    async ({ project }) => {
      let count = 0;
      const become = async (tables: Tables) => {
        const path = join(project.root, `models${count++}.ts`);
        writeFileSync(
          path,
          `import { defineEntity, p } from '@mikro-orm/core';\nexport const entities = ${entities(tables)};\n`,
        );
        models = ((await import(path)) as { entities: Entities }).entities;
      };
      const typing: Typing = {
        type: (...words) => type(project, create, words),
        become,
        written: () =>
          readRevisions(project.revisions)
            .slice(1)
            .map(({ path }) => readFileSync(path, 'utf8')),
      };
      await become(first);
      await typing.type('-m', 'Before');
      await become(then);
      await work(typing);
    },
    () => models,
  );
};

describe('create asks', () => {
  for (const { title, models, question, answers, taken, says, sql } of [...transcripts, onlyGone])
    it(`${title}: every answer is a flag, and a flag answers`, () =>
      withModels(models, async ({ type, written }) => {
        const open = await refused(type('-m', 'What is new'));
        inOrder(open.message, ['One question is open', question, ...flagsOf(answers).map((flag) => `\n    ${flag}`)]);
        assert.equal(exits[open.exit], 2);
        assert.deepEqual(written(), []);
        const { lines } = await type('-m', 'What is new', ...wordsOf(taken));
        inOrder(lines.join('\n'), ['created ', `decided  ${taken}\n`, sql]);
        const [text = 'nothing was written', ...more] = written();
        assert.deepEqual(more, []);
        inOrder(text, [`* What is new\n *\n * ${says}\n */`, `static readonly decisions = ['${taken}'];`, sql]);
      }));

  it('an answer that nothing asks for is refused, with what could have been meant', () =>
    withModels(renamed.models, async ({ type, written }) => {
      const { message, exit } = await refused(type('--drop', 'teacher.snn'));
      inOrder(message, ['--drop teacher.snn\n    did you mean --drop teacher.ssn?', 'What can be answered:']);
      assert.equal(exits[exit], 2);
      assert.deepEqual(written(), []);
    }));

  it('--again writes the newest revision anew, and asks only what its answers do not say', () =>
    withModels(renamed.models, async ({ type, become, written }) => {
      const first = await type('-m', 'Call it nickname', '--rename', 'teacher.ssn:nickname');
      const { name: old } = (first.json as { created: { name: string } }).created;
      await become({ teacher: 'nickname: p.string().nullable(), email: p.string().nullable()' });
      const { lines } = await type('--again');
      inOrder(lines.join('\n'), [
        'created ',
        'revises ',
        `replaces ${old}, whose file is gone`,
        'database ',
        'does not have it',
      ]);
      const [text = 'nothing was written', ...more] = written();
      assert.deepEqual(more, []);
      inOrder(text, ['* Call it nickname', "decisions = ['rename teacher.ssn:nickname']"]);
      assert.match(text, /add column "email"/);
      const both = await refused(type('--again', '--empty'));
      assert.match(both.message, /--empty and --again contradict\. Nothing was run\./);
      assert.equal(exits[both.exit], 2);
    }));
});

describe('create asks everything at once, as it is typed', () => {
  const taken = transcripts.map((transcript) => transcript.taken);
  const flags = flagsOf(taken).join(' ');
  let workspace: Workspace;
  before(() => {
    workspace = makeWorkspace();
  });
  after(() => workspace.end());

  /** Takes away what was written, and returns its text. */
  const written = () => {
    const [, second, ...more] = workspace.revisions();
    assert.deepEqual(more, []);
    if (second) workspace.remove(second[0]);
    return second?.[1];
  };
  const insist = (text = 'nothing was written') => {
    inOrder(text, ['* What is new\n *\n', 'static readonly decisions = [', ...taken.map((record) => `'${record}'`)]);
    for (const { says, sql } of transcripts) inOrder(text, [` * ${says}\n`, sql]);
  };

  const withRevision = (work: (env: NodeJS.ProcessEnv) => Promise<void>) =>
    withDatabase(async (_, url) => {
      const env = workspace.env({ DATABASE_URL: url });
      workspace.models(entities(everyTable(0)));
      const first = await workspace.run(workspace.line('direct', 'create -m Before'), env);
      assert.equal(first.code, 0, first.output);
      workspace.models(entities(everyTable(1)));
      try {
        await work(env);
      } finally {
        for (const [name] of workspace.revisions()) workspace.remove(name);
      }
    });

  it('without a terminal: every question and its answers as flags; flags answer, directly and through Nx', () =>
    withRevision(async (env) => {
      for (const how of ['direct', 'nx'] as const) {
        const line = workspace.line(how, "create -m 'What is new'");
        const { code, output } = await workspace.run(line, env);
        inOrder(output, [
          '6 questions are open',
          ...transcripts.flatMap(({ question, answers }) => [
            question,
            ...flagsOf(answers).map((flag) => `\n    ${flag}`),
          ]),
          '\nNext:',
        ]);
        assert.equal(code, how === 'nx' ? 1 : 2);
        assert.equal(written(), undefined);
      }
      const answered = await workspace.run(workspace.line('nx', `create -m 'What is new' ${flags}`), env);
      assert.equal(answered.code, 0, answered.output);
      insist(written());
    }));

  it('at a terminal, through Nx: Ctrl-C writes nothing, answers write the file', { skip: noTerminal }, () =>
    withRevision(async (env) => {
      const line = workspace.line('nx', "create -m 'What is new'");
      const at = { cwd: workspace.root, env };
      const stopped = await inTerminal(line, { ...at, typed: [['stop here, write nothing', ctrlC]] });
      inOrder(stopped.shown, ['Stopped at a question. No file was written.']);
      assert.equal(stopped.code, 1);
      assert.equal(written(), undefined);
      const { code, shown } = await inTerminal(line, { ...at, typed: transcripts.flatMap(({ typed }) => typed) });
      // Line breaks of the prompt are where the terminal ends.
      inOrder(
        shown.replaceAll(/(?<=\S)\n(?=\S)/g, ' '),
        transcripts.map(({ question }) => question),
      );
      inOrder(shown, [
        '6 questions, before anything is written.',
        ...transcripts.flatMap(({ shows }) => shows),
        `The same without being asked: npx nx run migrations:create -m 'What is new' ${flags}\n`,
        'created ',
      ]);
      assert.equal(code, 0);
      insist(written());
    }),
  );
});
