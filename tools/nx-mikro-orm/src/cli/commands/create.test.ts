import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { withDatabase } from '../../../test/database.ts';
import { inOrder, inTerminal, keys, noTerminal, type Typed } from '../../../test/terminal.ts';
import { makeWorkspace, type Workspace } from '../../../test/workspace.ts';
import { flagOf, readRecord } from '../../diff/questions/decision.ts';

const { enter, down, ctrlC } = keys;

/** One question as it comes up, how it is answered at a terminal, and what is to be seen and written. */
interface Transcript {
  title: string;
  /** The entities before and after: tables with the text of their properties. */
  models: [before: Record<string, string>, after: Record<string, string>];
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

const transcripts: Transcript[] = [
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
    title: 'a column that is gone while another came: dropped',
    models: [{ teacher: 'ssn: p.string().nullable()' }, { teacher: 'nickname: p.string().nullable()' }],
    question: 'Column teacher.ssn is gone from the models, and nickname came.',
    answers: ['rename teacher.ssn:nickname', 'drop teacher.ssn', 'keep teacher.ssn'],
    typed: [
      ['renamed to nickname', down],
      ['drop column "ssn"', enter],
    ],
    taken: 'drop teacher.ssn',
    shows: ['drop column "ssn";\n  Its values are lost'],
    says: 'Column teacher.ssn was dropped, with all that it held.',
    sql: 'drop column "ssn"',
  },
  {
    title: 'a table that is gone while another came',
    models: [
      { teacher: '', pupil: '' },
      { teacher: '', tutor: '' },
    ],
    question: 'Table pupil is gone from the models, and tutor came.',
    answers: ['rename pupil:tutor', 'drop pupil', 'keep pupil'],
    typed: [
      ['renamed to tutor', down],
      ['drop table "pupil"', enter],
    ],
    taken: 'drop pupil',
    shows: ['drop table "pupil";\n  All its rows are lost'],
    says: 'Table pupil was dropped, with all that it held.',
    sql: 'drop table "pupil"',
  },
  {
    title: 'a table that is only gone: kept',
    models: [{ teacher: '', pupil: '' }, { teacher: 'age: p.integer().nullable()' }],
    question: 'Table pupil is gone from the models. Is it dropped with its rows, or left alone?',
    answers: ['drop pupil', 'keep pupil'],
    typed: [['It stays as it is', enter]],
    taken: 'keep pupil',
    shows: ['It stays as it is, and is left alone from now on'],
    says: 'Table pupil is in no model, and is left alone.',
    sql: 'add column "age"',
  },
  {
    title: 'a column that may not be null: filled',
    models: [{ teacher: '' }, { teacher: 'level: p.integer()' }],
    question: 'Column teacher.level may not be null and has no default.',
    answers: ['fill teacher.level:0', 'fill teacher.level'],
    typed: [
      ['rows that are there get a value that you type', enter],
      ['SQL expression for teacher.level, for example 0:', '1 + 6'],
      ['1 + 6', enter],
    ],
    taken: 'fill teacher.level:1 + 6',
    shows: ['add column "level" integer not null default 0;', 'Rows that are there get this value'],
    says: 'Column teacher.level: rows that were there got 1 + 6.',
    sql: 'default 1 + 6',
  },
  {
    title: 'a value that is gone from an enum: mapped',
    models: [
      { teacher: "mood: p.enum(['fine', 'glad', 'sad']).nativeEnumName('mood')" },
      { teacher: "mood: p.enum(['fine', 'glad']).nativeEnumName('mood')" },
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
    models: [{ teacher: 'fee: p.decimal().precision(8).scale(2)' }, { teacher: 'fee: p.integer()' }],
    question: 'Column teacher.fee is integer in the models and numeric(8,2) in the history.',
    answers: ['using teacher.fee:"fee"'],
    typed: [
      ['converted by an expression that you type', enter],
      ['SQL expression for teacher.fee, for example', 'ceil(fee)'],
      ['ceil(fee)', enter],
    ],
    taken: 'using teacher.fee:ceil(fee)',
    shows: ['Values are rounded to whole numbers.'],
    says: 'Column teacher.fee: values became ceil(fee).',
    sql: 'using ceil(fee)',
  },
];

const entities = (tables: Record<string, string>): string =>
  `[${Object.entries(tables)
    .map(
      ([name, properties]) =>
        `defineEntity({ name: '${name}', tableName: '${name}', properties: { id: p.integer().primary(), ${properties} } })`,
    )
    .join(', ')}]`;

/** Line breaks of the prompt are where the terminal ends. */
const unwrapped = (shown: string): string => shown.replaceAll(/(?<=\S)\n(?=\S)/g, ' ');

describe('create asks', () => {
  let workspace: Workspace;
  before(() => {
    workspace = makeWorkspace();
  });
  after(() => workspace.end());

  /** Makes the history of the models before, hands over the models after, and takes away what was written. */
  async function withModels({ models }: Transcript, work: (env: NodeJS.ProcessEnv) => Promise<void>): Promise<void> {
    await withDatabase(async (_, url) => {
      const env = workspace.env({ DATABASE_URL: url });
      workspace.models(entities(models[0]));
      const first = await workspace.run(workspace.line('direct', 'create -m Before'), env);
      assert.equal(first.code, 0, first.output);
      workspace.models(entities(models[1]));
      try {
        await work(env);
      } finally {
        for (const [name] of workspace.revisions()) workspace.remove(name);
      }
    });
  }

  const written = () => {
    const [, second, ...more] = workspace.revisions();
    assert.deepEqual(more, []);
    if (second) workspace.remove(second[0]);
    return second?.[1];
  };

  for (const transcript of transcripts)
    describe(transcript.title, () => {
      const { question, answers, typed, taken, shows, says, sql } = transcript;
      const flags = answers.map((record) => flagOf(readRecord(record)));
      const flag = flagOf(readRecord(taken));
      const insist = (text: string | undefined) => {
        assert.ok(text, 'a file was written');
        inOrder(text, [`* What is new\n *\n * ${says}\n */`, `static readonly decisions = ['${taken}'];`, sql]);
      };

      it('without a terminal: every answer as a flag, and a flag answers', () =>
        withModels(transcript, async (env) => {
          for (const how of ['direct', 'nx'] as const) {
            const line = workspace.line(how, "create -m 'What is new'");
            const { code, output } = await workspace.run(line, env);
            inOrder(output, ['One question is open', question, ...flags.map((one) => `\n    ${one}`), '\nNext:']);
            assert.equal(code, how === 'nx' ? 1 : 2);
            assert.equal(written(), undefined);
            const answered = await workspace.run(`${line} ${flag}`, env);
            assert.equal(answered.code, 0, answered.output);
            insist(written());
          }
        }));

      it('at a terminal: an answer writes the file, Ctrl-C writes nothing', { skip: noTerminal }, () =>
        withModels(transcript, async (env) => {
          for (const how of ['direct', 'nx'] as const) {
            const line = workspace.line(how, "create -m 'What is new'");
            const at = { cwd: workspace.root, env };
            const stopped = await inTerminal(line, { ...at, typed: [['stop here, write nothing', ctrlC]] });
            inOrder(stopped.shown, ['Stopped at a question. No file was written.']);
            assert.equal(stopped.code, how === 'nx' ? 1 : 130);
            assert.equal(written(), undefined);
            const { code, shown } = await inTerminal(line, { ...at, typed });
            inOrder(unwrapped(shown), [question]);
            inOrder(shown, [
              ...shows,
              `The same without being asked: npx nx run migrations:create -m 'What is new' ${flag}\n`,
              'created ',
            ]);
            assert.equal(code, 0);
            insist(written());
          }
        }),
      );
    });

  it('an answer that nothing asks for is refused, with what could have been meant', () =>
    withModels(transcripts[0]!, async (env) => {
      const { code, output } = await workspace.run(workspace.line('direct', 'create --drop teacher.snn'), env);
      inOrder(output, ['--drop teacher.snn\n    did you mean --drop teacher.ssn?', 'What can be answered:']);
      assert.equal(code, 2);
      assert.equal(written(), undefined);
    }));

  it('--again writes the newest revision anew, and asks only what its answers do not say', () =>
    withModels(transcripts[0]!, async (env) => {
      const type = (words: string) => workspace.run(workspace.line('nx', words), env);
      const first = await type("create -m 'Call it nickname' --rename teacher.ssn:nickname");
      assert.equal(first.code, 0, first.output);
      const old = workspace.revisions()[1]![0];
      workspace.models(entities({ teacher: 'nickname: p.string().nullable(), email: p.string().nullable()' }));
      const { code, output } = await type('create --again');
      inOrder(output, ['created ', 'revises ', `replaces ${old}, whose file is gone`, 'database ', 'does not have it']);
      assert.equal(code, 0);
      const text = written() ?? '';
      inOrder(text, ['* Call it nickname', "decisions = ['rename teacher.ssn:nickname']"]);
      assert.match(text, /add column "email"/);
      const both = await workspace.run(workspace.line('direct', 'create --again --empty'), env);
      assert.match(both.output, /--empty and --again contradict\. Nothing was run\./);
      assert.equal(both.code, 2);
    }));
});
