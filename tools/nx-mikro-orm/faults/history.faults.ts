import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inCase } from './apparatus/case.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { ledger, refused, tables, three } from './apparatus/three.ts';

describe('A file that is not what was applied', { concurrency: 2 }, () => {
  it(
    'is gone: up and down refuse, name it, when, by whom and from where, and run nothing; status says "missing"',
    inCase(async (the) => {
      const [, b, c] = await three(the);
      the.remove(c);
      the.write('d', { up: ['create table d (id int)'], revises: b });
      const known = [c, /20\d\d-\d\d-\d\dT/, /@/, /commit [0-9a-f]{7}/];
      refused(await the.run('up'), ...known);
      refused(await the.run('down', '--accept-data-loss'), ...known);
      assert.deepEqual(await tables(the), ['a', 'b', 'c']);
      const status = await the.run('status', '--check');
      exits(status, 4);
      assert.match(status.said, new RegExp(`missing[^\\n]*${c}`));
    }),
  );

  it(
    'is gone, and there is no git: up refuses, too',
    inCase(async (the) => {
      const [, , c] = await three(the, 0);
      const nowhere = { env: { PATH: the.root } };
      exits(await the.runIn(nowhere, 'up'), 0);
      assert.deepEqual(await the.values('select distinct commit from mikro_orm_migrations'), [null]);
      the.remove(c);
      refused(await the.runIn(nowhere, 'up'), c);
    }),
  );

  const edited = (title: string, change: (text: string) => string, code: 0 | 4) =>
    it(
      title,
      inCase(async (the) => {
        const [a, , c] = await three(the, 2);
        the.edit(a, change);
        const ended = await the.run('up');
        if (code === 0) exits(ended, 0);
        else refused(ended, a);
        assert.deepEqual(await tables(the), code === 0 ? ['a', 'b', 'c'] : ['a', 'b']);
        assert.equal((await ledger(the)).includes(c), code === 0);
        exits(await the.run('status', '--check'), code, 'status --check');
      }),
    );
  edited(
    'says something else: up refuses, and shows both',
    (text) => text.replace('create table a (id int)', 'create table a (id bigint)'),
    4,
  );
  edited(
    'has one statement more: up refuses',
    (text) => text.replace('override up() {', `override up() {\n    this.addSql('create table x (id int)');`),
    4,
  );
  edited(
    'differs in a string inside of its SQL: up refuses',
    (text) => text.replace('create table a (id int)', `create table a (id int default length('  '))`),
    4,
  );
  edited(
    'has other comments: up goes on',
    (text) => `// Reviewed.\n${text.replace('override up()', '/* up */ override up()')}`,
    0,
  );
  edited(
    'has comments in its SQL: up goes on',
    (text) => text.replace('create table a (id int)', 'create table a /* ids */ (id int) -- done'),
    0,
  );
  edited('has other line endings (CRLF): up goes on', (text) => text.replaceAll('\n', '\r\n'), 0);
  edited('begins with a byte order mark: up goes on', (text) => `\ufeff${text}`, 0);
  edited('is formatted differently: up goes on', (text) => text.replaceAll('\n    ', '\n\t\t').replaceAll('"', "'"), 0);
  edited(
    'has its SQL formatted differently: up goes on',
    (text) => text.replace('create table a (id int)', 'CREATE  TABLE a\\n(\\n  id INT\\n)'),
    0,
  );

  it(
    'says something else while the database is up to date: up refuses then, too',
    inCase(async (the) => {
      const [a] = await three(the);
      the.edit(a, (text) => text.replace('create table a (id int)', 'create table a (id bigint)'));
      refused(await the.run('up'), a);
    }),
  );

  it(
    'has another name: up refuses and names the old one',
    inCase(async (the) => {
      const [, , c] = await three(the);
      the.rename(c, `${c}_renamed`);
      refused(await the.run('up'), `${c}\\b`);
      assert.deepEqual(await ledger(the), (await ledger(the)).slice(0, 3));
    }),
  );
});

