import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDatabase } from '../../../test/database.ts';
import { plainCasts } from './casts.ts';
import { fillTables } from './fill.ts';
import { tableAfter, type RenamedThing } from './names.ts';
import { readRows } from './read.ts';
import { sentencesOf, type Sentences } from './sentences.ts';
import { survival, type Survival } from './survival.ts';
import type { TableName } from './table.ts';

interface Change {
  setup?: string;
  up: string;
  down?: string;
  /** The same as up, if nothing is said. */
  again?: string;
  names?: RenamedThing[];
  says: Partial<Sentences>;
  /** What becomes of columns whose type or labels are others: how on the way up, and whether they come back. */
  changed?: Record<string, [up: string, back: boolean | undefined]>;
}

const teacher = `create type mood as enum ('sad', 'ok', 'fine');
  create table teacher (id serial primary key, name text not null, bio text, mood mood not null, moods mood[], price numeric(6,2) not null, born date)`;
const kept = '8 rows in 1 table: every value that stays is kept';
const allBack = 'down restores the structure and every value';
const swap = (
  labels: string,
  from: string,
  cases = '',
) => `alter type mood rename to old; create type mood as enum (${labels});
  alter table teacher alter mood type mood using (case mood::text ${cases} else mood::text end)::mood, alter moods type mood[] using (${from})::mood[]; drop type old`;

const changes: Record<string, Change> = {
  'a column that goes': {
    up: 'alter table teacher drop bio',
    down: 'alter table teacher add bio text',
    says: { up: kept, down: 'down restores the structure, but not the values of 1 column: teacher.bio' },
  },
  'two columns that go': {
    up: 'alter table teacher drop bio, drop born',
    down: 'alter table teacher add bio text, add born date',
    says: { up: kept, down: 'down restores the structure, but not the values of 2 columns: teacher.bio, teacher.born' },
  },
  'a table that goes': {
    setup: `${teacher}; create schema app; create table app.room (id int primary key)`,
    up: 'drop table app.room',
    down: 'create table app.room (id int primary key)',
    says: {
      up: '16 rows in 2 tables: every value that stays is kept',
      down: 'down restores the structure, but not the rows of 1 table: app.room',
    },
  },
  'names, and a schema': {
    up: `create schema app; alter table teacher set schema app; alter table app.teacher rename to "Tutor"; alter table app."Tutor" rename name to label;
      alter type mood rename to state; alter table app."Tutor" alter mood set default 'ok', alter born type date`,
    down: `alter type state rename to mood; alter table app."Tutor" rename label to name; alter table app."Tutor" rename to teacher; alter table app.teacher set schema public; drop schema app`,
    names: [
      { kind: 'table', schema: 'public', name: 'teacher', to: 'Tutor', toSchema: 'app' },
      { kind: 'column', schema: 'app', table: 'Tutor', name: 'name', to: 'label' },
      { kind: 'type', name: 'mood', to: 'state' },
    ],
    says: { up: kept, down: allBack },
  },
  'a column renamed under the old name of its table': {
    up: 'alter table teacher rename name to label; alter table teacher rename to tutor',
    down: 'alter table tutor rename to teacher; alter table teacher rename label to name',
    names: [
      { kind: 'column', table: 'teacher', name: 'name', to: 'label' },
      { kind: 'table', name: 'teacher', to: 'tutor' },
    ],
    says: { up: kept, down: allBack },
  },
  'a rename that was made as drop and add': {
    up: 'alter table teacher drop name, add label text',
    down: 'alter table teacher drop label, add name text',
    names: [{ kind: 'column', table: 'teacher', name: 'name', to: 'label' }],
    says: { failures: ['up: 8 values of teacher.name are not what they were ("r1" → null)'] },
  },
  'a type without loss': {
    up: 'alter table teacher alter price type numeric(10,2), alter id type bigint',
    down: 'alter table teacher alter price type numeric(6,2), alter id type integer',
    says: { up: kept, down: allBack },
    changed: { price: ['same', true], id: ['same', true] },
  },
  'a type with another text, without loss': {
    up: 'alter table teacher alter price type numeric(10,4), alter born type timestamp',
    down: 'alter table teacher alter price type numeric(6,2), alter born type date',
    says: {
      up: `${kept}; 2 columns of values are converted: teacher.price ("1.00" → "1.0000"), teacher.born ("2020-01-01" → "2020-01-01 00:00:00")`,
      down: allBack,
    },
    changed: { price: ['cast', true], born: ['cast', true] },
  },
  'a type with loss': {
    up: 'alter table teacher alter price type integer',
    down: 'alter table teacher alter price type numeric(6,2)',
    says: {
      up: `${kept}; 1 column of values is converted: teacher.price ("1.00" → "1")`,
      down: 'down restores the structure, but not the values of 1 column: teacher.price',
    },
    changed: { price: ['cast', false] },
  },
  'a type with an expression': {
    up: 'alter table teacher alter price type integer using (price * 100)::integer',
    down: 'alter table teacher alter price type numeric(6,2) using price / 100.0',
    says: { up: `${kept}; 1 column of values is converted: teacher.price ("1.00" → "100")`, down: allBack },
    changed: { price: ['other', true] },
  },
  'a label renamed': {
    up: `alter type mood rename value 'sad' to 'very "sad"'`,
    down: `alter type mood rename value 'very "sad"' to 'sad'`,
    names: [{ kind: 'value', table: 'mood', name: 'sad', to: 'very "sad"' }],
    says: {
      up: `${kept}; 2 columns of values are converted: teacher.mood ("sad" → "very \\"sad\\""), teacher.moods ("{sad,ok}" → "{\\"very \\\\\\"sad\\\\\\"\\",ok}")`,
      down: allBack,
    },
    changed: { mood: ['mapped', true], moods: ['mapped', true] },
  },
  'a label that is mapped': {
    up: swap(`'ok', 'fine'`, `array_replace(moods::text[], 'sad', 'ok')`, `when 'sad' then 'ok'`),
    down: swap(`'sad', 'ok', 'fine'`, 'moods::text[]', `when '' then 'ok'`),
    names: [{ kind: 'value', table: 'mood', name: 'sad', to: 'ok' }],
    says: {
      up: `${kept}; 2 columns of values are converted: teacher.mood ("sad" → "ok"), teacher.moods ("{sad,ok}" → "{ok,ok}")`,
      down: 'down restores the structure, but not the values of 2 columns: teacher.mood, teacher.moods',
    },
    changed: { mood: ['mapped', false], moods: ['mapped', false] },
  },
  'labels in another order, with one more': {
    up: swap(`'fine', 'ok', 'new', 'sad'`, 'moods::text[]', `when '' then 'ok'`),
    down: swap(`'sad', 'ok', 'fine'`, 'moods::text[]', `when '' then 'ok'`),
    says: { up: kept, down: allBack },
  },
  'a label that is mapped to another than was said': {
    up: swap(`'ok', 'fine'`, `array_replace(moods::text[], 'sad', 'ok')`, `when 'sad' then 'fine'`),
    down: swap(`'sad', 'ok', 'fine'`, 'moods::text[]', `when '' then 'ok'`),
    names: [{ kind: 'value', table: 'mood', name: 'sad', to: 'ok' }],
    says: { failures: ['up: 3 values of teacher.mood are not what they were ("sad" → "fine")'] },
  },
  'null that is filled': {
    up: `update teacher set bio = 'none' where bio is null; alter table teacher alter bio set not null`,
    down: 'alter table teacher alter bio drop not null',
    says: { up: kept, down: 'down restores the structure, but not the values of 1 column: teacher.bio' },
  },
  'a column that comes': {
    up: `alter table teacher add level int not null default 3, add double numeric generated always as (price * 2) stored`,
    down: 'alter table teacher drop level, drop double',
    says: { up: kept, down: allBack },
  },
  'a column that is computed otherwise': {
    setup: `${teacher}; alter table teacher add double numeric generated always as (price * 2) stored`,
    up: `alter table teacher drop double; alter table teacher add double numeric generated always as (price * 3) stored`,
    down: `alter table teacher drop double; alter table teacher add double numeric generated always as (price * 2) stored`,
    says: { up: kept, down: allBack },
  },
  'no way back': { up: 'alter table teacher drop bio', says: { up: kept, down: undefined } },
  'rows that are lost and rows that come': {
    up: `delete from teacher where id < 3; insert into teacher (name, mood, price) values ('x', 'ok', 1), ('y', 'ok', 1), ('z', 'ok', 1)`,
    says: {
      up: '8 rows in 1 table: not all values are kept',
      failures: ['up: 2 rows of teacher are gone', 'up: 3 rows more in teacher than before'],
    },
  },
  'a down that forgets': {
    up: 'select 1',
    down: `update teacher set bio = 'x' where id = 1; alter table teacher drop born; delete from teacher where id = 5`,
    again: '',
    says: {
      up: kept,
      failures: [
        'down: 1 row of teacher is gone',
        'down: 1 value of teacher.bio is not what it was ("r1" → "x")',
        'down: teacher.born does not come back',
      ],
    },
  },
  'another outcome the second time': {
    up: `alter table teacher alter born type date; update teacher set name = 'again' where exists (select from pg_class where relname = 'left_over')`,
    down: 'create table left_over ()',
    says: { up: kept, failures: ['up again: 8 values of teacher.name are not what they were ("r1" → "again")'] },
  },
};

