import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inCase, type Case } from './apparatus/case.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { refused } from './apparatus/three.ts';

const log = (the: Case) => the.values('select what from log order by n');
const say = (what: string) => `insert into log (what) values ('${what}')`;

/** A revision of which the statement in the middle has failed. */
async function halfDone(
  the: Case,
  statements = [say('first'), 'select 1 / (select 0)', say('third')],
): Promise<string> {
  the.write('log', { up: ['create table log (n serial, what text)'] });
  const name = the.write('half', { transactional: false, up: statements });
  exits(await the.run('up'), 1);
  return name;
}

/** Puts another body in the place of the revision's. */
const rewrite = (the: Case, name: string, body: string) =>
  the.edit(name, (text) => text.replace(/ {2}override up\(\)[^]*\}\n\}\n/, `${body}\n}\n`));

describe('A revision that is half done, and was edited', { concurrency: 2 }, () => {
  it(
    'behind the point of failure: it goes on there, and nothing runs twice',
    inCase(async (the) => {
      const name = await halfDone(the);
      the.edit(name, (text) => text.replace('select 1 / (select 0)', 'select 1').replace("'third'", "'other'"));
      exits(await the.run('up'), 0);
      assert.deepEqual(await log(the), ['first', 'other']);
    }),
  );

  it(
    'into code: up refuses, and the code does not count as run',
    inCase(async (the) => {
      const name = await halfDone(the);
      rewrite(the, name, `  override async up() { await this.execute("${say('code')}"); }`);
      refused(await the.run('up'), name, 'code', '--begin-again');
      exits(await the.run('repair', '--begin-again', name, '--reason', 'undone by hand'), 0);
      await the.execute('delete from log');
      exits(await the.run('up'), 0);
      assert.deepEqual(await log(the), ['code']);
    }),
  );

  it(
    'from code that was interrupted into statements: up refuses',
    inCase(async (the) => {
      the.write('log', { up: ['create table log (n serial, what text)'] });
      const name = the.write('code', {
        transactional: false,
        body: `override async up() { await this.execute("${say('code')}"); await this.execute('select 1 / 0'); }`,
      });
      exits(await the.run('up'), 1);
      rewrite(the, name, '');
      the.edit(name, (text) =>
        text.replace(/ {2}override async up.*\n/, `  override up() { this.addSql("${say('text')}"); }\n`),
      );
      refused(await the.run('up'), name);
      assert.deepEqual(await log(the), ['code']);
    }),
  );

  for (const [title, body] of [
    ['statements', `  override up() { this.addSql("${say('first')}"); this.addSql("${say('third')}"); }`],
    ['code', `  override async up() { await this.execute("${say('first')}"); }`],
  ] as const)
    it(
      `to run in a transaction after all, as ${title}: up refuses, and what is done is not done again`,
      inCase(async (the) => {
        const name = await halfDone(the);
        the.edit(name, (text) => text.replace(/.*isTransactional.*\n/, ''));
        rewrite(the, name, body);
        refused(await the.run('up'), name, 'transaction', '--begin-again');
        assert.deepEqual(await log(the), ['first']);
      }),
    );

  it(
    'before the point of failure: up refuses, before any other revision runs',
    inCase(async (the) => {
      const name = await halfDone(the);
      the.edit(name, (text) => text.replace("'first'", "'other'"));
      the.write('next', { up: ['create table next (id int)'] });
      refused(await the.run('up'), name, 'statement 1');
      assert.deepEqual(await log(the), ['first']);
    }),
  );

  for (const [title, change] of [
    ['another name', (text: string) => text.replace('log_once on log (what)', 'log_single on log (lower(what))')],
    [
      'a statement before it',
      (text: string) =>
        text.replace(
          '    this.addSql("create',
          `    this.addSql("delete from log where n > 1");\n    this.addSql("create`,
        ),
    ],
    [
      'a transaction',
      (text: string) =>
        text
          .replace(/.*isTransactional.*\n/, '')
          .replace('concurrently ', '')
          .replace('unique ', ''),
    ],
    ['nothing', (text: string) => text.replace(/.*create unique index.*\n/, '')],
  ] as const)
    it(
      `at an index that could not be built, which gets ${title}: the INVALID one that it left is dropped`,
      inCase(async (the) => {
        the.write('log', { up: ['create table log (n serial, what text)', say('same'), say('same')] });
        const name = the.write('index', {
          transactional: false,
          up: ['create unique index concurrently log_once on log (what)'],
        });
        exits(await the.run('up'), 1);
        assert.deepEqual(await the.values('select indisvalid from pg_index where not indisvalid'), [false]);
        the.edit(name, change);
        if (title === 'another name') await the.execute('delete from log where n > 1');
        const ended = await the.run('up');
        exits(ended, 0);
        assert.match(ended.said, /INVALID index public\.log_once/);
        assert.deepEqual(await the.values('select indexrelid::regclass::text from pg_index where not indisvalid'), []);
      }),
    );

  it(
    'by a renamed file: up refuses and says both ways, and each of them works',
    inCase(async (the) => {
      const name = await halfDone(the);
      the.edit(name, (text) => text.replace('select 1 / (select 0)', 'select 1'));
      the.rename(name, `${name}_renamed`);
      refused(await the.run('up'), name, 'that name back', '--begin-again');
      exits(await the.run('repair', '--begin-again', name, '--reason', 'undone by hand'), 0);
      await the.execute('delete from log');
      exits(await the.run('up'), 0);
      assert.deepEqual(await log(the), ['first', 'third']);
    }),
  );

  it(
    'at a procedure that commits and failed: up refuses, as it may have done a part of its work',
    inCase(async (the) => {
      the.write('log', {
        up: [
          'create table log (n serial, what text)',
          `create procedure half() language plpgsql as $$ begin ${say('half')}; commit; perform 1 / 0; end $$`,
        ],
      });
      const name = the.write('call', { transactional: false, up: ['call half()'] });
      exits(await the.run('up'), 1);
      the.edit(name, (text) => text.replace('call half()', say('other').replaceAll("'", "'")));
      refused(await the.run('up'), name, '--took-no-effect');
      exits(await the.run('repair', '--took-no-effect', name, '--reason', 'looked into log'), 0);
      exits(await the.run('up'), 0);
      assert.deepEqual(await log(the), ['half', 'other']);
    }),
  );
});