describe('A broken history', { concurrency: 2 }, () => {
  it(
    'a late file, linked before an applied one: up refuses with both names, --late allow applies it, --late skip does not',
    inCase(async (the) => {
      const [a, b, c] = await three(the);
      const late = the.write('d', { up: ['create table d (id int)'], revises: a });
      the.edit(b, (text) => text.replace(a, late));
      refused(await the.run('up'), late, b);
      assert.deepEqual(await tables(the), ['a', 'b', 'c']);
      const skipped = await the.run('up', '--late', 'skip');
      exits(skipped, 0);
      assert.match(skipped.said, new RegExp(late));
      assert.deepEqual(await tables(the), ['a', 'b', 'c']);
      exits(await the.run('up', '--late', 'allow'), 0);
      assert.deepEqual(await tables(the), ['a', 'b', 'c', 'd']);
      assert.deepEqual(await ledger(the), [a, b, c, late]);
    }),
  );

  it(
    'a late file without a link, sorted before applied ones: up refuses',
    inCase(async (the) => {
      const unlinked = (stamp: string, table: string) => {
        const name = the.write(table, { stamp, up: [`create table ${table} (id int)`] });
        the.edit(name, (text) => text.replace(/ {2}static readonly revises.*\n/, ''));
        return name;
      };
      unlinked('20260101000000', 'a');
      const c = unlinked('20260103000000', 'c');
      exits(await the.run('up'), 0);
      const b = unlinked('20260102000000', 'b');
      refused(await the.run('up'), b, c);
      assert.deepEqual(await tables(the), ['a', 'c']);
    }),
  );

  it(
    'two heads: up refuses and names both',
    inCase(async (the) => {
      const [, b, c] = await three(the, 2);
      const other = the.write('d', { up: ['create table d (id int)'], revises: b });
      refused(await the.run('up'), c, other);
      assert.deepEqual(await tables(the), ['a', 'b']);
    }),
  );

  it(
    'a circle: up refuses and shows it',
    inCase(async (the) => {
      const [a, b, c] = await three(the, 0);
      the.edit(a, (text) => text.replace('revises = null', `revises = "${c}"`));
      refused(await the.run('up'), a, b, c);
      assert.deepEqual(await tables(the), []);
    }),
  );

  it(
    'a link to a file that is not there: up refuses and names it',
    inCase(async (the) => {
      const [a, b] = await three(the, 0);
      the.remove(a);
      refused(await the.run('up'), a, b);
    }),
  );

  it(
    'a folder or a link to nothing under the name of a revision: up refuses and names it; what an editor leaves beside is none of it',
    inCase(async (the) => {
      const a = the.write('a', { up: ['create table a (id int)'] });
      symlinkSync('user@host.1234:1700000000', the.path(`.#${a}`));
      mkdirSync(the.path('helpers'));
      exits(await the.run('up'), 0);
      const path = the.path('Migration20260101009999_odd');
      for (const make of [() => mkdirSync(path), () => symlinkSync('/nowhere', path)]) {
        make();
        const ended = await the.run('up');
        exits(ended, 4);
        assert.match(ended.said, /Migration20260101009999_odd cannot be loaded: it is a (folder|link)/);
        rmSync(path, { recursive: true });
      }
    }),
  );

  it(
    'a file where the folder of revisions should be: the run fails and names it',
    inCase(async (the) => {
      const folder = join(the.root, 'revisions');
      rmSync(folder, { recursive: true });
      writeFileSync(folder, '');
      const ended = await the.run('up');
      exits(ended, 1);
      assert.match(ended.said, /could not read .*revisions: it is no folder/);
    }),
  );

  it(
    'the same revision as .ts and .js: up refuses',
    inCase(async (the) => {
      const [a] = await three(the, 0);
      writeFileSync(the.path(a).replace(/ts$/, 'js'), 'export class X {}');
      refused(await the.run('up'), a);
      rmSync(the.path(a).replace(/ts$/, 'js'));
    }),
  );

  it(
    'a file with conflict markers: up refuses before the first revision runs',
    inCase(async (the) => {
      const [, b] = await three(the, 0);
      the.edit(b, (text) => text.replace('override up', '<<<<<<< ours\n  override up'));
      const ended = await the.run('up');
      exits(ended, 4);
      assert.match(ended.said, new RegExp(b));
      const applied = await tables(the);
      assert.ok(applied.length < 2, `nothing after the broken one: ${applied.join()}`);
    }),
  );
});

passwordStaysHidden();
