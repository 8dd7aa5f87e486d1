import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDatabase } from '../../test/database.ts';
import { inspectTable, inspectTables } from './inspect.ts';
import { detailLines, tableLines } from './lines.ts';

const setup = `create table teacher (id serial primary key, name varchar(20) not null);
  create table invite_code (code text collate "C" primary key, teacher_id int not null references teacher on delete cascade,
    uses int default 1 check (uses > 0), unique (teacher_id));
  create index invite_code_uses on invite_code (uses) where uses > 1;
  create function f() returns trigger language plpgsql as 'begin return new; end';
  create trigger touched before update on invite_code for each row execute function f();
  create schema "A.b"; create table "A.b"."we""ird" (x int); create view seen as select 1 as one; analyze teacher`;

test('tables and one table, as psql shows them', async () => {
  await withDatabase(async (client) => {
    await client.query(setup);
    assert.deepEqual(tableLines(await inspectTables(client)), [
      '          List of relations',
      ' Schema |    Name     | Type  | Rows',
      '--------+-------------+-------+------',
      ' A.b    | we"ird      | table |',
      ' public | invite_code | table |',
      ' public | seen        | view  |',
      ' public | teacher     | table |   ~0',
    ]);
    await client.query('create table "學生" (id int)');
    const chinese = tableLines((await inspectTables(client)).filter(({ name }) => name.length === 2));
    assert.deepEqual(chinese, [
      '   List of relations',
      ' Schema | Name | Type',
      '--------+------+-------',
      ' public | 學生 | table',
    ]);
    const found = await inspectTable(client, 'invite_code');
    assert.ok(found, 'nothing was found');
    assert.deepEqual(detailLines(found), [
      '              Table "public.invite_code"',
      '   Column   |  Type   | Collation | Nullable | Default',
      '------------+---------+-----------+----------+---------',
      ' code       | text    | C         | not null |',
      ' teacher_id | integer |           | not null |',
      ' uses       | integer |           |          | 1',
      'Indexes:',
      '    "invite_code_pkey" PRIMARY KEY, btree (code)',
      '    "invite_code_teacher_id_key" UNIQUE CONSTRAINT, btree (teacher_id)',
      '    "invite_code_uses" btree (uses) WHERE uses > 1',
      'Check constraints:',
      '    "invite_code_uses_check" CHECK (uses > 0)',
      'Foreign-key constraints:',
      '    "invite_code_teacher_id_fkey" FOREIGN KEY (teacher_id) REFERENCES teacher(id) ON DELETE CASCADE',
      'Triggers:',
      '    touched BEFORE UPDATE ON invite_code FOR EACH ROW EXECUTE FUNCTION f()',
    ]);
    for (const name of [
      'public.invite_code',
      '"invite_code"',
      '"public"."invite_code"',
      'INVITE_CODE',
      'Public.Invite_Code',
    ])
      assert.deepEqual(await inspectTable(client, name), found, name);
    assert.equal((await inspectTable(client, '"A.b"."we""ird"'))?.name, 'we"ird');
    assert.deepEqual(
      (await inspectTable(client, 'teacher'))?.referencedBy.map((by) => by.table),
      ['invite_code'],
    );
    for (const name of ['nobody', 'a.b.c', '"', '', 'pg_catalog.pg_class', "x'; drop table teacher"])
      assert.equal(await inspectTable(client, name), undefined, name);
  });
});
