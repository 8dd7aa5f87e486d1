/**
 * Types docs/workflow.md and docs/troubleshooting.md, line by line, in a throw-away copy of the workspace, and compares
 * what is printed. `RECORD=1 node --test packages/migrations/test/workflow.test.ts` writes it into the pages instead, those
 * in Chinese too; `RECORD=troubleshooting` into those of one name.
 */
import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Client } from 'pg';
import { makeCopy, original, type Copy } from './copy.ts';
import { asPrinted, comparable, parsePage, readPage, type Edit, type File, type Typed } from './page.ts';

const pages = ['workflow', 'troubleshooting'];
const languages = (page: string) => [`docs/${page}.md`, `docs/${page}.zh-TW.md`];
const recorded = process.env['RECORD'];
const recording = recorded !== undefined;

const typed = (page: string) => parsePage(readPage(page)).filter((block) => block.kind === 'typed');

describe('the pages are in step', () => {
  for (const page of pages) {
    const [english = '', chinese = ''] = languages(page);

    it(`${page}: both languages type the same`, () => {
      const essence = (file: string) => parsePage(readPage(file)).map((block) => ({ ...block, output: undefined }));
      assert.deepEqual(essence(chinese), essence(english));
    });

    it(`${page}: both languages print the same`, { skip: recording }, () => {
      const outputs = (file: string) => typed(file).map(({ output }) => output?.text);
      assert.deepEqual(outputs(chinese), outputs(english));
    });
  }

  const others = [
    'README.md',
    'CONTRIBUTING.md',
    'tools/nx-mikro-orm/README.md',
    'docs/api.md',
    'docs/create.md',
    'docs/reliability.md',
  ];
  for (const page of [...others, ...pages.flatMap(languages)])
    it(`every target and command in ${page} exists`, () => {
      const text = readPage(page);
      const named = [...text.matchAll(/nx run ([a-z-]+:[a-z][a-z-]*)/g)].map(([, target = '']) => target);
      const direct = [...text.matchAll(/npx nx-mikro-orm ([a-z][a-z-]*)/g)].map(([, name]) => `migrations:${name}`);
      const known = knownTargets();
      assert.deepEqual(
        [...named, ...direct].filter((target) => !known.has(target)),
        [],
      );
    });

  it('README begins with the two commands', () => {
    const [first, second] = [...readPage('README.md').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text]) => text);
    assert.equal(first, 'npm ci && npx nx run migrations:up\n');
    assert.equal(second, 'npm ci && npm test\n');
  });
});

/** As `project:target`: what the packages say themselves, and what the plugin adds to `migrations`. */
function knownTargets(): Set<string> {
  const { executors } = JSON.parse(readPage('tools/nx-mikro-orm/executors.json')) as { executors: object };
  const known = new Set(Object.keys(executors).map((command) => `migrations:${command}`));
  for (const manifest of globSync(['packages/*/package.json', 'tools/*/package.json'], { cwd: original })) {
    const { nx } = JSON.parse(readPage(manifest)) as { nx?: { name: string; targets?: object } };
    for (const target of Object.keys(nx?.targets ?? {})) known.add(`${nx?.name}:${target}`);
  }
  for (const project of globSync('tools/*/project.json', { cwd: original })) {
    const { name, targets } = JSON.parse(readPage(project)) as { name: string; targets: object };
    for (const target of Object.keys(targets)) known.add(`${name}:${target}`);
  }
  return known;
}

