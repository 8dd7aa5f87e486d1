/**
 * Types docs/workflow.md, line by line, in a throw-away copy of the workspace, and compares what is printed.
 * `RECORD=1 node --test packages/migrations/test/workflow.test.ts` writes what is printed into both pages instead.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import { makeCopy, original, type Copy, type Ended } from './copy.ts';
import { asPrinted, comparable, parsePage, readPage, type File, type Typed } from './page.ts';

const english = 'docs/workflow.md';
const chinese = 'docs/workflow.zh-TW.md';
const recording = process.env['RECORD'] !== undefined;

const typed = (page: string) => parsePage(readPage(page)).filter((block) => block.kind === 'typed');

describe('the pages are in step', () => {
  it('both languages type the same', () => {
    const essence = (page: string) => parsePage(readPage(page)).map((block) => ({ ...block, output: undefined }));
    assert.deepEqual(essence(chinese), essence(english));
  });

  it('both languages print the same', { skip: recording }, () => {
    const outputs = (page: string) => typed(page).map(({ output }) => output?.text);
    assert.deepEqual(outputs(chinese), outputs(english));
  });

  it('every command exists', async () => {
    const { executors } = JSON.parse(readPage('tools/nx-mikro-orm/executors.json')) as { executors: object };
    const commands = new Set(Object.keys(executors));
    for (const page of ['README.md', 'CONTRIBUTING.md', english, chinese])
      for (const [whole, command = ''] of readPage(page).matchAll(
        /(?:nx run migrations:|npx nx-mikro-orm )([a-z][a-z-]*)/g,
      ))
        assert.ok(commands.has(command) || command === 'test', `${page}: ${whole}`);
    await Promise.resolve();
  });
});

describe('a copy of this workspace', () => {
  let copy: Copy;

  before(() => {
    copy = makeCopy();
  });
  after(() => copy.remove());

  describe('the page, typed', () => {
    const printed: string[] = [];
    for (const section of readPage(english).split(/^(?=## )/m).slice(1)) {
      const blocks = parsePage(section);
      if (blocks.length === 0) continue;
      it(/^## (.*)/.exec(section)?.[1] ?? '', { timeout: 120_000 }, async () => {
        for (const block of blocks) {
          if (block.kind === 'file') place(copy.root, block);
          else await typeBlock(copy, block, printed);
        }
      });
    }
    after(() => {
      if (recording) for (const page of [english, chinese]) record(page, printed);
    });
  });
});

/** Types the lines of a block; what they print has to be what the page says. */
async function typeBlock(copy: Copy, block: Typed, printed: string[]): Promise<void> {
  const { manner, lines, output } = block;
  if (manner === 'not run') return;
  if (manner === 'psql' && (await copy.type('command -v psql')).code !== 0) return;
  let said = '';
  for (const line of lines) {
    const { code, out } = await copy.type(`exec 2>&1; ${line}`);
    said += out;
    assert.equal(code !== 0, manner === 'fails', `${line} ended with ${code}:\n${out}`);
  }
  if (!output) return;
  const shown = asPrinted(said, copy.root);
  printed.push(shown);
  if (!recording) assert.equal(comparable(shown), comparable(output.text), lines.join('\n'));
}

/** Writes a file of the page into the copy, or the body of a class that is there already. */
function place(root: string, { path, body, text }: File): void {
  if (!body) return writeFileSync(join(root, path), text);
  const [found] = globSync(path, { cwd: root });
  assert.ok(found, path);
  const frame = readFileSync(join(root, found), 'utf8');
  const at = frame.indexOf('  override up(');
  writeFileSync(join(root, found), `${frame.slice(0, at)}${text}}\n`);
}

function record(path: string, printed: string[]): void {
  let page = readPage(path);
  const blanks = parsePage(page).flatMap((block) => (block.kind === 'typed' && block.output ? [block.output] : []));
  assert.equal(blanks.length, printed.length, `${path} has not as many outputs as were printed`);
  for (const [index, { text, at }] of [...blanks.entries()].reverse())
    page = page.slice(0, at) + (printed[index] ?? '') + page.slice(at + text.length);
  writeFileSync(join(original, path), page);
}
