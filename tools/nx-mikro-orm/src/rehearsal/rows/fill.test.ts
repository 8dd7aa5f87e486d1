import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { withDatabase } from '../../../test/database.ts';
import { readCatalogue } from '../../catalogue/index.ts';
import { cases as hardCases } from '../../../test/fixtures/hard-schemas.ts';
import { fillTables } from './fill.ts';
import { filling } from '../../../test/filling.ts';
import { readRows } from './read.ts';

test('what is referenced is filled too, and every reference has its row', async () => {
  await filling(
    `create table country (code char(2) primary key check (code ~ '^[A-Z]{2}$'));
     create table tenant (id uuid primary key); create table room (tenant uuid not null references tenant, number smallint, primary key (tenant, number));
     create table person (id serial primary key, country varchar(3) references country, boss int references person, nick text unique);
     create table lesson (id bigint generated always as identity primary key, tenant uuid not null references tenant, room int not null,
       teacher int not null references person (id), pupil int references person on delete cascade, nick text references person (nick),
       foreign key (tenant, room) references room, check (teacher <> pupil));
     create table attendance (lesson bigint references lesson, person int references person, primary key (lesson, person));
     create table passport (person int primary key references person, number text not null)`,
    ['attendance', 'passport'],
    async ({ filled, empty, one }) => {
      assert.deepEqual(empty, {});
      assert.deepEqual(Object.keys(filled).sort(), [
        'attendance',
        'country',
        'lesson',
        'passport',
        'person',
        'room',
        'tenant',
      ]);
      for (const [table, rows] of Object.entries(filled)) assert.ok(rows >= 5, `${rows} in ${table}`);
      assert.equal(await one(`select count(*)::int from person where country is null`), 1);
      const bossed = await one<number>(
        'select count(*)::int from person p join person b on p.boss = b.id and b.id <> p.id',
      );
      assert.ok(bossed > 3, `${bossed} persons have a boss beside them`);
      assert.equal(await one(`select bool_and(pupil <> teacher) and bool_or(pupil is null) from lesson`), true);
    },
  );
});

test('references that go round in a circle', async () => {
  await filling(
    `create table team (id serial primary key, owner int); create table person (id serial primary key, team int not null references team);
     alter table team add foreign key (owner) references person on delete set null deferrable initially deferred;
     create table a (id int primary key); create table b (id int primary key references a); alter table a add foreign key (id) references b;
     create table self (id int primary key, parent int not null references self, check (id > 0))`,
    ['team', 'a', 'self'],
    async ({ client, filled, empty, one }) => {
      assert.deepEqual(empty, {});
      assert.ok(
        Object.values(filled).every((rows) => rows >= 5),
        JSON.stringify(filled),
      );
      const owners = await one<number>('select count(distinct owner)::int from team');
      assert.ok(owners >= 4, `${owners} owners`);
      assert.equal(await one('select count(*)::int from team where owner is null'), 1);
      // Every one of them is looked at again when it is made anew.
      await client.query(`alter table team drop constraint team_owner_fkey, add foreign key (owner) references person;
        alter table person drop constraint person_team_fkey, add foreign key (team) references team;
        alter table self drop constraint self_parent_fkey, add foreign key (parent) references self`);
    },
  );
});

test('rows of partitioned tables go where they belong, and every partition has some', async () => {
  await filling(
    `create table log (id bigserial, at timestamptz not null, kind text, primary key (id, at)) partition by range (at);
     create table log_2019 partition of log for values from ('2019-01-01') to ('2020-01-01');
     create table log_2024 partition of log for values from ('2024-06-01') to ('2024-07-01');
     create table place (region text not null, n int) partition by list (region);
     create table place_x partition of place for values in ('north', 'it''s') partition by range (n);
     create table place_x1 partition of place_x for values from (100) to (200); create table place_y partition of place for values in (null, 'south');
     create table spread (id int primary key) partition by hash (id); create table s0 partition of spread for values with (modulus 2, remainder 0);
     create table s1 partition of spread for values with (modulus 2, remainder 1);
     create table day (d date) partition by range (extract(year from d)); create table d1 partition of day for values from (2020) to (2022);
     create table rest (a int) partition by list (a); create table rest_1 partition of rest default;
     create table entry (log bigint, at timestamptz, foreign key (log, at) references log)`,
    ['entry', 'place_y', 'spread', 's0', 'day', 'rest'],
    async ({ filled, empty, one }) => {
      assert.deepEqual(empty, {});
      assert.deepEqual(Object.keys(filled).sort(), ['day', 'entry', 'log', 'place', 'rest', 'spread']);
      for (const [table, rows] of Object.entries(filled)) assert.ok(rows >= 5, `${rows} in ${table}`);
      for (const leaf of ['log_2019', 'log_2024', 'place_x1', 'place_y', 's0', 's1'])
        assert.ok((await one<number>(`select count(*)::int from ${leaf}`)) > 0, leaf);
    },
  );
});

