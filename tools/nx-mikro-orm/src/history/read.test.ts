import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { revisionText } from '../author/file/file.ts';
import { readRecord } from '../diff/questions/decision.ts';
import { literalRevision } from './literal.ts';
import { outline, readRevisions } from './read.ts';

describe('outline', () => {
  const cases: [string, string, unknown][] = [
    ['a link', `class A {\n  static readonly revises = 'x';\n}`, [['x'], 2]],
    ['double quotes', `static revises = "x";`, [['x'], 1]],
    ['a type', `static readonly revises: string | null = 'x';`, [['x'], 1]],
    ['no parent', `static readonly revises = null;`, [[], 1]],
    ['two parents', `static readonly revises = ['x', 'y'];`, [['x', 'y'], 1]],
    ['none', `class A { up() { this.addSql('select 1') } }`, [undefined, undefined]],
    ['in a comment', `// static revises = 'no';\n/* static revises = 'no'; */`, [undefined, undefined]],
    ['in a string', `const a = "static revises = 'no';";`, [undefined, undefined]],
    ['in a template', `x\`\nstatic revises = 'no';\``, [undefined, undefined]],
    ['after an apostrophe in a comment', `// it's\nstatic revises = 'x';`, [['x'], 2]],
    ['after an escaped quote', `const a = 'it\\'s';\nstatic revises = 'x';`, [['x'], 2]],
    ['no semicolons', `class A {\n static revises = 'x'\n static generated = 'y'\n}`, [['x'], 2]],
    ['a comment before the name', `static revises = /* 'old' */ 'x';`, [['x'], 1]],
    ['over several lines', `static revises = [\n  'x', // 'old'\n  "y",\n];`, [['x', 'y'], 1]],
    ['computed', `static revises = before('x');`, [[], 1]],
    ['windows lines', `class A {\r\n  static revises = 'x';\r\n}`, [['x'], 2]],
  ];
  for (const [title, text, expected] of cases)
    it(title, () => {
      const { link, linkLine } = outline(text);
      assert.deepEqual([link, linkLine], expected);
    });

  it('what it replaces', () => {
    assert.deepEqual(outline(`static readonly replaces = ['x', 'y'];\nstatic revises = null;`).replaces, ['x', 'y']);
    assert.deepEqual(outline(`static readonly replaces: string[] = [\n'x',\n];`).replaces, ['x']);
    assert.deepEqual(outline(`// static replaces = ['x'];\nstatic revises = 'y';`).replaces, []);
  });
  it('what was decided', () => {
    const decisions = ['rename teacher.ssn:nickname', `fill "a\\b".c:'it''s'\n`, 'drop "`x`"'];
    const text = revisionText({
      name: 'Migration20260101000000',
      message: undefined,
      revises: undefined,
      statements: { up: ['select 1'], down: [] },
      decisions: decisions.map(readRecord),
    });
    assert.deepEqual(
      outline(text).decisions,
      decisions.map((one) => one.trim()),
    );
    assert.deepEqual(literalRevision(text)?.up, ['select 1'], 'it need not be imported');
  });
  it('what is generated', () => assert.equal(outline(`static readonly generated = 'abc'`).generated, 'abc'));

  it('20 MB of SQL are read in linear time', () => {
    const text = `class A {\n up() { this.addSql(\`${'select 1; -- it"s\n'.repeat(1_200_000)}\`) }\n static revises = 'x';}`;
    assert.deepEqual(outline(text).link, ['x']);
  });
});

describe('readRevisions', () => {
  const inFolder = (files: Record<string, string>, work: (folder: string) => void) => {
    const folder = mkdtempSync(join(tmpdir(), 'revisions-'));
    try {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
      work(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it('takes revisions only: no barrel, no test, no declaration', () =>
    inFolder(
      {
        'Migration20260101000000_a.ts': '',
        'Migration20260101000000_a.test.ts': '',
        'Migration20260102000000.js': '',
        'Migration20260101000000_a.d.ts': '',
        'index.ts': '',
        '.snapshot.json': '',
      },
      (folder) =>
        assert.deepEqual(
          readRevisions(folder).map(({ name }) => name),
          ['Migration20260101000000_a', 'Migration20260102000000'],
        ),
    ));
  it('takes every file that stock MikroORM would run, whatever it is called, in its order', () => {
    const stock = (name: string) => `export class ${name} extends Migration { async up() {} }`;
    return inFolder(
      {
        '20240101-teachers.ts': stock('Teachers'),
        'InitialSetup.ts': stock('InitialSetup1699'),
        'Migration202401011200.cjs': `class Migration202401011200 extends migrations_1.Migration {}`,
        'Migration20260101000000.ts': stock('Migration20260101000000'),
        'helpers.ts': 'export const table = "teacher"; // for what extends Migration',
        'index.ts': "export * from './InitialSetup.ts';",
      },
      (folder) =>
        assert.deepEqual(
          readRevisions(folder).map(({ name }) => name),
          ['20240101-teachers', 'InitialSetup', 'Migration202401011200', 'Migration20260101000000'],
        ),
    );
  });
  it('refuses the same revision twice', () =>
    inFolder({ 'Migration20260101000000_a.ts': '', 'Migration20260101000000_a.js': '' }, (folder) =>
      assert.throws(() => readRevisions(folder), /Two files are the same revision/),
    ));
  it('a missing folder is an empty history', () => assert.deepEqual(readRevisions('/nowhere/at/all'), []));
});
