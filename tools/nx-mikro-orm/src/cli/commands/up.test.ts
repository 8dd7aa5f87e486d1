import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { type } from '../../../test/type.ts';
import { run } from '../../run/run.ts';
import status from './status.ts';
import up from './up.ts';

const typeUp = ({ project }: Sandbox, ...words: string[]) => type(project, up, words);

describe('up after a rebuild', () => {
  const rebuilt = (name: string, replaces: string[]) => `import { Migration } from '@mikro-orm/migrations';
export class ${name} extends Migration {
  static readonly revises = null;
  static readonly replaces = ${JSON.stringify(replaces)};
  override up() { this.addSql('create table a (id int, b int)'); }
}`;

  it('says where the database stands, and not that there was nothing to do', () =>
    withProject(async (sandbox) => {
      const old = [
        sandbox.write('a', { up: ['create table a (id int)'] }),
        sandbox.write('b', { up: ['alter table a add b int'] }),
      ];
      await run(sandbox.project, { direction: 'up' });
      old.forEach((name) => sandbox.remove(name));
      const all = sandbox.write('all', { text: rebuilt('Migration20260101000002_all', old) });
      const shown = new URL(sandbox.url).host + new URL(sandbox.url).pathname;

      const { json: before } = await type(sandbox.project, status, ['--json']);
      assert.deepEqual((before as { remarks: unknown }).remarks, [
        {
          state: 'replacing',
          names: [all],
          text: 'The next `up` records it in the place of those that it replaces, and runs nothing of it.',
          next: ['npx nx-mikro-orm up'],
        },
      ]);

      const dry = await typeUp(sandbox, '--dry-run');
      assert.deepEqual(dry.lines, [`-- record ${all} in the place of 2: the ledger only`, '', 'Nothing was run.']);
      const { lines, json } = await typeUp(sandbox, '--json');
      assert.deepEqual(lines, ['', `${shown} is at ${all}.`]);
      assert.deepEqual(json, {
        database: shown,
        ran: [],
        restamped: [{ name: all, replaced: old }],
        skipped: [],
        duplicated: [],
        current: [all],
        pending: [],
      });
      const again = await typeUp(sandbox);
      assert.deepEqual(again.lines, [`Nothing to do: ${shown} is at ${all}.`]);
      assert.deepEqual((again.json as { restamped: unknown }).restamped, []);
    }));
});

describe('up where something does not fit', () => {
  it('--late skip names what it leaves out, also when nothing else is to do', () =>
    withProject(async (sandbox) => {
      const [a, b, c] = ['a', 'b', 'c'].map((table) =>
        sandbox.write(table, { up: [`create table ${table} (id int)`] }),
      ) as [string, string, string];
      await run(sandbox.project, { direction: 'up' });
      await sandbox.client.query('drop table b');
      await sandbox.client.query('delete from mikro_orm_migrations where name = $1', [b]);
      const expected = [{ name: b, before: c }];
      for (const words of [['--dry-run'], []]) {
        const { lines, json, said } = await typeUp(sandbox, '--late', 'skip', ...words);
        assert.deepEqual((json as { skipped: unknown }).skipped, expected);
        assert.deepEqual(said, [`skipped  ${b}: it is late, ${c} was applied before it`]);
        assert.match(lines.join(), /^Nothing else to do/);
      }
      const d = sandbox.write('d', { up: ['create table d (id int)'] });
      const { json, said } = await typeUp(sandbox, '--late', 'skip');
      assert.deepEqual((json as { skipped: unknown }).skipped, expected);
      assert.match(said.join('\n'), new RegExp(`^skipped  ${b}: .*\napplied  ${d}`));
      assert.deepEqual(await sandbox.values("select to_regclass('b')::text"), [null]);
      assert.deepEqual(await sandbox.values('select name from mikro_orm_migrations order by id'), [a, c, d]);
    }));

  it('warns once of a row that is there twice, also when nothing is to do', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      await run(sandbox.project, { direction: 'up' });
      // As in a table of stock MikroORM, which allows it.
      await sandbox.client.query('alter table mikro_orm_migrations drop constraint mikro_orm_migrations_name_key');
      await sandbox.client.query('insert into mikro_orm_migrations (name) values ($1)', [a]);
      for (const words of [[], ['--dry-run']]) {
        const { lines, warned } = await typeUp(sandbox, ...words);
        assert.equal(warned.length, 1);
        assert.match(warned[0] ?? '', new RegExp(`has ${a} more than once.*npx nx-mikro-orm repair$`));
        assert.match(lines.join(), /^Nothing to do/);
      }
      const b = sandbox.write('b', { up: ['create table b (id int)'] });
      const { warned, json } = await typeUp(sandbox);
      assert.equal(warned.length, 1);
      assert.deepEqual((json as { duplicated: unknown }).duplicated, [a]);
      assert.deepEqual((json as { current: unknown }).current, [b]);
    }));
});
