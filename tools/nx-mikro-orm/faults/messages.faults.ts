import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inCase, type Case } from './apparatus/case.ts';
import { runs } from './apparatus/gate.ts';
import { exits, type Ended } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';

const log = (the: Case) => the.values('select what from log order by n');
const say = (what: string) => `insert into log (what) values ('${what}')`;

/** Insists on what is said to do next: not to fix a file that is right. */
function leadsOn(ended: Ended, ...says: RegExp[]): void {
  exits(ended, 1);
  const next = ended.err.slice(ended.err.indexOf('Next:'));
  for (const each of says) assert.match(next, each);
  assert.doesNotMatch(next, /^ {2}fix /m, 'the file is right');
}

describe('What leads on from a failure that is not the file’s', { concurrency: 2 }, () => {
  const log1 = { up: ['create table log (n serial, what text)'] };
  const cases: Record<string, (the: Case) => Promise<void>> = {
    'a cancelled statement: the same command again': async (the) => {
      the.write('slow', { up: ['select pg_sleep(30)'] });
      const runner = the.start(['up']);
      const pid = await runner.until(runs(the.database, 'pg_sleep'));
      await the.execute(`select pg_cancel_backend(${pid})`);
      leadsOn(await runner.ended, /type the same command again/);
    },
    'a missing right: another role': async (the) => {
      await the.execute('create table theirs (id int)');
      the.write('change', { up: ['alter table theirs add x int'] });
      leadsOn(await the.run('up'), /set DATABASE_URL/);
    },
    'a sequence at its end: more room for it': async (the) => {
      the.write('log', { up: ['create table log (n serial, what text)', `select setval('log_n_seq', 2147483647)`] });
      exits(await the.run('up'), 0);
      the.write('row', { up: [say('one more')] });
      leadsOn(await the.run('up'), /sequence/);
    },
    'an event trigger: its function is named': async (the) => {
      await the.execute(`create function forbid() returns event_trigger language plpgsql as $$ begin raise exception 'frozen until Monday'; end $$;
        create event trigger frozen on ddl_command_start when tag in ('CREATE TABLE') execute function forbid()`);
      exits(await the.run('current'), 0);
      await the.execute('alter event trigger frozen disable');
      the.write('first', { up: ['create sequence first'] });
      exits(await the.run('up'), 0);
      await the.execute('alter event trigger frozen enable');
      the.write('table', { up: ['create table late (id int)'] });
      const ended = await the.run('up');
      exits(ended, 1);
      assert.match(ended.err, /Next:\n {2}look at (public\.)?forbid/);
    },
    'an enum value that --atomic uses too early: without --atomic': async (the) => {
      the.write('type', { up: [`create type mood as enum ('good')`, 'create table log (n serial, what text)'] });
      exits(await the.run('up'), 0);
      the.write('value', { up: [`alter type mood add value 'bad'`] });
      the.write('use', { up: [`create table moods (m mood default 'bad')`] });
      leadsOn(await the.run('up', '--atomic'), /without --atomic/);
      exits(await the.run('up'), 0);
    },
    'a ledger that was emptied: stamp and repair': async (the) => {
      the.write('log', log1);
      exits(await the.run('up'), 0);
      await the.execute('truncate mikro_orm_migrations');
      leadsOn(await the.run('up'), /stamp/, /repair/);
      assert.deepEqual(await log(the), []);
    },
    'a ledger that was dropped: stamp and repair': async (the) => {
      the.write('log', log1);
      exits(await the.run('up'), 0);
      await the.execute('drop table mikro_orm_migrations, mikro_orm_migrations_journal');
      leadsOn(await the.run('up'), /stamp/, /repair/);
    },
  };
  for (const [title, work] of Object.entries(cases)) it(title, inCase(work));

  for (const transactional of [true, false])
    it(
      `the file's: which statement it was, of how many, ${transactional ? 'in' : 'outside of'} a transaction`,
      inCase(async (the) => {
        const name = the.write('odd', {
          transactional,
          up: ['select 1', 'select 2', 'select * from nowhere', 'select 4'],
        });
        const ended = await the.run('up');
        exits(ended, 1);
        assert.match(ended.err, new RegExp(`${name} failed going up at statement 3 of 4: .*nowhere`));
        assert.match(ended.err, /Next:\n {2}fix /);
      }),
    );
});

describe('What a statement itself says of its failure', { concurrency: 2 }, () => {
  for (const state of ['57P01', '08006', '25P03'])
    for (const transactional of [true, false])
      it(
        `SQLSTATE ${state}, as if the connection were gone, ${transactional ? 'in' : 'outside of'} a transaction: the statement failed, and the connection was not cut`,
        inCase(async (the) => {
          the.write('log', { up: ['create table log (n serial, what text)'] });
          const name = the.write('x', {
            transactional,
            up: [
              say('before'),
              `do $$ begin raise exception 'connection terminated' using errcode = '${state}'; end $$`,
            ],
          });
          const ended = await the.run('up');
          exits(ended, 1);
          assert.match(ended.err, new RegExp(`${name} failed going up at statement 2 of 2.*${state}`));
          assert.doesNotMatch(ended.err, /was cut/);
          assert.deepEqual(await log(the), transactional ? [] : ['before']);
        }),
      );

  it(
    'a million characters: the beginning of it',
    inCase(async (the) => {
      the.write('x', { up: [`do $$ begin raise exception '%', repeat('x', 1000000); end $$`] });
      const ended = await the.run('up');
      exits(ended, 1);
      assert.ok(ended.said.length < 10_000, `it said ${ended.said.length} characters`);
      assert.match(ended.err, /xxx…/);
    }),
  );
});

