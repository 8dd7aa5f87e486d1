import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { writeFileSync } from 'node:fs';
import { inCase, type Case } from './apparatus/case.ts';
import { exits, type Ended } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';

const say = (what: string) => `insert into log (what) values ('${what}')`;
const log = (the: Case) => the.values('select what from log order by n');

/** One revision that is applied, and the next that ends the process in its own way. */
async function withCode(the: Case, body: string, prelude = ''): Promise<string> {
  the.write('log', { up: ['create table log (n serial, what text)'] });
  exits(await the.run('up'), 0);
  const name = the.write('odd', { body });
  if (prelude) the.edit(name, (text) => text.replace('\nexport class', `\n${prelude}\nexport class`));
  return name;
}

async function notApplied(the: Case, name: string, ended: Ended, code: number | number[], ...says: RegExp[]) {
  exits(ended, code);
  assert.match(ended.err, new RegExp(name), 'the revision is named');
  for (const each of says) assert.match(ended.err, each);
  assert.doesNotMatch(ended.err, /^ {4}at .*\.(js|ts):\d+/m, 'no raw trace');
  assert.deepEqual(await log(the), []);
  assert.deepEqual(await the.values('select name from mikro_orm_migrations where name = $1', [name]), []);
}

describe('Code that ends the process', { concurrency: 2 }, () => {
  for (const transactional of [true, false])
    it(
      `process.exit(0) in up(), ${transactional ? 'in' : 'outside of'} a transaction: exit 1, the revision is named and not applied`,
      inCase(async (the) => {
        const name = await withCode(the, `override async up() { this.config; process.exit(0); }`);
        if (!transactional)
          the.edit(name, (text) =>
            text.replace(/(static readonly revises.*\n)/, '$1  override isTransactional() { return false; }\n'),
          );
        await notApplied(the, name, await the.run('up'), 1, /process\.exit\(0\)/);
      }),
    );

  it(
    '… and catches what comes of it: exit 1 all the same',
    inCase(async (the) => {
      const name = await withCode(
        the,
        `override async up() { await this.execute('select 1'); try { process.exit(0); } catch {} await this.execute("${say('after')}"); }`,
      );
      await notApplied(the, name, await the.run('up'), 1, /process\.exit/);
    }),
  );

  it(
    'process.exit(0) at its import: exit 4, nothing was run, the revision is named',
    inCase(async (the) => {
      const name = await withCode(
        the,
        `override async up() { await this.execute("${say('once')}"); }`,
        'process.exit(0);',
      );
      await notApplied(the, name, await the.run('up'), 4, /process\.exit\(0\)/);
    }),
  );

  it(
    'process.exit(0) in a timer of it: exit 1, and the revision is named',
    inCase(async (the) => {
      const name = await withCode(
        the,
        `override async up() { await this.execute("${say('once')}"); setTimeout(() => process.exit(0), 10); await new Promise((done) => setTimeout(done, 3000)); }`,
      );
      await notApplied(the, name, await the.run('up'), 1, /rolled back/);
    }),
  );

  for (const [title, left] of [
    ['a timer that ends the process well', 'setTimeout(() => process.exit(0), 300);'],
    ['a listener that ends the process well', `process.on('exit', () => { process.exitCode = 0; });`],
  ] as const)
    it(
      `${title}, left behind by one that fails: exit 1 all the same`,
      inCase(async (the) => {
        const name = await withCode(
          the,
          `override async up() { await this.execute("${say('once')}"); ${left} await this.execute('select * from nowhere'); }`,
        );
        await notApplied(the, name, await the.run('up'), 1, /nowhere/);
      }),
    );

  it(
    'process.exit(0) in the configuration: exit 1, and it is said',
    inCase(async (the) => {
      the.write('log', { up: ['create table log (n serial, what text)'] });
      writeFileSync(the.config, `process.exit(0);\nexport default {};\n`);
      const ended = await the.run('up');
      exits(ended, 1);
      assert.match(ended.err, /process\.exit\(0\)/);
    }),
  );

  it(
    'an import that never comes to an end: exit 1, and the revision is named',
    inCase(async (the) => {
      const name = await withCode(
        the,
        `override async up() { await this.execute("${say('once')}"); }`,
        'await new Promise(() => undefined);',
      );
      // Nothing else holds the process: in `check`, no connection is open yet.
      const ended = await the.run('show', name);
      exits(ended, 1);
      assert.match(ended.err, new RegExp(name));
    }),
  );
});

