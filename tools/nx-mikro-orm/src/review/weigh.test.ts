import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reviewing } from '../../test/reviewing.ts';
import type { Finding } from './finding.ts';
import { Sizes, type Thresholds } from './held/sizes.ts';
import { judgeScript } from './judge.ts';
import type { ColumnStats, TableStats } from './stats/stats.ts';

const school = reviewing();

const column: ColumnStats = { nullFraction: 0, distinct: 1, width: 20 };

const table = (rows: number, more: Partial<TableStats> = {}): TableStats => ({
  ...{ rows, heapBytes: rows * 100, indexBytes: rows * 20, toastBytes: 0, readsPerSecond: 50, writesPerSecond: 2 },
  ...{ columns: {}, ...more },
});

const sizes = (tables: Record<string, TableStats>, thresholds: Thresholds = { warning: 0.5, error: 5 }): Sizes =>
  new Sizes({ server: 18, taken: '2026-11-30', longestTransaction: 0, tables }, thresholds, 'stats.json');

const judge = (sql: string, weighing?: Sizes): Promise<Finding[]> =>
  judgeScript(school().runner, sql, { autocommit: false, sizes: weighing });

const one = async (sql: string, code: string, weighing?: Sizes): Promise<Finding | undefined> =>
  (await judge(sql, weighing)).find((found) => found.code === code);

const rewrite = 'alter table lesson alter column minutes type bigint';

describe('a finding, weighed', () => {
  it('is a note for forty rows, a warning for more, and an error for twenty million', async () => {
    for (const [rows, severity] of [
      [40, 'note'],
      [100_000, 'warning'],
      [20_000_000, 'error'],
    ] as const) {
      const found = await one(rewrite, 'table-rewrite', sizes({ 'public.lesson': table(rows) }));
      assert.equal(found?.severity, severity, `${rows} rows: ${found?.message}`);
    }
  });

  it('says for how long, on how many rows, and how many statements arrive meanwhile', async () => {
    const found = await one(rewrite, 'table-rewrite', sizes({ 'public.lesson': table(20_000_000) }));
    assert.match(
      found?.message ?? '',
      /; about \d+ s to \d+ min on 20\s000\s000 rows, while about \d\s\d+ statements arrive \(stats\.json\)$/,
    );
    const { from = 0, to = 0, source } = found?.held ?? {};
    assert.ok(from > 1 && to / from < 8 && to / from > 4);
    assert.equal(source, 'stats.json');
  });

  it('lasts from the lock to the end of the transaction', async () => {
    const small = sizes({ 'public.room': table(10), 'public.lesson': table(20_000_000) });
    const alone = await one('lock table room in exclusive mode', 'online-form', small);
    assert.equal(alone?.severity, 'note');
    const before = await one(`lock table room in exclusive mode; ${rewrite}`, 'online-form', small);
    assert.equal(before?.severity, 'error', 'the rewrite of another table comes after it');
    const after = await one(`${rewrite}; lock table room in exclusive mode`, 'online-form', small);
    assert.equal(after?.severity, 'note', 'the rewrite of another table was before it');
  });

  it('counts a partitioned table as all its partitions', async () => {
    const both = sizes({ 'public.event_2025': table(10_000_000), 'public.event_2026': table(10_000_000) });
    const found = await one('alter table event add constraint c check (id > 0)', 'full-scan', both);
    assert.equal(found?.severity, 'error');
    const tiny = sizes({ 'public.event_2025': table(10), 'public.event_2026': table(10) });
    assert.equal((await one('alter table event add constraint c check (id > 0)', 'full-scan', tiny))?.severity, 'note');
  });

  it('counts as large where nobody has figures of the table, and goes by the thresholds of the configuration', async () => {
    const unknown = await one(rewrite, 'table-rewrite', sizes({}));
    assert.deepEqual([unknown?.severity, unknown?.held], ['error', null]);
    const patient = sizes({ 'public.lesson': table(20_000_000) }, { warning: 3600, error: 7200 });
    assert.equal((await one(rewrite, 'table-rewrite', patient))?.severity, 'note');
  });

  it('does not depend on size where something is lost or broken', async () => {
    const tiny = sizes({ 'public.lesson': table(1) });
    assert.equal(
      (await one('alter table lesson rename column minutes to length', 'name-gone', tiny))?.severity,
      'error',
    );
    assert.equal((await one('truncate lesson', 'rows-lost', tiny))?.severity, 'error');
  });

  it('about rows is decided by nulls and by how many values there are, or dropped', async () => {
    const withColumn = (name: string, figures: Partial<ColumnStats>) =>
      sizes({ 'public.lesson': table(1000, { columns: { [name]: { ...column, ...figures } } }) });
    const notNull = 'alter table lesson alter column room_id set not null';
    const some = await one(notNull, 'fails-on-rows', withColumn('room_id', { nullFraction: 0.12 }));
    assert.equal(some?.severity, 'error');
    assert.match(some?.message ?? '', /12 % are, by stats\.json$/);
    assert.equal(await one(notNull, 'fails-on-rows', withColumn('room_id', { nullFraction: 0 })), undefined);
    const unique = 'create unique index on lesson (place)';
    const repeated = await one(unique, 'fails-on-rows', withColumn('place', { distinct: 30 }));
    assert.equal(repeated?.severity, 'error');
    assert.match(repeated?.message ?? '', /about 30 values in 1000 rows/);
    assert.equal(await one(unique, 'fails-on-rows', withColumn('place', { distinct: 1000 })), undefined);
    assert.equal(
      (await one(unique, 'fails-on-rows', withColumn('status', {})))?.severity,
      'warning',
      'of another column',
    );
  });
});
