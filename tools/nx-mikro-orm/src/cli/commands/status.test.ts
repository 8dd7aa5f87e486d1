import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeGate } from '../../../test/gate.ts';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { refused } from '../../../test/refused.ts';
import { type } from '../../../test/type.ts';
import { run } from '../../run/run.ts';
import current from './current.ts';
import status from './status.ts';

const up = (sandbox: Sandbox, target?: string) => run(sandbox.project, { direction: 'up', target });

describe('status', () => {
  it('as JSON: these fields, with these meanings', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      const b = sandbox.write('b', { up: ['create table b (id int)'] });
      await up(sandbox, a);
      const { json, exit } = await type(sandbox.project, status, ['--json', '--check']);
      const { revisions, ...rest } = json as { revisions: Record<string, unknown>[] };
      assert.deepEqual(rest, {
        database: new URL(sandbox.url).host + new URL(sandbox.url).pathname,
        embedded: false,
        verdict: 'pending',
        current: [a],
        heads: [b],
        running: null,
        earlier: null,
        remarks: [{ state: 'pending', names: [b], text: 'Not applied yet.', next: ['npx nx-mikro-orm up'] }],
      });
      const [first = {}, second = {}] = revisions;
      assert.match(String(first['at']), /^\d{4}-.*Z$/);
      assert.equal(typeof first['by'], 'string');
      assert.equal(typeof first['durationMs'], 'number');
      const path = `${sandbox.project.revisions}/${b}.ts`;
      const unknown = { at: null, by: null, host: null, branch: null, commit: null, tool: null, durationMs: null };
      assert.deepEqual(second, { state: 'pending', name: b, path, revises: [a], ...unknown });
      assert.deepEqual(Object.keys(first), Object.keys(second));
      assert.equal(exit, 'differs');
    }));

  it('names are whole where nobody looks at a terminal', () =>
    withProject(async (sandbox) => {
      const name = sandbox.write('b'.repeat(200), { up: ['create table a (id int)'] });
      await up(sandbox);
      const piped = (await type(sandbox.project, status, [])).lines;
      assert.ok(
        piped.some((line) => line.startsWith(`applied  ${name}  20`)),
        piped.join('\n'),
      );
      const wide = (await type(sandbox.project, status, [], 100)).lines.slice(1);
      assert.ok(wide.every((line) => line.length <= 100) && wide.some((line) => line.includes('…')), wide.join('\n'));
    }));

  it('the exit codes of --check, here and in `current`', () =>
    withProject(async (sandbox) => {
      const codes = async () => {
        const both = [];
        for (const command of [status, current]) both.push((await type(sandbox.project, command, ['--check'])).exit);
        assert.equal(both[0], both[1]);
        return both[0];
      };
      assert.equal(await codes(), 'ok');
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      assert.equal(await codes(), 'differs');
      await up(sandbox);
      assert.equal(await codes(), 'ok');
      sandbox.write('b', { up: ['create table b (id int)'] });
      await up(sandbox);
      await sandbox.client.query('delete from mikro_orm_migrations where name = $1', [a]);
      assert.equal(await codes(), 'refused');
      assert.equal((await type(sandbox.project, status, [])).exit, 'ok');
    }));

  it('a run that failed is told first; while a runner is at work, nothing is called interrupted', () =>
    withProject(async (sandbox) => {
      const gate = await makeGate(sandbox.client);
      sandbox.write('slow', { up: ['create table a (id int)', gate.statement] });
      const running = up(sandbox);
      const seen = async () => (await type(sandbox.project, status, [])).lines;
      await gate.reached();
      let lines = await seen();
      assert.match(lines[0] ?? '', /^At work now: nx-mikro-orm up from .* pid \d+ \(server process \d+\) since /);
      assert.doesNotMatch(lines.join('\n'), /interrupted/);
      await gate.open();
      await running;
      assert.doesNotMatch((await seen()).join('\n'), /At work|interrupted/);

      const bad = sandbox.write('bad', { up: ['select * from nowhere'] });
      assert.equal((await refused(up(sandbox))).code, 'step-failed');
      lines = await seen();
      assert.match(lines[0] ?? '', /^An earlier run failed: up by /);
      assert.match(lines.join('\n'), new RegExp(`^failed {2}${bad}`, 'm'));
      const { json } = await type(sandbox.project, status, ['--json']);
      const { earlier } = json as { earlier: Record<string, unknown> };
      assert.deepEqual([earlier['outcome'], earlier['stoppedAt'], earlier['sqlstate']], ['failed', bad, '42P01']);
    }));

  it('a database that is not there is not made', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      await type(sandbox.project, status, []);
      assert.deepEqual(await sandbox.values("select to_regclass('mikro_orm_migrations')"), [null]);
    }));
});
