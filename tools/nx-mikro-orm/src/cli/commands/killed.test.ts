import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { Client } from 'pg';
import { until } from '../../../test/until.ts';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { refused } from '../../../test/refused.ts';
import { type } from '../../../test/type.ts';
import { run } from '../../run/run.ts';
import repair from './repair.ts';
import status from './status.ts';

/** A runner in a process of its own. */
function runner({ project, url }: Sandbox) {
  const { config: _, ...plain } = project;
  const module = JSON.stringify(new URL('../../run/run.ts', import.meta.url).href);
  const program = `import { run } from ${module};
    await run({ ...${JSON.stringify(plain)}, config: { database: () => ${JSON.stringify(url)} } }, { direction: 'up' });`;
  return spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'ignore', 'inherit'] });
}

test('kill -9 in the middle of a concurrent build: who is at work, what is left, and how it goes on', () =>
  withProject(async (sandbox) => {
    const { project, url } = sandbox;
    sandbox.write('a', { up: ['create table a (id int)'] });
    await run(project, { direction: 'up' });
    const name = sandbox.write('index', {
      body: `override isTransactional() { return false; }
        override up() {
          this.addSql('alter table a add x int');
          this.addSql('create index concurrently a_id on a (id)');
        }`,
    });
    const seen = async () => (await type(project, status, ['--check', '--json'])) as { json: Seen; exit?: string };
    const state = async () => (await seen()).json.revisions.find((one) => one.name === name)?.state;
    const building = async () =>
      (
        await sandbox.values(
          "select from pg_stat_activity where query like 'create index concurrently%' and state = 'active'",
        )
      ).length > 0;
    // A concurrent build waits at its end for every transaction that began before it.
    const other = new Client({ connectionString: url });
    await other.connect();
    await other.query('begin isolation level repeatable read; select 1');
    const child = runner(sandbox);
    await until('a build at work', building);
    assert.equal(await state(), 'running');
    assert.match(String((await seen()).json.running?.name), /^nx-mikro-orm up from /);

    child.kill('SIGKILL');
    await once(child, 'exit');
    await until('nobody at work', async () => (await seen()).json.running === null);
    assert.equal(await state(), 'half-done');
    const { json, exit } = await seen();
    assert.deepEqual([json.earlier?.outcome, json.earlier?.stoppedAt, exit], ['interrupted', name, 'refused']);
    const settle = () => type(project, repair, ['--took-no-effect', name, '--reason', 'it was killed']);
    if (await building()) assert.equal((await refused(settle())).code, 'session-lives');

    await until('no build at work', async () => !(await building()));
    const { lines } = await type(project, repair, []);
    assert.match(
      lines.join('\n'),
      /1 of 2 statements are done[^]*nobody heard the answer; it left the INVALID index public\.a_id/,
    );
    await settle();
    await other.end();
    assert.equal((await run(project, { direction: 'up' })).ran.length, 1);
    assert.deepEqual(await sandbox.values("select indisvalid from pg_index where indexrelid = 'a_id'::regclass"), [
      true,
    ]);
    assert.equal((await seen()).exit, 'ok');
    assert.match((await type(project, repair, [])).lines.join('\n'), /fit together/);
  }));

interface Seen {
  running: { name: string } | null;
  earlier: { outcome: string; stoppedAt: string } | null;
  revisions: { name: string; state: string }[];
}