test('no trigger, no rule and no policy has a part in it, and all of them are as before', async () => {
  const setup = `
    create table t (id int primary key, a int); create table seen (a int);
    create function note() returns trigger language plpgsql as 'begin insert into seen values (1); return null; end';
    create trigger a before insert on t for each row execute function note(); create trigger b after insert on t for each statement execute function note();
    create trigger c before insert on t for each row execute function note(); alter table t enable always trigger c;
    create trigger d before insert on t for each row execute function note(); alter table t enable replica trigger d;
    create constraint trigger e after insert on t deferrable initially deferred for each row execute function note();
    create rule r as on insert to t do also insert into seen values (2); create rule s as on insert to t do also insert into seen values (3);
    alter table t enable always rule s; alter table t enable row level security, force row level security;
    create table p (a int) partition by list (a); create table p1 partition of p default;
    create trigger f before insert on p for each row execute function note(); alter table p enable always trigger f; alter table only p1 enable replica trigger f`;
  await filling(setup, ['t', 'p'], async ({ client, filled, one }) => {
    const after = await readCatalogue(client);
    assert.deepEqual(
      [await one('select count(*)::int from t'), await one('select count(*)::int from p')],
      [filled['t'], filled['p']],
    );
    await client.query('set constraints all immediate');
    assert.equal(await one('select count(*)::int from seen'), 0);
    assert.equal(await one(`select current_setting('session_replication_role')`), 'origin');
    await client.query('rollback');
    assert.deepEqual(after, await readCatalogue(client));
  });
});

test('sequences go on after the values, and are where they were once it is undone', async () => {
  await withDatabase(async (client) => {
    await client.query(`create table t (a serial, b int generated always as identity (increment 5), c bigserial, d smallint generated by default as identity (increment -1));
      create sequence own start 3; alter table t add e int default nextval('own'); select nextval('t_c_seq') from generate_series(1, 100)`);
    await client.query('begin');
    await fillTables(client, [{ schema: 'public', name: 't' }]);
    const { rows } = await client.query('insert into t default values returning *');
    const { rows: others } = await client.query(
      'select max(a) as a, max(b) as b, max(c) as c, min(d) as d, max(e) as e from t where a < 9',
    );
    assert.deepEqual(
      [others[0].a + 1, others[0].b + 5, '101', others[0].d - 1, others[0].e + 1],
      [rows[0].a, rows[0].b, rows[0].c, rows[0].d, rows[0].e],
    );
    await client.query('rollback');
    const again = await client.query('insert into t default values returning *');
    assert.deepEqual(again.rows, [{ a: 1, b: 1, c: '102', d: -1, e: 3 }]);
  });
});

test('rows that are there already are kept, and referenced', async () => {
  const setup = `create table subject (id serial primary key, name text not null unique); insert into subject (name) values ('r1'), ('maths'), ('r3');
    create table lesson (subject int not null references subject, unique (subject))`;
  await filling(setup, ['lesson'], async ({ filled, one }) => {
    assert.deepEqual(await one(`select array_agg(name order by id) from subject where id < 4`), ['r1', 'maths', 'r3']);
    assert.equal(await one('select count(*)::int from subject'), 3 + (filled['subject'] ?? 0));
    for (const name of ['subject', 'lesson']) assert.ok((filled[name] ?? 0) >= 5, `${filled[name]} in ${name}`);
  });
});

