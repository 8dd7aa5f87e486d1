import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDatabase } from '../../../test/database.ts';
import { demandsAfter, type DemandOptions } from './after.ts';
import { fillTables } from './fill.ts';
import { tableAfter } from './names.ts';
import { readRows } from './read.ts';

interface Change extends DemandOptions {
  up: string;
  /** True of the rows of before, where more is meant than that up works. */
  holds?: string;
}

const setup = `create type mood as enum ('sad', 'ok', 'fine'); create table room (id int primary key, code text not null unique);
  create table lesson (id serial primary key, name text, age text, room int, room_code varchar(5), price numeric(8,2), flag bool, mood mood not null, moods mood[], starts date, ends date)`;

/** Changes that would fail on rows of which only the state before is known. */
const changes: Record<string, Change> = {
  'null goes': { up: 'alter table lesson alter name set not null, alter flag set not null' },
  'null goes, and is filled': {
    up: `update lesson set name = 'none' where name is null; alter table lesson alter name set not null`,
    filled: [{ table: { schema: 'public', name: 'lesson' }, column: 'name' }],
    holds: 'bool_or(name is null)',
  },
  'a key': { up: 'alter table lesson add unique (flag, mood), add unique (mood, name)' },
  'a primary key': { up: 'alter table lesson drop constraint lesson_pkey, add primary key (mood, flag)' },
  conditions: {
    up: `alter table lesson add check (price between 10 and 20), add check (name ~ '^[A-Z]{3}$'), add check (starts < ends)`,
  },
  'conditions on what is renamed': {
    up: 'alter table lesson rename price to fee; alter table lesson rename starts to "Begin"; alter table lesson rename to hour; alter table hour add check (fee > 100), add check ("Begin" < ends)',
    names: [
      { kind: 'column', table: 'lesson', name: 'price', to: 'fee' },
      { kind: 'column', table: 'lesson', name: 'starts', to: 'Begin' },
      { kind: 'table', name: 'lesson', to: 'hour' },
    ],
  },
  references: {
    up: 'alter table lesson add foreign key (room) references room, add foreign key (room_code) references room (code)',
  },
  'references to what is renamed': {
    up: 'alter table room rename to place; alter table place rename code to short; alter table lesson add foreign key (room_code) references place (short), alter room_code set not null',
    names: [
      { kind: 'table', name: 'room', to: 'place' },
      { kind: 'column', table: 'place', name: 'code', to: 'short' },
    ],
  },
  'references to a table that is new': {
    up: 'create table hall (id int primary key); alter table lesson add foreign key (room) references hall',
    holds: 'bool_and(room is null)',
  },
  'labels that no row holds': {
    up: `alter type mood rename to old; create type mood as enum ('ok', 'fine', 'new'); alter table lesson alter mood type mood using mood::text::mood, alter moods type mood[] using moods::text[]::mood[]; drop type old`,
    holds: 'count(distinct mood) = 2',
  },
  'labels that are mapped': {
    up: `alter type mood rename to old; create type mood as enum ('ok', 'fine'); alter table lesson alter mood type mood using (case mood::text when 'sad' then 'ok' else mood::text end)::mood,
      alter moods type mood[] using array_replace(moods::text[], 'sad', 'ok')::mood[]; drop type old`,
    names: [{ kind: 'value', table: 'mood', name: 'sad', to: 'ok' }],
    holds: 'count(distinct mood) = 3',
  },
};

for (const [name, { up, holds = 'true', ...options }] of Object.entries(changes))
  test(`rows that a change takes: ${name}`, async () => {
    await withDatabase(async (client) => {
      await client.query(setup);
      await client.query('begin');
      const tables = ['lesson', 'room'].map((table) => ({ schema: 'public', name: table }));
      const empty = await readRows(client, tables);
      await client.query(`savepoint before; ${up}`);
      const demands = await demandsAfter(client, empty, options);
      await client.query('rollback to savepoint before');
      const found = await fillTables(client, tables, { demands, extremes: false });
      assert.deepEqual(found.empty, []);
      for (const { table, rows } of found.filled) assert.ok(rows >= 5, `${rows} in ${table.name}`);
      assert.equal((await client.query(`select ${holds} as holds from lesson`)).rows[0].holds, true);
      await client.query(up);
      const after = await readRows(
        client,
        tables.map((table) => tableAfter(table, options.names ?? [])),
      );
      assert.equal(after.length, 2);
      await client.query('rollback');
    });
  });