describe('Errors around the books', { concurrency: 2 }, () => {
  for (const [title, sql, state] of [
    [
      'a check on the journal',
      'alter table mikro_orm_migrations_journal add constraint odd check (id < 0) not valid',
      '23514',
    ],
    [
      'a trigger on the ledger',
      `create function odd() returns trigger language plpgsql as $$ begin raise exception 'odd'; end $$;
       create trigger odd before insert on mikro_orm_migrations for each row execute function odd()`,
      'P0001',
    ],
    ['a column of another type', 'alter table mikro_orm_migrations_journal alter plan type int using 1', '22P02'],
  ] as const)
    it(
      `${title}: exit 1, with SQLSTATE, database and a way out, and nothing is kept`,
      inCase(async (the) => {
        the.write('log', { up: ['create table log (n serial, what text)'] });
        exits(await the.run('up'), 0);
        await the.execute(sql);
        the.write('next', { up: [say('once')] });
        const ended = await the.run('up');
        exits(ended, 1);
        assert.match(ended.err, new RegExp(state));
        assert.match(ended.err, /Next:/);
        assert.match(ended.err, /repair/);
        assert.match(ended.err, new RegExp(the.database.name));
        assert.deepEqual(await log(the), []);
      }),
    );
});

describe('What the server says beside its answers', { concurrency: 2 }, () => {
  for (const [title, transactional, body] of [
    ['in a transaction', true, undefined],
    ['outside of a transaction', false, undefined],
    [
      'in code',
      true,
      `override async up() { await this.execute("do $$ begin raise warning 'odd rows: %', 3; end $$"); }`,
    ],
  ] as const)
    it(
      `${title}: shown, an event, and in the journal`,
      inCase(async (the) => {
        const name = the.write('warns', {
          transactional,
          ...(body ? { body } : { up: [`do $$ begin raise warning 'odd rows: %', 3; end $$`] }),
        });
        const ended = await the.run('up', '--json-lines');
        exits(ended, 0);
        const events = ended.out
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, unknown>);
        const [notice] = events.filter(({ event }) => event === 'notice');
        assert.deepEqual(
          [notice?.['revision'], notice?.['severity'], notice?.['message']],
          [name, 'WARNING', 'odd rows: 3'],
        );
        assert.match(ended.err, /odd rows: 3/);
        assert.match((await the.run('journal')).out, /odd rows: 3/);
      }),
    );

  it(
    'of a revision that fails: kept with its failure',
    inCase(async (the) => {
      the.write('warns', { up: [`do $$ begin raise notice 'so far'; end $$`, 'select 1 / (select 0)'] });
      exits(await the.run('up'), 1);
      assert.deepEqual(await the.values(`select notices from mikro_orm_migrations_journal where event = 'failed'`), [
        ['NOTICE: so far'],
      ]);
    }),
  );

  it(
    'hundreds of megabytes of it: applied, with a short log and bounded memory',
    inCase(async (the) => {
      the.write('loud', {
        up: [`do $$ begin for n in 1..300 loop raise notice '%', repeat('x', 1000000); end loop; end $$`],
      });
      const runner = the.start(['up'], { node: ['--max-old-space-size=120'], patience: 120 });
      const ended = await runner.ended;
      exits(ended, 0);
      assert.ok(ended.said.length < 500_000, `it said ${ended.said.length} characters`);
      assert.ok(
        Number(await the.value(`select sum(length(j::text))::int from mikro_orm_migrations_journal j`)) < 50_000,
      );
    }),
  );
});

it(
  'several statements in one text, outside of a transaction, that refuse one: each is sent by itself, and continued by itself',
  inCase(async (the) => {
    the.write('log', { up: ['create table log (n serial, what text)', say('same'), say('same')] });
    exits(await the.run('up'), 0);
    the.write('indexes', {
      transactional: false,
      up: [
        'create index concurrently log_n on log (n); create unique index concurrently log_what on log (what); vacuum log',
      ],
    });
    const ended = await the.run('up');
    exits(ended, 1);
    assert.match(ended.err, /statement 2 of 3/);
    await the.execute('delete from log where n = 1');
    exits(await the.run('up'), 0);
    assert.deepEqual(
      await the.values(
        `select indexrelid::regclass::text from pg_index where indrelid = 'log'::regclass and indisvalid order by 1`,
      ),
      ['log_n', 'log_what'],
    );
  }),
);

it(
  'the journal knows the role that was logged in',
  inCase(async (the) => {
    the.write('log', { up: ['create table log (n serial, what text)'] });
    exits(await the.run('up'), 0);
    assert.deepEqual(await the.values('select distinct role from mikro_orm_migrations_journal'), ['runner']);
    assert.match((await the.run('journal')).out, /as runner/);
  }),
);

describe('A failure on scratch', { concurrency: 2 }, () => {
  for (const [title, sql] of [
    ['an extension that is not there', 'create extension vector'],
    ['a role that is not there', 'grant select on log to somebody_else'],
  ] as const)
    it(
      `${title}: it says that it was scratch, and which server; that yours was not touched; and SCRATCH_DATABASE_URL`,
      inCase(async (the) => {
        the.write('log', { up: ['create table log (n serial, what text)'], down: ['drop table log'] });
        the.write('lacks', { up: [sql] });
        const ended = await the.run('verify');
        exits(ended, 1);
        assert.match(ended.err, /on scratch \(.*127\.0\.0\.1:\d+\)/);
        assert.match(ended.err, /yours was not touched/);
        assert.match(ended.err, /SCRATCH_DATABASE_URL/);
      }),
    );
});

passwordStaysHidden();