describe('a copy of this workspace', () => {
  let copy: Copy;

  before(() => {
    copy = makeCopy();
  });
  after(() => copy.remove());

  /** Today's models, history and database, whatever a page has left. */
  const reset = async () => {
    const { code, out } = await copy.type(
      'exec 2>&1; git reset --quiet --hard && git clean --quiet -fd && git switch --quiet main',
    );
    assert.equal(code, 0, out);
  };

  for (const page of pages.filter((name) => !recorded || recorded === '1' || recorded === name))
    describe(`docs/${page}.md, typed`, () => {
      const [english = '', chinese = ''] = languages(page);
      const printed: string[] = [];
      before(async () => {
        await reset();
        const { code, out } = await copy.type('exec 2>&1; nx-mikro-orm fresh');
        assert.equal(code, 0, out);
      });
      for (const section of readPage(english)
        .split(/^(?=## )/m)
        .slice(1)) {
        const blocks = parsePage(section);
        if (blocks.length === 0) continue;
        it(/^## (.*)/.exec(section)?.[1] ?? '', { timeout: 120_000 }, async () => {
          for (const block of blocks) {
            if (block.kind === 'file') place(copy.root, block);
            else if (block.kind === 'edit') edit(copy.root, block);
            else await typeBlock(copy, block, printed);
          }
        });
      }
      after(() => {
        if (recording) for (const file of [english, chinese]) record(file, printed);
      });
    });

  describe('what the page promises', { skip: recording }, () => {
    const models = 'packages/models/src/teacher.ts';
    const revisions = () => readdirSync(join(copy.root, 'packages/migrations/revisions'));
    const direct = async (line: string) => (await copy.type(`nx-mikro-orm ${line}`)).code;

    /** Adds a property to the model of teachers. */
    const extend = (line: string) => {
      const file = join(copy.root, models);
      writeFileSync(file, readFileSync(file, 'utf8').replace('    name: p.', `    ${line}\n    name: p.`));
    };

    beforeEach(reset);

    it('deleting the teacher deletes the code', async () => {
      assert.equal(await direct('fresh'), 0);
      const { out } = await copy.type('nx-mikro-orm url');
      const client = new Client({ connectionString: out.trim() });
      await client.connect();
      try {
        const { rows: columns } = await client.query(
          `select column_name, data_type, is_nullable, column_default from information_schema.columns
           where table_name = 'invite_code' and column_name in ('code', 'is_used', 'teacher_id') order by 1`,
        );
        assert.deepEqual(columns.map(Object.values), [
          ['code', 'character varying', 'NO', null],
          ['is_used', 'boolean', 'NO', 'false'],
          ['teacher_id', 'integer', 'YES', null],
        ]);
        const insert = `insert into invite_code (code, teacher_id) values ('ABC', (select max(id) from teacher))`;
        await client.query(`insert into teacher (name, email) values ('Mei', 'mei@example.invalid')`);
        await client.query(insert);
        await assert.rejects(client.query(insert), { code: '23505' });
        await client.query('delete from teacher');
        assert.deepEqual((await client.query('select * from invite_code')).rows, []);
      } finally {
        await client.end();
      }
    });

    it("MikroORM's own schema generator finds nothing to do, though no model describes the journal", async () => {
      assert.equal(await direct('up'), 0);
      const { out } = await copy.type('mikro-orm schema:update --dump');
      assert.match(out, /Schema is up-to-date/);
    });

    it('`check` tells the missing statement; 3 directly, 1 through Nx; `create` and `up` fix it', async () => {
      extend('phone: p.string().length(32).nullable(),');
      const { code, out } = await copy.type('exec 2>&1; nx run migrations:check');
      assert.equal(code, 1);
      assert.match(out, /alter table "teacher" add column "phone" varchar\(32\);/);
      assert.equal(await direct('check'), 3);
      assert.equal(await direct('create -m "Give teachers a telephone number"'), 0);
      assert.equal(await direct('up'), 0);
      assert.equal(await direct('check'), 0);
      assert.equal(await direct('down'), 0);
    });

    it('a word that names nothing is a mistake in the command', async () => {
      assert.equal(await direct('up typo'), 2);
      assert.equal(await direct('down typo'), 2);
    });

    it('`verify` is kept by Nx until a model changes', async () => {
      const verify = async () => (await copy.type('nx run migrations:verify')).out;
      const kept = /existing outputs match the cache|local cache|read the output from the cache/;
      await verify();
      assert.match(await verify(), kept);
      extend('// Another comment.');
      assert.doesNotMatch(await verify(), kept);
    });

    it('a message arrives through Nx as it was typed, and nothing in it is run', async () => {
      const message = `It's "quoted" $HOME \`touch ran\` $(touch ran) \\ 邀請碼 🎉`;
      const before = new Set(revisions());
      const { code, err } = await copy.type('nx run migrations:create --empty -m "$MESSAGE"', { MESSAGE: message });
      assert.equal(code, 0, err);
      const [made = '', ...more] = revisions().filter((file) => !before.has(file));
      assert.deepEqual(more, []);
      const text = readFileSync(join(copy.root, 'packages/migrations/revisions', made), 'utf8');
      assert.ok(text.includes(`/** ${message} */`), text);
      assert.equal(existsSync(join(copy.root, 'ran')), false);
      assert.equal(await direct('heads'), 0);
    });
  });
});

const typedThroughNx = new Set<string>();

/** Each command as it stands the first time, and without Nx from then on; the very first also by npx, which takes a second. */
function directly(line: string): string {
  const command = /(?<=^|^DATABASE_URL=.* )npx nx run migrations:([\w-]+)/.exec(line);
  const known = command?.[1] && (recording || typedThroughNx.has(command[1]));
  const byNpx = typedThroughNx.size === 0 && !recording;
  if (command?.[1]) typedThroughNx.add(command[1]);
  const typed = known ? line.replace(command[0], `nx-mikro-orm ${command[1]}`) : line;
  return byNpx ? typed : typed.replaceAll(/\bnpx (?=nx|mikro-orm)/g, '');
}

/** Types the lines of a block; what they print has to be what the page says. */
async function typeBlock(copy: Copy, block: Typed, printed: string[]): Promise<void> {
  const { manner, lines, output } = block;
  if (manner === 'not run') return;
  if (manner === 'psql' && (await copy.type('command -v psql')).code !== 0) return;
  let said = '';
  for (const line of lines.map((line) => directly(line))) {
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
  const at = frame.search(/^ *override up\(/m);
  writeFileSync(join(root, found), `${frame.slice(0, at)}${text}}\n`);
}

function edit(root: string, { path, from, to }: Edit): void {
  const parts = readFileSync(join(root, path), 'utf8').split(from);
  assert.equal(parts.length, 2, `${path} has this ${parts.length - 1} times:\n${from}`);
  writeFileSync(join(root, path), parts.join(to));
}

function record(path: string, printed: string[]): void {
  let page = readPage(path);
  const blanks = parsePage(page).flatMap((block) => (block.kind === 'typed' && block.output ? [block.output] : []));
  assert.equal(blanks.length, printed.length, `${path} has not as many outputs as were printed`);
  for (const [index, { text, at }] of [...blanks.entries()].reverse())
    page = page.slice(0, at) + (printed[index] ?? '') + page.slice(at + text.length);
  writeFileSync(join(original, path), page);
}