test('what a change will ask of rows is met beforehand', async () => {
  const lesson = { schema: 'public', name: 'lesson' };
  const setup = `create type mood as enum ('sad', 'ok'); create table room (id int primary key);
    create table lesson (name text, age text not null, room int, price numeric(8,2), flag bool not null, mood mood)`;
  const demands = [
    {
      table: lesson,
      notNull: ['name', 'room'],
      unique: [['flag', 'mood'], ['name']],
      checks: [
        { columns: ['age'], expression: 'age::integer is not null' },
        { columns: ['price'], expression: 'price > 10' },
        { columns: ['mood'], expression: `mood::text <> 'sad'` },
      ],
      references: [{ columns: ['room'], to: { schema: 'public', name: 'room' }, toColumns: ['id'] }],
    },
  ];
  await filling(
    setup,
    ['lesson'],
    async ({ client, filled, empty }) => {
      assert.deepEqual(empty, {});
      assert.ok((filled['lesson'] ?? 0) >= 5, JSON.stringify(filled));
      await client.query(`alter table lesson alter name set not null, alter room set not null, alter age type int using age::integer,
        add foreign key (room) references room, add unique (flag, mood), add unique (name), add check (price > 10);
        alter table lesson alter mood type text; drop type mood; create type mood as enum ('ok'); alter table lesson alter mood type mood using mood::mood`);
    },
    { demands },
  );
});

test('the same tables get the same rows, whatever the session is set to', async () => {
  const setup = `create type mood as enum ('sad', 'ok'); create table t (id serial primary key, a timestamptz, b money, c mood[], d interval, e xml, f float8, g daterange)`;
  const read: unknown[] = [];
  for (const session of [
    'select 1',
    `set timezone = 'Asia/Taipei'; set datestyle = 'German, DMY'; set intervalstyle = 'sql_standard'; set search_path = pg_catalog; set extra_float_digits = 0`,
  ])
    await withDatabase(async (client) => {
      await client.query(setup);
      await client.query(session);
      await client.query('begin');
      await fillTables(client, [{ schema: 'public', name: 't' }]);
      read.push(await readRows(client, [{ schema: 'public', name: 't' }]));
    });
  assert.deepEqual(read[0], read[1]);
});

test('without the right to silence triggers, nothing is put in and the reason is told', async () => {
  await withDatabase(async (client) => {
    const role = `plain_${process.pid}`;
    await client.query(`create table t (a int); create role ${role}; grant all on t to ${role}`);
    try {
      await client.query(`begin; set local role ${role}`);
      const found = await fillTables(client, [{ schema: 'public', name: 't' }]);
      assert.deepEqual(found.filled, []);
      assert.match(found.empty[0]?.reason ?? '', /permission denied to set parameter "session_replication_role"/);
      await client.query('rollback');
    } finally {
      await client.query(`drop owned by ${role}; drop role ${role}`);
    }
  });
});

interface Case {
  setup: string;
  change?: string;
  since?: number;
}

/** Tables that stay without rows in the databases that are hard to make, and why. */
const stayEmpty: Record<string, RegExp> = {
  'foreign tables': /it is a foreign table/,
  'foreign data': /it is a foreign table/,
  'a detached partition': /^it has no partition that could take rows$/,
};

const every = `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f') and c.oid >= 16384 and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by c.oid`;

test('every database that is hard to make or to compare is filled, or says why not', async (suite) => {
  const folder = new URL('../../../test/fixtures/catalogue/', import.meta.url);
  const all: Record<string, Case> = {};
  for (const file of readdirSync(folder))
    for (const [name, one] of Object.entries(
      ((await import(new URL(file, folder).href)) as { default: Record<string, Case> }).default,
    ))
      all[`${file.replace('.ts', '')}: ${name}`] = one;
  for (const [name, setup] of Object.entries(hardCases)) all[name] = { setup };
  await withDatabase(async (client) => {
    const version = (await client.query(`select current_setting('server_version_num')::int as v`)).rows[0].v as number;
    for (const [name, { setup, change = '', since }] of Object.entries(all))
      await suite.test(name, { skip: since !== undefined && version < since }, async () => {
        await client.query('begin');
        try {
          await client.query(`${setup}; ${change}`);
          const tables = (await client.query(every)).rows as { schema: string; name: string }[];
          const before = await readCatalogue(client);
          const { filled, empty } = await fillTables(client, tables);
          assert.deepEqual(await readCatalogue(client), before);
          const expected = stayEmpty[name.replace(/^\w+: /, '')] ?? /^$/;
          for (const { table, reason } of empty) assert.match(reason, expected, `${table.schema}.${table.name}`);
          for (const { table, rows } of filled) assert.ok(rows >= 5, `${rows} in ${table.name}`);
          const names = filled.map(({ table }) => table);
          assert.deepEqual(
            (await readRows(client, names)).map(({ rows }) => rows.length).sort(),
            filled.map(({ rows }) => rows).sort(),
          );
        } finally {
          await client.query('rollback');
        }
      });
  });
});
