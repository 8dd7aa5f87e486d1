import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'acorn';
import { format, type Options } from 'prettier';
import { normalCode } from './code.ts';

describe('the same', () => {
  const cases: [string, string, string][] = [
    ['formatting', 'a(b,c)', ' a ( b ,\n\n c )\n;\n'],
    ['comments', 'a(/* b */); // c', '/** d */ a()'],
    ['semicolons that JavaScript puts by itself', 'a\nb()', 'a; b();'],
    ['a return without a value', 'function f() { return\na }', 'function f() { return; a; }'],
    ['the last one of a loop', 'do a(); while (b)\nc()', 'do a(); while (b); c();'],
    ['the last one of a block', 'function f() { return a }', 'function f() { return a; }'],
    ['empty statements', ';a;;function f() {;b;;}', 'a; function f() { b }'],
    ['commas after the last of a list', 'f(a, [b,], { c, },)', 'f(a, [b], { c })'],
    ['quotes', `a('it\\'s "x"', 'é')`, `a("it's \\"x\\"", "\\u00e9")`],
    ['line endings', 'a\r\nb = `c\r\nd`', 'a\nb = `c\nd`'],
    ['a byte order mark', '\uFEFFa', 'a'],
    [
      'types',
      'const a: Map<string, number[]> = b as never; type C = 1; f<D>(a!, (e: F): void => {})',
      'const a = b; f(a, (e) => {})',
    ],
    [
      'what TypeScript adds to classes',
      'class A extends B<C> implements D { private readonly a?: 1 = 1; override f(this: A): void {} }',
      'class A extends B { a = 1; f() {} }',
    ],
    ['imports of types', "import type { A } from 'a';\nimport { b } from 'b';", "import { b } from 'b'"],
  ];
  for (const [title, left, right] of cases) it(title, () => assert.equal(normalCode(left), normalCode(right)));
});

describe('not the same', () => {
  const cases: [string, string, string][] = [
    ['another name', 'a()', 'b()'],
    ['a return with a value in the next line', 'function f() { return\na }', 'function f() { return a }'],
    ['words that grow together', 'typeof a', 'typeofa'],
    ['operators that grow together', 'a + +b', 'a ++\nb'],
    ['white space in a text', "a = 'b  c'", "a = 'b c'"],
    ['white space in a template', 'a = `b  c`', 'a = `b c`'],
    ['a line in a template', 'a = `b\nc`', 'a = `b c`'],
    ['white space in a template beside a value', 'a = `${b} `', 'a = `${b}`'],
    ['a comment in a template', 'a = `/* b */`', 'a = ``'],
    ['white space in a regular expression', '/a  b/', '/a b/'],
    ['an empty part of a for', 'for (;;) {}', 'for (; a;) {}'],
    ['an empty body', 'if (a);\nb()', 'if (a) b()'],
    ['holes in a list', '[,]', '[]'],
    ['two holes', '[a,,]', '[a,]'],
    ['a text and a template', 'a = "b"', 'a = `b`'],
    ['parentheses', '(a + b) * c', 'a + b * c'],
    ['an await', 'await a()', 'a()'],
  ];
  for (const [title, left, right] of cases) it(title, () => assert.notEqual(normalCode(left), normalCode(right)));
});

it('what cannot be read stays as it is, with line feeds', () => {
  assert.equal(normalCode('enum A { B }\r\n'), 'enum A { B }\n');
  assert.equal(normalCode('class {'), 'class {');
});
it('says nothing on standard error', (t) => {
  const warned = t.mock.method(process, 'emitWarning');
  normalCode('let a: string');
  assert.equal(warned.mock.callCount(), 0);
  assert.equal(process.emitWarning, warned);
});

/** A syntax tree without positions, spelling and empty statements. */
const tree = (code: string): unknown =>
  JSON.parse(JSON.stringify(parse(code, { ecmaVersion: 'latest', sourceType: 'module' })), (key, value: unknown) => {
    if (['start', 'end', 'raw'].includes(key)) return undefined;
    return Array.isArray(value)
      ? value.filter((each: { type?: string } | null) => each?.type !== 'EmptyStatement')
      : value;
  });

describe("this engine's own sources", () => {
  const folder = join(import.meta.dirname, '..');
  const files = ['author', 'catalogue/kinds', 'history', 'postgres/embedded', 'sql']
    .flatMap((room) => readdirSync(join(folder, room)).map((file) => join(folder, room, file)))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    // Whether Prettier puts a thrown alternative in parentheses depends on the width of the line, and they stay.
    .filter((file) => !/throw \(?\s*\w+ \?\?/.test(readFileSync(file, 'utf8')))
    .slice(0, 30);
  const styles: Options[] = [
    { semi: false, singleQuote: false },
    { trailingComma: 'none', useTabs: true, bracketSpacing: false, endOfLine: 'crlf' },
  ];
  // Prettier puts an alternative that an arrow function returns in parentheses, unless it breaks the line.
  const bare = (code: string) => code.replace(/[()\s]/g, '');
  it("mean the same in their normal form, and Prettier's styles change nothing", async () => {
    assert.equal(files.length, 30);
    for (const file of files) {
      const source = readFileSync(file, 'utf8');
      const styled = (style: Options) =>
        format(source, { parser: 'typescript', singleQuote: true, printWidth: 120, ...style });
      assert.deepEqual(tree(normalCode(source)), tree(stripTypeScriptTypes(source)), file);
      const normal = normalCode(await styled({}));
      assert.equal(normalCode(normal), normal, file);
      for (const style of styles) assert.equal(normalCode(await styled(style)), normal, file);
      assert.equal(bare(normalCode(await styled({ printWidth: 40 }))), bare(normal), file);
    }
  });
});
