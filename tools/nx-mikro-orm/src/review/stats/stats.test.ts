import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { withDatabase } from '../../../test/database.ts';
import { largerOf, readStats, staleDays, writeStats, type Stats, type TableStats } from './stats.ts';
import { takeStats } from './take.ts';

const now = new Date('2026-11-30T12:00:00Z');

const table = (rows: number, columns: TableStats['columns'] = {}): TableStats => ({
  ...{ rows, heapBytes: rows * 100, indexBytes: 0, toastBytes: 0, readsPerSecond: 1, writesPerSecond: 2, columns },
});

const stats = (tables: Stats['tables'], taken = '2026-11-30'): Stats => ({
  ...{ server: 18, taken, longestTransaction: 0, tables },
});

async function withFile(work: (file: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-stats-'));
  try {
    await work(join(folder, 'stats.json'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('figures of a database', () => {
  it('are names and numbers, of every table, and no value of any row', () =>
    withFile((file) =>
      withDatabase(async (client) => {
        await client.query(`create schema "Odd one"; create table "Odd one"."Table" (id integer primary key, secret text, empty text);
          insert into "Odd one"."Table" select g, 'secret-' || g % 7, case when g % 4 = 0 then 'hidden' end from generate_series(1, 4000) g;
          create table never_analysed (id bigint); insert into never_analysed select g from generate_series(1, 10) g;
          create table parts (at date not null) partition by range (at);
          create table parts_1 partition of parts for values from ('2026-01-01') to ('2027-01-01')`);
        await client.query('analyze "Odd one"."Table"');
        writeStats(file, await takeStats(client, now));
        const text = readFileSync(file, 'utf8');
        assert.doesNotMatch(text, /secret-|hidden/);
        const found = readStats(file)!;
        assert.deepEqual(Object.keys(found.tables), ['Odd one.Table', 'public.never_analysed', 'public.parts_1']);
        const odd = found.tables['Odd one.Table']!;
        assert.equal(odd.rows, 4000);
        assert.ok(odd.heapBytes > 100_000 && odd.indexBytes > 50_000);
        assert.deepEqual(Object.keys(odd.columns), ['empty', 'id', 'secret']);
        assert.equal(odd.columns['empty']?.nullFraction, 0.75);
        assert.equal(odd.columns['secret']?.distinct, 7);
        assert.equal(odd.columns['id']?.distinct, 4000);
      }),
    ));

  it('are read without anything that could be written, or last', () =>
    withDatabase(async (client) => {
      await takeStats(client, now);
      const { rows } = await client.query<{ readonly: string; limit: string }>(
        `select current_setting('transaction_read_only') as readonly, current_setting('statement_timeout') as limit`,
      );
      assert.deepEqual(rows, [{ readonly: 'off', limit: '0' }], 'and the session is as it was');
    }));

  it('of two databases are the larger ones, as old as the older', () => {
    const one = stats(
      { a: table(5, { x: { nullFraction: 0.5, distinct: 2, width: 4 } }), only: table(1) },
      '2026-11-01',
    );
    const other = stats({ a: table(9, { y: { nullFraction: 0, distinct: 1, width: 8 } }), another: table(2) });
    const both = largerOf(one, other);
    assert.deepEqual(Object.keys(both.tables).sort(), ['a', 'another', 'only']);
    assert.equal(both.tables['a']?.rows, 9);
    assert.deepEqual(Object.keys(both.tables['a']?.columns ?? {}), ['x', 'y']);
    assert.equal(both.taken, '2026-11-01');
  });

  it('are old after thirty days', () => {
    assert.equal(staleDays(stats({}, '2026-10-31'), now), undefined);
    assert.equal(staleDays(stats({}, '2026-10-30'), now), 31);
  });

  it('that are no such file are refused, and none are none', () =>
    withFile((file) => {
      assert.equal(readStats(file), undefined);
      for (const text of ['', '{}', '{"tables": {}, "taken": "yesterday"}']) {
        writeFileSync(file, text);
        assert.throws(() => readStats(file), { code: 'stats-broken' }, text);
      }
    }));
});
