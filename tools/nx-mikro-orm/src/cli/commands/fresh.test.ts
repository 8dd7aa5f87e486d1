import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withProject } from '../../../test/project.ts';
import { refused } from '../../../test/refused.ts';
import { type } from '../../../test/type.ts';
import fresh from './fresh.ts';

describe('fresh', () => {
  it('--seed fills the new database, in one transaction', () =>
    withProject(async ({ project, write, values, url }) => {
      write('a', { up: ['create table a (what text)', "insert into a values ('of the history')"] });
      const { host, pathname } = new URL(url);
      const there = ['--drop-everything-in', host + pathname];
      assert.equal((await refused(type(project, fresh, ['--seed', ...there]))).code, 'seed-missing');
      project.config.seed = () =>
        Promise.resolve({ default: (em) => em.execute("insert into a values ('of the seed')") });
      const { lines } = await type(project, fresh, ['--seed', ...there]);
      assert.match(lines.join('\n'), /Seeded\./);
      assert.deepEqual(await values('select what from a'), ['of the history', 'of the seed']);
    }));

  it('drops nothing of another server without its address', () =>
    withProject(async ({ project, client, values }) => {
      await client.query('create table precious ()');
      assert.equal((await refused(type(project, fresh, []))).code, 'fresh-foreign');
      assert.deepEqual(await values("select to_regclass('precious') is not null"), [true]);
    }));
});
