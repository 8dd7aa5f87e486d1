import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { EntitySchema } from '@mikro-orm/postgresql';
import type { Client } from 'pg';
import { useMajor } from '../../../test/global.ts';
import { makeFolder } from '../../../test/memory.ts';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { type } from '../../../test/type.ts';
import { open } from '../../postgres/connect/connect.ts';
import check from '../../cli/commands/check.ts';
import dbStop from '../../cli/commands/db-stop.ts';
import up from '../../cli/commands/up.ts';
import verify from '../../cli/commands/verify.ts';
import {
  startScratchServer,
  startServer,
  stopScratchServer,
  stopServer,
  type Server,
} from '../../postgres/embedded/server.ts';

const configured = { ...process.env };
before(() => {
  for (const name of ['SCRATCH_DATABASE_URL', 'DATABASE_URL']) delete process.env[name];
  // Its folder has neither a checkout nor a compiler, as an image has.
  process.env['NX_MIKRO_ORM_EMBEDDED'] = '1';
});
after(() => Object.assign(process.env, configured));

const Pupil = new EntitySchema({
  name: 'Pupil',
  tableName: 'pupil',
  properties: { id: { type: 'integer', primary: true }, name: { type: 'text' } },
});

/** A project whose database is on the embedded server of its workspace, which nobody has started yet. */
const withEmbedded = (work: (sandbox: Sandbox, main: Server) => Promise<void>) =>
  withProject(
    async (sandbox) => {
      const workspace = makeFolder('nx-mikro-orm-embedded-');
      chmodSync(workspace, 0o755);
      const project = { ...sandbox.project, workspace, config: { orm: sandbox.project.config.orm } };
      useMajor(workspace);
      sandbox.write('pupil', {
        up: ['create table pupil (id serial primary key, name text not null)'],
        down: ['drop table pupil'],
      });
      const folders: string[] = [];
      try {
        const main = await startServer({ root: workspace, settings: { fsync: 'off' } });
        folders.push(main.folder);
        await work({ ...sandbox, project }, main);
        folders.push((await startScratchServer({ root: workspace })).folder);
      } finally {
        await stopServer(workspace);
        await stopScratchServer(workspace);
        for (const folder of folders)
          if (!folder.startsWith(workspace)) rmSync(dirname(folder), { recursive: true, force: true });
        rmSync(workspace, { recursive: true, force: true });
      }
    },
    () => [Pupil],
  );

async function ask(server: Server, sql: string): Promise<unknown[]> {
  const client: Client = await open(server.url('postgres'));
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end();
  }
}

test('what a pending revision would do to the server is not done by check, nor by verify', () =>
  withEmbedded(async ({ project, write }, main) => {
    await ask(main, 'create database victim');
    const name = write('reach', {
      body: `override isTransactional() { return false; }
  override up() { this.addSql('drop database if exists victim'); }
  override down() { this.addSql('select 1'); }`,
    });
    const said = `warning  not run on scratch: drop database if exists victim (${name})`;
    const checked = await type(project, check, []);
    assert.ok(checked.lines.includes(said), checked.lines.join('\n'));
    assert.ok((await type(project, check, [])).lines.includes(said), 'from the database that is kept');
    assert.ok((await type(project, verify, [])).lines.includes(said), `not said: ${said}`);
    assert.deepEqual(await ask(main, "select datname from pg_database where datname = 'victim'"), ['victim']);
    await type(project, up, []);
    assert.deepEqual(await ask(main, "select datname from pg_database where datname = 'victim'"), []);
  }));

test('a role that a pending revision makes is not there when up makes it, and check goes on', () =>
  withEmbedded(async ({ project, write }, main) => {
    const roles = () => ask(main, "select rolname from pg_roles where rolname !~ '^pg_' order by 1");
    write('role', {
      up: ['create role app', 'grant select on pupil to app'],
      down: ['revoke select on pupil from app', 'drop role app'],
    });
    await type(project, check, []);
    assert.deepEqual(await roles(), ['postgres']);
    await type(project, up, []);
    assert.deepEqual(await roles(), ['app', 'postgres']);
    await type(project, check, []);
    await type(project, verify, []);
    assert.deepEqual(await ask(main, "select datname from pg_database where datname ~ '^scratch_'"), []);
  }));

test('a server of scratch that does not start any more is made anew; db-stop stops both', () =>
  withEmbedded(async ({ project }, main) => {
    await type(project, check, []);
    const scratch = await startScratchServer({ root: project.workspace });
    assert.notEqual(scratch.port, main.port);
    assert.deepEqual(await ask(scratch, "select current_setting('fsync')"), ['off']);
    assert.deepEqual((await type(project, dbStop, [])).lines, [
      'Stopped.',
      'The server of scratch was stopped as well.',
    ]);
    assert.deepEqual((await type(project, dbStop, [])).lines, ['It was not running.']);
    appendFileSync(join(scratch.folder, 'postgresql.conf'), 'no_such_setting = 1\n');
    await type(project, check, []);
    assert.deepEqual(await ask(await startScratchServer({ root: project.workspace }), 'select 1'), [1]);
  }));
