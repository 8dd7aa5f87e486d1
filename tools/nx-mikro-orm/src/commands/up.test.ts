import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withProject, type Sandbox } from '../../test/project.ts';
import { type } from '../../test/type.ts';
import { run } from '../apply/run.ts';
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
          next: ['npx nx run migrations:up'],
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
        current: [all],
        pending: [],
      });
      const again = await typeUp(sandbox);
      assert.deepEqual(again.lines, [`Nothing to do: ${shown} is at ${all}.`]);
      assert.deepEqual((again.json as { restamped: unknown }).restamped, []);
    }));
});