for (const [name, { setup = teacher, up, down, again = up, names = [], says, changed }] of Object.entries(changes))
  test(`what becomes of values: ${name}`, async () => {
    await withDatabase(async (client) => {
      await client.query(setup);
      await client.query('begin');
      const named = [
        { schema: 'public', name: 'teacher' },
        { schema: 'app', name: 'room' },
      ].filter(({ schema }) => setup.includes(schema) || schema === 'public');
      const { filled, empty } = await fillTables(client, named, { extremes: false });
      assert.deepEqual(empty, []);
      const before: TableName[] = filled.map(({ table }) => table);
      const after = before.map((table) => tableAfter(table, names));
      const read = { before: await readRows(client, before) };
      await client.query(up);
      const reading = { ...read, up: await readRows(client, after) };
      const casts = await plainCasts(client, reading.before, reading.up, names);
      let found: Survival;
      if (down === undefined) found = survival(reading, names, casts);
      else {
        await client.query(down);
        const back = await readRows(client, before);
        await client.query(again);
        found = survival(
          { ...reading, down: back, again: again === '' ? undefined : await readRows(client, after) },
          names,
          casts,
        );
      }
      const sentences = sentencesOf(found);
      assert.deepEqual(sentences.failures, says.failures ?? []);
      if ('up' in says) assert.equal(sentences.up, says.up);
      if ('down' in says) assert.equal(sentences.down, says.down);
      if (changed)
        assert.deepEqual(Object.fromEntries(found.changed.map((one) => [one.column, [one.up, one.back]])), changed);
      await client.query('rollback');
    });
  });
