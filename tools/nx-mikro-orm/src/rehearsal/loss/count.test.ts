import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Client } from 'pg';
import { withDatabase } from '../../../test/database.ts';
import { listed, two } from '../../../test/losing.ts';
import { lossOf, total } from '../loss.ts';

describe('counting', () => {
  it('changes nothing, leaves no transaction open, and holds no lock that stops traffic', () =>
    withDatabase(async (client, url) => {
      await client.query(two);
      const writer = new Client({ connectionString: url });
      await writer.connect();
      try {
        // Conflicts with everything that is more than reading.
        await writer.query('begin; lock table a in exclusive mode');
        await client.query('set lock_timeout = 1000');
        assert.equal(total(await lossOf(client, ['alter table b drop x', 'drop table a'])), 4);
        await writer.query('commit');
      } finally {
        await writer.end();
      }
      const { rows } = await client.query(
        'select now() = statement_timestamp() as alone, (select count(*)::int from a) as a',
      );
      assert.deepEqual(rows, [{ alone: true, a: 2 }]);
    }));

  it('rows that this role may not see are not guessed', () =>
    withDatabase(async (client) => {
      const role = `r_${process.pid}`;
      await client.query(`${two} alter table a enable row level security; alter table a force row level security;
        create role ${role}; alter table a owner to ${role}; set role ${role}`);
      const loss = await lossOf(client, ['drop table a', 'drop table b']);
      await client.query(`reset role; drop owned by ${role}; drop role ${role}`);
      assert.deepEqual(loss.items, []);
      assert.deepEqual(
        loss.uncounted.map(({ statement }) => statement),
        ['drop table a', 'drop table b'],
      );
      assert.match(loss.uncounted[0]!.why, /row-level security/);
      assert.match(loss.uncounted[1]!.why, /permission denied/);
    }));

  it('a table that somebody else holds is not waited for longer than the session allows', () =>
    withDatabase(async (client, url) => {
      await client.query(two);
      const holder = new Client({ connectionString: url });
      await holder.connect();
      try {
        await holder.query('begin; lock table a');
        await client.query('set lock_timeout = 50');
        const loss = await lossOf(client, ['delete from a', 'drop table a', 'drop table b']);
        assert.deepEqual(listed(loss), ['table b 3']);
        assert.deepEqual(
          loss.uncounted.map(({ statement }) => statement),
          ['delete from a', 'drop table a'],
        );
      } finally {
        await holder.end();
      }
    }));
});