describe('What the statements that are done had set for their session', { concurrency: 2 }, () => {
  const there = (the: Case, table: string) =>
    the.value(`select relnamespace::regnamespace::text from pg_class where relname = '${table}'`);

  for (const [title, set] of [
    ['by a statement', 'set search_path = elsewhere'],
    ['by a function', `select set_config('search_path', 'elsewhere', false)`],
    ['in a block', `do $$ begin execute 'set search_path = elsewhere'; end $$`],
  ] as const)
    it(
      `a path, ${title}: the next up goes on with it, and the table lands where it should`,
      inCase(async (the) => {
        the.write('schema', { up: ['create schema elsewhere', 'create table public.late (id int)'] });
        const name = the.write('half', {
          transactional: false,
          up: [set, 'alter table nowhere.late add x int', 'create table landed (id int)'],
        });
        exits(await the.run('up'), 1);
        the.edit(name, (text) => text.replace('alter table nowhere.late add x int', 'select 1'));
        exits(await the.run('up'), 0);
        assert.equal(await there(the, 'landed'), 'elsewhere');
      }),
    );

  for (const [title, set] of [
    ['by a statement', `set app.tenant = 'seven'`],
    ['in a block', `do $$ begin perform set_config('app.tenant', 'seven', false); end $$`],
    ['by a function of the database', 'select choose()'],
  ] as const)
    it(
      `a setting that nobody has declared, ${title}: the next up goes on with it`,
      inCase(async (the) => {
        the.write('log', {
          up: [
            'create table log (n serial, what text)',
            `create function choose() returns text language sql as $$ select set_config('app.tenant', 'seven', false) $$`,
          ],
        });
        const name = the.write('half', {
          transactional: false,
          up: [set, 'select 1 / (select 0)', `insert into log (what) values (current_setting('app.tenant'))`],
        });
        exits(await the.run('up'), 1);
        the.edit(name, (text) => text.replace('select 1 / (select 0)', 'select 1'));
        exits(await the.run('up'), 0);
        assert.deepEqual(await log(the), ['seven']);
      }),
    );

  it(
    'a role: the next up goes on as that one',
    inCase(async (the) => {
      const role = await the.database.role();
      await the.execute(`grant "${role}" to runner; grant create on schema public to "${role}"`);
      const name = the.write('half', {
        transactional: false,
        up: [`set role "${role}"`, 'select 1 / (select 0)', 'create table landed (id int)'],
      });
      exits(await the.run('up'), 1);
      the.edit(name, (text) => text.replace('select 1 / (select 0)', 'select 1'));
      exits(await the.run('up'), 0);
      assert.equal(await the.value(`select relowner::regrole::text from pg_class where relname = 'landed'`), role);
    }),
  );

  it(
    'a path for one transaction only: it is not given to the next',
    inCase(async (the) => {
      const name = the.write('half', {
        transactional: false,
        up: [
          'create schema elsewhere',
          'set local search_path = elsewhere',
          'select 1 / (select 0)',
          'create table landed (id int)',
        ],
      });
      exits(await the.run('up'), 1);
      the.edit(name, (text) => text.replace('select 1 / (select 0)', 'select 1'));
      exits(await the.run('up'), 0);
      assert.equal(await there(the, 'landed'), 'public');
    }),
  );

  for (const [title, make] of [
    ['a temporary table', 'create temporary table chosen as select 1 as id'],
    ['a prepared statement', 'prepare chosen as select 1'],
    ['an advisory lock', 'select pg_advisory_lock(42)'],
  ] as const)
    it(
      `${title}: up refuses, and goes on when what is left is in a revision of its own`,
      inCase(async (the) => {
        const name = the.write('half', {
          transactional: false,
          up: [make, 'select 1 / (select 0)', 'create table landed (id int)'],
        });
        exits(await the.run('up'), 1);
        the.edit(name, (text) => text.replace('select 1 / (select 0)', 'select 1'));
        const ended = await the.run('up');
        exits(ended, 4);
        assert.match(
          ended.said,
          new RegExp(title.replace('a temporary table', 'the temporary relation chosen').replace('a prep', 'the prep')),
        );
        assert.equal(await there(the, 'landed'), undefined);
        the.edit(name, (text) => text.replace(/.*"select 1".*\n/, '').replace(/.*landed.*\n/, ''));
        the.write('rest', { up: ['create table landed (id int)'] });
        exits(await the.run('up'), 0);
        assert.equal(await there(the, 'landed'), 'public');
      }),
    );
});

passwordStaysHidden();
