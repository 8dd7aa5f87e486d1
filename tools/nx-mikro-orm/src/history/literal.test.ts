import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { formatStatement, revisionText } from '../author/file/file.ts';
import { importFresh, type MigrationClass } from './class.ts';
import { irreversibleReason } from '../revision/irreversible.ts';
import { literalRevision, type Literal } from './literal.ts';

const className = 'Migration20260101000000_a';
const importLine = `import { Migration } from '@mikro-orm/migrations';`;
const file = (members: string) => `${importLine}\n\nexport class ${className} extends Migration {\n${members}\n}\n`;
const upOf = (body: string) => file(`  override up(): void {\n${body}\n  }`);
const refusing = (down: string) =>
  `${upOf('this.addSql(`a`);')}`
    .replace(importLine, `${importLine}\nimport { irreversible } from 'nx-mikro-orm/revision';`)
    .replace(/\}\n$/, `${down}\n}\n`);

// Inside the workspace, because the files import MikroORM.
const home = join(import.meta.dirname, '../../.nx-mikro-orm/tests');
mkdirSync(home, { recursive: true });
const folder = mkdtempSync(join(home, 'literal-'));
after(() => rmSync(folder, { recursive: true }));

/** What importing the file gives. */
async function imported(text: string): Promise<Literal> {
  const hash = createHash('sha256').update(text).digest('hex');
  const path = join(folder, `${hash}.ts`);
  writeFileSync(path, text);
  const [Class] = Object.values(await importFresh(path, hash)) as [MigrationClass];
  const queued = async (direction: 'up' | 'down') => {
    const migration = new Class(undefined as never, undefined as never);
    await migration[direction]();
    return migration.getQueries() as string[];
  };
  let irreversible: string | undefined;
  return {
    className: Class.name,
    up: await queued('up'),
    down: await queued('down').catch((error: Error) => {
      irreversible = irreversibleReason(error, 'down') || undefined;
      assert.match(error.message, /cannot be reverted|irreversible/);
      return undefined;
    }),
    irreversible,
    transactional: new Class(undefined as never, undefined as never).isTransactional(),
  };
}