describe('Code that nobody awaits', { concurrency: 2 }, () => {
  for (const [title, body] of [
    [
      'a rejection',
      `override async up() { await this.execute("${say('once')}"); Promise.reject(new Error('lost')); await new Promise((done) => setTimeout(done, 500)); }`,
    ],
    [
      'an error in a callback',
      `override async up() { await this.execute("${say('once')}"); setTimeout(() => { throw new Error('lost'); }, 10); await new Promise((done) => setTimeout(done, 2000)); }`,
    ],
    [
      'a rejection at the end',
      `override async up() { await this.execute("${say('once')}"); Promise.reject(new Error('lost')); }`,
    ],
  ] as const)
    it(
      `${title}: exit 1, the revision is named and rolled back, and the journal says why`,
      inCase(async (the) => {
        const name = await withCode(the, body);
        await notApplied(the, name, await the.run('up'), 1, /lost/, /rolled back/);
        assert.match(
          String(await the.value(`select message from mikro_orm_migrations_journal where event = 'failed'`)),
          /lost/,
        );
      }),
    );

  for (const [title, body] of [
    ['execute()', `this.execute("${say('late')}");`],
    ['a query of the entity manager', `this.getEntityManager().execute("${say('late')}");`],
    [
      'a transaction of the entity manager',
      `this.getEntityManager().transactional((em) => em.execute("${say('late')}"));`,
    ],
    ['a chain', `void this.execute('select 1').then(() => this.execute("${say('late')}"));`],
    ['execute(), which fails', `this.execute('select * from nowhere');`],
  ] as const)
    for (const transactional of [true, false])
      it(
        `${title} without await, ${transactional ? 'in' : 'outside of'} a transaction: exit 1, the revision is named and not applied`,
        inCase(async (the) => {
          const name = await withCode(the, `override async up() { ${body} }`);
          if (!transactional)
            the.edit(name, (text) =>
              text.replace(/(static readonly revises.*\n)/, '$1  override isTransactional() { return false; }\n'),
            );
          const ended = await the.run('up');
          exits(ended, 1);
          assert.match(ended.err, new RegExp(name));
          assert.match(ended.err, /await|nowhere/);
          assert.deepEqual(await the.values('select name from mikro_orm_migrations where name = $1', [name]), []);
          if (transactional) assert.deepEqual(await log(the), []);
        }),
      );

  it(
    'a revision that leaves a timer running: applied, exit 0, and the process ends',
    inCase(async (the) => {
      await withCode(
        the,
        `override async up() { await this.execute("${say('once')}"); setInterval(() => undefined, 1000); }`,
      );
      exits(await the.run('up'), 0);
      assert.deepEqual(await log(the), ['once']);
    }),
  );

  it(
    'code that never comes back, whose session the server has ended: exit 1, the lock is let go, and it is told',
    inCase(async (the) => {
      const name = await withCode(
        the,
        `override async up() { await this.execute("${say('once')}"); setInterval(() => undefined, 1000); await new Promise(() => undefined); }`,
      );
      const runner = the.start(['up']);
      const { until } = await import('./apparatus/patience.ts');
      const pid = await runner.until(
        until('the runner thinks', () =>
          the.value(
            `select pid from pg_stat_activity where datname = current_database() and state = 'idle in transaction' and query like '%once%'`,
          ),
        ),
      );
      await the.value('select pg_terminate_backend($1, 5000)', [pid]);
      await notApplied(the, name, await runner.ended, 1, /is not applied/);
      the.edit(name, (text) => text.replace('await new Promise(() => undefined);', ''));
      exits(await the.run('up'), 0);
    }),
  );
});

describe('What code of others prints', { concurrency: 2 }, () => {
  const loud = `console.log('loud'); process.stdout.write('louder\\n');`;
  it(
    'goes to standard error: the output of --json and --json-lines is what it should be',
    inCase(async (the) => {
      the.write('log', {
        body: `override async up() { ${loud} await this.execute('create table log (n serial, what text)'); }`,
      });
      the.edit('Migration20260101000000_log', (text) => `${loud}\n${text}`);
      const { readFileSync } = await import('node:fs');
      writeFileSync(the.config, `${loud}\n${readFileSync(the.config, 'utf8')}`);
      const lines = await the.run('up', '--json-lines');
      exits(lines, 0);
      for (const line of lines.out.trim().split('\n')) JSON.parse(line);
      assert.match(lines.err, /loud/);
      const json = await the.run('current', '--json');
      JSON.parse(json.out);
    }),
  );
});

describe('Code that changes what its process stands on', { concurrency: 2 }, () => {
  it(
    'DATABASE_URL and the working directory: the run ends on the database that it began on, and says that all is applied',
    inCase(async (the) => {
      the.write('a', {
        body: `async up() { process.chdir('/'); process.env['DATABASE_URL'] = 'postgres://nobody@127.0.0.1:1/none'; }`,
      });
      the.write('b', { body: `async up() { await this.execute('create table b (id int)'); }` });
      const ended = await the.run('up');
      exits(ended, 0);
      assert.match(ended.out, / b +\| table/);
      assert.equal(await the.value('select count(*)::int from mikro_orm_migrations'), 2);
    }),
  );
});

describe('What a database says to a terminal', () => {
  it(
    'control characters in an error: up shows them, and they are not obeyed',
    inCase(async (the) => {
      the.write('a', { up: [`do $$ begin raise exception E'bad \\x1b[2J\\x07 here'; end $$`] });
      const ended = await the.run('up');
      exits(ended, 1);
      assert.ok(!ended.err.includes('\x1b[2J'), 'the terminal would be cleared');
      assert.match(ended.err, /bad \\x1b\[2J\\x07 here/);
    }),
  );
});

passwordStaysHidden();
