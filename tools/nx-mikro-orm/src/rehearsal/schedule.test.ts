import assert from 'node:assert/strict';
import { it } from 'node:test';
import { withDatabase } from '../../test/database.ts';
import type { Op } from '../diff/operation.ts';
import { tryInOrder } from './schedule.ts';

it('what the server drops with another thing is not dropped again when it was made anew', () =>
  withDatabase(async (client) => {
    await client.query(`create table t (id integer);
      create view seen as select id from t;
      create rule into_it as on insert to seen do instead insert into t values (new.id)`);
    const op = (key: string, phase: Op['phase'], statement: string, drops?: true): Op => ({
      ...{ key, phase, rank: 0, statements: [statement] },
      ...(drops && { drops }),
    });
    await client.query('begin');
    const { done, stuck } = await tryInOrder(client, [
      op('view public.seen', 'away', 'drop view seen', true),
      op('rule public.seen.into_it', 'away', 'drop rule into_it on seen', true),
      op('view public.seen', 'attach', 'create view seen as select id, 1 as one from t'),
      op(
        'rule public.seen.into_it',
        'attach',
        'create rule into_it as on insert to seen do instead insert into t values (new.id)',
      ),
    ]);
    assert.deepEqual(stuck, []);
    assert.deepEqual(
      done.map(({ statements: [sql = ''] }) => sql.split(' ').slice(0, 2).join(' ')),
      ['drop view', 'create view', 'create rule'],
    );
    const { rows } = await client.query("select rulename from pg_rules where tablename = 'seen'");
    assert.deepEqual(rows, [{ rulename: 'into_it' }]);
  }));
