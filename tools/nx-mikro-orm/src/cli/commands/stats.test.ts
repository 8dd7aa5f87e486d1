import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { run } from '../../run/run.ts';
import { readStats } from '../../review/stats/stats.ts';
import type { Report } from './command.ts';
import lint from './lint.ts';
import stats from './stats.ts';

const report = { progress: () => undefined } as unknown as Report;

const take = ({ project }: Sandbox, merge = false) => stats.run({ project, report, args: [], options: { merge } });

const judge = async ({ project }: Sandbox, revision: string) => {
  const none = { since: undefined, pending: false, sql: [], base: undefined, autocommit: false, stats: undefined };
  const options = { ...none, github: false, markdown: false, sarif: false, allowed: false };
  return lint.run({ project, report, args: [revision], options });
};

const filled = `create table teacher (id integer primary key, name text);
  insert into teacher select g, 'name-' || g from generate_series(1, 40) g`;

describe('stats', () => {
  it('weigh what lint finds of a small table, and of a large one', () =>
    withProject(async (sandbox) => {
      sandbox.write('teacher', { up: [filled], down: ['drop table teacher'] });
      await run(sandbox.project, { direction: 'up' });
      const name = sandbox.write('index', {
        up: ['create index on teacher (name)'],
        down: ['drop index teacher_name_idx'],
      });
      const unknown = await judge(sandbox, name);
      assert.equal(unknown.exit, 'refused');
      assert.match(unknown.lines.join('\n'), /How many rows the tables have is not known here/);

      await sandbox.client.query('analyze teacher');
      const { lines } = await take(sandbox);
      assert.match(lines.join('\n'), /^wrote {4}.*stats\.json: .* with .* rows, of /m);
      assert.doesNotMatch(readFileSync(sandbox.project.stats, 'utf8'), /name-/);
      const small = await judge(sandbox, name);
      assert.equal(small.exit, 'ok');
      assert.match(small.lines.join('\n'), /note {2}index-build .* on 40 rows \(.*stats\.json of \d{4}-\d\d-\d\d\)/);
      assert.doesNotMatch(small.lines.join('\n'), /not known here|days old/);

      const found = readStats(sandbox.project.stats)!;
      const teacher = found.tables['public.teacher']!;
      const large = { ...teacher, rows: 20_000_000, heapBytes: 2e9 };
      const old = { ...found, taken: '2020-01-01', tables: { ...found.tables, 'public.teacher': large } };
      writeFileSync(sandbox.project.stats, JSON.stringify(old));
      const much = await judge(sandbox, name);
      assert.equal(much.exit, 'refused');
      assert.match(much.lines.join('\n'), /stats\.json of 2020-01-01 is \d+ days old; take it anew: .*stats/);

      await take(sandbox, true);
      assert.equal(
        readStats(sandbox.project.stats)?.tables['public.teacher']?.rows,
        20_000_000,
        '--merge keeps the larger',
      );
      await take(sandbox);
      assert.equal(readStats(sandbox.project.stats)?.tables['public.teacher']?.rows, 40);
    }));

  it('write a file that is the same for the same database', () =>
    withProject(async (sandbox) => {
      await sandbox.client.query(filled);
      await take(sandbox);
      assert.ok(existsSync(sandbox.project.stats));
      const names = Object.keys(readStats(sandbox.project.stats)?.tables ?? {});
      assert.deepEqual(names, [...names].sort());
    }));
});