describe('read without importing: it is what importing gives', () => {
  const cases: [string, string][] = [
    ['nothing to do', file('up() {}')],
    ['no down', upOf('this.addSql(`select 1`);')],
    ['irreversible', refusing(`override down(): void {\n    irreversible('it is "gone"');\n  }`)],
    ['irreversible, otherwise spelled', refusing('async down(): Promise<void> { irreversible(\n`it\\`s gone`,\n) }')],
    ['a down that may be irreversible and is not', refusing('down() { this.addSql(`b`); }')],
    ['an empty down', file('up() { this.addSql(`a`); }\ndown() {}')],
    ['all three quotes', upOf('this.addSql(`a`); this.addSql(\'b\'); this.addSql("c");')],
    ['async and promises', file('async up(): Promise<void> { this.addSql(`a`); }\noverride async down() {}')],
    ['what stock MikroORM writes', file(`  override name = '${className}';\n\n  up(): void | Promise<void> {\n  }`)],
    ['as Prettier breaks it', upOf('    this.addSql(\n      `select 1`,\n    );')],
    ['spread over lines', upOf('this\n.addSql\n(\n`a`\n)\n;')],
    ['without semicolons', file(`static revises = null\nup() {\nthis.addSql('a')\nthis.addSql('b')\n}`)],
    ['too many semicolons', file(';up() { ;;this.addSql(`a`);; };;') + ';;'],
    ['outside a transaction', file('up() {}\noverride isTransactional(): boolean {\n return false;\n}')],
    ['inside one, expressly', file('isTransactional() { return true }\nup() {}')],
    ['static fields', file(`static revises = 'x';\nstatic readonly replaces = ['a', "b", \`c\`,];\nup() {}`)],
    ['typed fields', file(`static readonly revises: string | readonly string[] | null = null;\nup() {}`)],
    ['comments everywhere', `/* it's */${upOf('// `\nthis/**/.addSql(/* ` */`a`/* */)//;\n;')}// end`],
    [
      'double quotes around the package',
      `import { Migration } from "@mikro-orm/migrations"\n${file('up() {}').slice(51)}`,
    ],
    ['a byte order mark', `\uFEFF${file('up() {}')}`],
    ['Windows lines', upOf('this.addSql(`a\r\nb`);\n// `\nthis.addSql("c");').replaceAll('\n', '\r\n')],
    ['old Mac lines', upOf('this.addSql(`a\rb\r\rc`);').replaceAll('\n', '\r')],
    ['a line separator ends a comment', upOf('// no\u2028this.addSql(`a`);\u2029// no')],
    ['a line separator in a string', upOf('this.addSql("a\u2028b");')],
    ['escapes', upOf('this.addSql(`\\\\ \\` \\$ \\${ \\\' \\" \\n \\r \\t $`);')],
    ['escapes in quotes', upOf(`this.addSql('\\\\ \\' \\" \\\` \\$ \${a} \\n\\r\\t');`)],
    ['a backslash last', upOf('this.addSql(`\\\\`); this.addSql("\\\\"); this.addSql(\'\\\\\\\\\');')],
    ['dollars', upOf('this.addSql(`$$ select $1 $a$ $ {b} \\${`);')],
    ['comments in a text', upOf("this.addSql(`/* no */ -- it's\n// no`);")],
    ['a class in a text', upOf('this.addSql(`} } export class B extends Migration {`);')],
    ['other alphabets', upOf("this.addSql(`comment on table a is '教師 🎓 é'`);").replaceAll('_a', '_é')],
    ['blank statements', upOf('this.addSql(``); this.addSql(" \\n");')],
    ['a return type that lies', file('async up(): void {}')],
  ];
  for (const [title, text] of cases)
    it(title, async () => {
      const found = literalRevision(text);
      assert.ok(found, text);
      assert.deepEqual(found, await imported(text));
    });

  it('what create writes, whatever the statements', async () => {
    const letters = [
      '`',
      '\\',
      '$',
      '{',
      '}',
      "'",
      '"',
      '\n',
      '\r',
      '\r\n',
      '\t',
      '${',
      '*/',
      '//',
      ' ',
      'é',
      '\u2028',
      'a',
    ];
    let seed = 1;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    for (let round = 0; round < 100; round++) {
      const statement = () => Array.from({ length: random(200) }, () => letters[random(letters.length)]).join('');
      const wide = formatStatement(
        `create table "a" (${Array.from({ length: 9 }, (_, at) => `"c${at}" int not null`).join(', ')})`,
      );
      const statements = { up: [statement(), wide, statement()], down: [statement()] };
      const text = revisionText({ name: className, message: statement(), revises: 'Migration1', statements });
      const found = literalRevision(text);
      assert.deepEqual(found, { className, ...statements, irreversible: undefined, transactional: true }, text);
      if (round < 20) assert.deepEqual(found, await imported(text), text);
    }
  });
  it('the skeleton that create writes', () => {
    const text = revisionText({ name: className, message: 'x', revises: undefined, statements: undefined });
    assert.deepEqual(literalRevision(text), {
      className,
      up: [],
      down: [],
      irreversible: undefined,
      transactional: true,
    });
  });
});

describe('left to importing', () => {
  const cases: [string, string][] = [
    ['nothing at all', ''],
    ['no class', importLine],
    ['no up', file('down() {}')],
    ['two classes', `${file('up() {}')}export class B extends Migration { up() {} }`],
    ['another import', `import { a } from './a.ts';\n${file('up() {}')}`],
    ['an import more', importLine.replace('{ Migration }', '{ Migration, type A }') + file('up() {}').slice(51)],
    [
      'irreversible from elsewhere',
      refusing('down() { irreversible(`a`); }').replace('nx-mikro-orm/revision', './a.ts'),
    ],
    [
      'irreversible under another name',
      refusing('down() { no(`a`); }').replace('irreversible }', 'irreversible as no }'),
    ],
    ['irreversible that nobody imported', upOf('').replace(/\}\n$/, 'down() { irreversible(`a`); }\n}\n')],
    ['irreversible after a statement', refusing('down() { this.addSql(`a`); irreversible(`b`); }')],
    ['irreversible and more', refusing('down() { irreversible(`b`); this.addSql(`a`); }')],
    ['irreversible with a computed reason', refusing('down() { irreversible(a); }')],
    ['up that is irreversible', refusing('down() {}').replace('this.addSql(`a`)', 'irreversible(`a`)')],
    ['another base class', file('up() {}').replace('extends Migration', 'extends MigrationBase')],
    ['an implemented interface', file('up() {}').replace('Migration {', 'Migration implements A {')],
    ['code before', `console.log(1);\n${file('up() {}')}`],
    ['code after', `${file('up() {}')}console.log(1);`],
    ['a class without export', file('up() {}').replace('export ', '')],
    ['a class with another kind of name', file('up() {}').replace(className, 'class')],
    ['a class that hides what it extends', file('up() {}').replace(className, 'Migration')],
    ['a field of its own', file('a = 1;\nup() {}')],
    ['a computed link', file('static revises = `x${1}`;\nup() {}')],
    ['a link with an escape', file(`static revises = 'x\\u0041';\nup() {}`)],
    ['a constructor', file('constructor() { super(null, null); }\nup() {}')],
    ['a method more', file('up() {}\naddSql() {}')],
    ['up twice', file('up() { this.addSql(`a`); }\nup() {}')],
    ['a static up', file('static up() {}')],
    ['up as a field', file('up = () => {};')],
    ['up that generates', file('*up() {}')],
    ['a parameter', file('up(a = 1) {}')],
    ['two statements on a line without a semicolon', upOf('this.addSql(`a`) this.addSql(`b`)')],
    ['code', upOf('if (1) this.addSql(`a`);')],
    ['a call of something else', upOf('this.execute(`a`);')],
    ['another object', upOf('that.addSql(`a`);')],
    ['a chain', upOf('this.addSql(`a`).b;')],
    ['two arguments', upOf('this.addSql(`a`, `b`);')],
    ['no argument', upOf('this.addSql();')],
    ['a sum', upOf('this.addSql(`a` + `b`);')],
    ['a tag', upOf('this.addSql(sql`a`);')],
    ['a name', upOf('this.addSql(a);')],
    ['a value in the text', upOf('this.addSql(`a ${1}`);')],
    ['a value after a backslash pair', upOf('this.addSql(`a \\\\${1}`);')],
    ['a unicode escape', upOf('this.addSql(`\\u0041`);')],
    ['an escape that needs none', upOf('this.addSql(`\\{`);')],
    ['an octal escape', upOf('this.addSql("\\0");')],
    ['a continued line', upOf('this.addSql("a\\\nb");')],
    ['a quoted text over two lines', upOf('this.addSql("a\nb");')],
    ['a text without end', upOf('this.addSql(`a);')],
    ['a comment without end', `${file('up() {}')}/* `],
    ['isTransactional with a condition', file('up() {}\nisTransactional() { return !1; }')],
    ['isTransactional as a promise', file('up() {}\nasync isTransactional() { return false; }')],
    ['isTransactional whose return stands alone', file('up() {}\nisTransactional() { return\nfalse; }')],
    ['isTransactional without an answer', file('up() {}\nisTransactional() {}')],
    ['a missing brace', file('up() {}').replace(/\}\n$/, '')],
  ];
  for (const [title, text] of cases) it(title, () => assert.equal(literalRevision(text), undefined));
});

// With more than a bounded number of looks at each character, this would not end.
it('20 MB of SQL are read in linear time', () => {
  const sql = "select 1; -- it's\n".repeat(1_200_000);
  assert.equal(literalRevision(upOf(`this.addSql(\`${sql}\`);`))?.up[0], sql);
  assert.equal(literalRevision(upOf(`this.addSql(${JSON.stringify(sql)});`))?.up[0], sql);
  assert.deepEqual(literalRevision(`${'// a\n'.repeat(4_000_000)}${upOf('')}`)?.up, []);
});
