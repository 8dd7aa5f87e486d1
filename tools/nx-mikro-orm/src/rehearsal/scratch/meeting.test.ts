import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDatabase } from '../../../test/database.ts';
import { withProject } from '../../../test/project.ts';
import { linkHistory } from '../../history/graph.ts';
import { readRevisions } from '../../history/read.ts';
import { withScratch } from './database.ts';

test('two addresses of one scratch server, with different databases in them, wait for each other', () =>
  withProject(async (sandbox) => {
    sandbox.write('a', { up: ['create table a (id integer)'], down: ['drop table a'] });
    const chain = linkHistory(readRevisions(sandbox.project.revisions)).order;
    const configured = process.env['SCRATCH_DATABASE_URL'];
    await withDatabase((_, one) =>
      withDatabase(async (__, other) => {
        const order: string[] = [];
        const use = async (url: string, name: string) => {
          process.env['SCRATCH_DATABASE_URL'] = url;
          await withScratch(sandbox.project, chain, {}, async ({ client }) => {
            order.push(`${name} begins`);
            await client.query('select pg_sleep(0.2)');
            order.push(`${name} ends`);
          });
        };
        try {
          await Promise.all([use(one, 'first'), use(other, 'second')]);
        } finally {
          if (configured === undefined) delete process.env['SCRATCH_DATABASE_URL'];
          else process.env['SCRATCH_DATABASE_URL'] = configured;
        }
        const [first = '', ...rest] = order;
        assert.equal(rest[0], first.replace('begins', 'ends'), order.join(', '));
      }),
    );
  }));
