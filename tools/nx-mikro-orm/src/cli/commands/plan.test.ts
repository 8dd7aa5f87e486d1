import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { run } from '../../run/run.ts';
import type { ReviewedPlan } from '../../review/target.ts';
import type { Report } from './command.ts';
import plan from './plan.ts';
import { preview } from './preview.ts';

const report = { progress: () => undefined } as unknown as Report;

interface Look {
  markdown?: boolean;
  html?: boolean;
  target?: string;
}

const look = ({ project }: Sandbox, { markdown = false, html = false, target }: Look = {}) =>
  plan.run({ project, report, args: target === undefined ? [] : [target], options: { markdown, html } });

const planOf = async (sandbox: Sandbox, target?: string) =>
  (await look(sandbox, target === undefined ? {} : { target })).json as ReviewedPlan;

/** A table in use, and three revisions that are pending. */
const withPending = (work: (sandbox: Sandbox, names: string[]) => Promise<void>) =>
  withProject(async (sandbox) => {
    const filled = "insert into teacher select g, 'n' || g, g from generate_series(1, 40) g";
    const create = 'create table teacher (id integer primary key, name text, age integer)';
    sandbox.write('teacher', { up: [create, filled], down: ['drop table teacher'] });
    await run(sandbox.project, { direction: 'up' });
    const names = [
      sandbox.write('nick', { up: ['alter table teacher add column nick text'], down: ['select 1'] }),
      sandbox.write('wide', { up: ['alter table teacher alter column age type bigint'], down: ['select 1'] }),
      sandbox.write('nameless', {
        up: ['alter table teacher drop column name'],
        body: onlyUp('alter table teacher drop column name'),
      }),
    ];
    await work(sandbox, names);
  });

const onlyUp = (sql: string): string => `override up() { this.addSql(${JSON.stringify(sql)}); }`;

describe('plan', () => {
  it('says of each step what is sent, whom it locks out, what is written anew, the way back, and what is lost', () =>
    withPending(async (sandbox, names) => {
      const { steps, loss } = await planOf(sandbox);
      assert.deepEqual(
        steps.map(({ name }) => name),
        names,
      );
      const [nick, wide, nameless] = steps;
      assert.deepEqual(nick?.statements, ['alter table teacher add column nick text']);
      assert.deepEqual(nick?.locks, [{ relation: 'teacher', lock: 'AccessExclusiveLock', held: null }]);
      assert.deepEqual(nick?.findings, []);
      assert.deepEqual(wide?.rewritten, ['teacher']);
      assert.ok(wide?.findings.some(({ code }) => code === 'table-rewrite'));
      assert.notEqual(nameless?.irreversible, null);
      assert.deepEqual(loss?.items, [{ what: 'column', name: 'teacher.name', rows: 40 }]);
      const { rows } = await sandbox.client.query('select count(name)::int as n from teacher');
      assert.deepEqual(rows, [{ n: 40 }], 'nothing was run');
    }));

  it('goes to a target, ends with 4 where it finds an error, and knows when nothing is to be done', () =>
    withPending(async (sandbox) => {
      const near = await look(sandbox, { target: '+1' });
      assert.equal(near.exit, 'ok');
      assert.match(near.lines.join('\n'), /locks {4}teacher: reads and writes, nobody knows how long/);
      assert.equal((await look(sandbox)).exit, 'refused');
      await run(sandbox.project, { direction: 'up' });
      assert.match((await look(sandbox)).lines.join('\n'), /^Nothing to do: /);
    }));

  it('is a page, too, with the history around it; and one form at a time', () =>
    withPending(async (sandbox, names) => {
      const { lines, exit } = await look(sandbox, { html: true, target: '+2' });
      const page = lines.join('\n');
      assert.equal(exit, 'refused');
      assert.match(page, /^<!doctype html>/);
      for (const name of names) assert.ok(page.includes(name), name);
      assert.equal(page.match(/<li class="applied"/g)?.length, 1);
      assert.equal(page.match(/<li class="pending"/g)?.length, 2);
      assert.equal(page.match(/<li class="later"/g)?.length, 1);
      await assert.rejects(async () => look(sandbox, { html: true, markdown: true }), /two forms of one report/);
    }));

  it('knows for how long where there are figures', () =>
    withPending(async (sandbox) => {
      const column = { nullFraction: 0, distinct: 1, width: 8 };
      const bytes = { rows: 20_000_000, heapBytes: 2e9, indexBytes: 1e9, toastBytes: 0 };
      const teacher = { ...bytes, readsPerSecond: 1, writesPerSecond: 1, columns: { id: column } };
      const stats = { server: 18, taken: '2026-11-30', longestTransaction: 0, tables: { 'public.teacher': teacher } };
      writeFileSync(sandbox.project.stats, JSON.stringify(stats));
      const [nick, wide] = (await planOf(sandbox)).steps;
      assert.ok((nick?.locks[0]?.held?.to ?? 9) < 0.5);
      assert.ok((wide?.locks[0]?.held?.to ?? 0) > 5);
    }));

  it('as Markdown begins with a verdict behind its marker, leaves out harmless steps, and stays short enough', () =>
    withPending(async (sandbox) => {
      const lines = (await look(sandbox, { markdown: true })).lines;
      assert.deepEqual(lines.slice(0, 1), ['<!-- nx-mikro-orm plan -->']);
      assert.match(lines[1] ?? '', /^\*\*Do not merge yet\*\*/);
      assert.match(lines.join('\n'), /- column teacher\.name: 40 values/);
      assert.doesNotMatch(lines.join('\n'), /### `.*_nick`/);
      assert.equal(lines.at(-1), '1 of 3 revisions without any finding.');
      for (let i = 0; i < 30; i += 1)
        sandbox.write(`long_${i}`, { up: [`update teacher set age = 1 where '${'x'.repeat(4000)}' <> 'y'`] });
      const long = (await look(sandbox, { markdown: true })).lines.join('\n');
      assert.ok(long.length < 60_000, `${long.length}`);
      assert.match(long, /\d+ more do not fit here/);
    }));

  it('and a dry run says what going up would destroy', () =>
    withPending(async ({ project }) => {
      const { lines } = await preview(project, { direction: 'up' });
      assert.match(lines.join('\n'), /It would destroy:\n {2}column teacher\.name: 40 values/);
    }));
});
