import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Client } from 'pg';
import { connected } from './apparatus/database.ts';
import { makeProject, removeProject, type Project } from './apparatus/project.ts';
import { reachingRevisions, type ReachingRevision, type Witness } from './apparatus/reaches.ts';
import { exits, startRunner, type Ended } from './apparatus/runner.ts';
import { ownServer, type OwnServer } from './apparatus/server.ts';

let server: OwnServer;
let admin: Client;
let folder: string;
let session: Client;

before(async () => {
  server = await ownServer();
  admin = await connected(server.superuser);
  folder = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-reach-'));
  chmodSync(folder, 0o777);
  await admin.query('create role witness login');
  await admin.query("alter role witness set work_mem = '7MB'");
  await admin.query('create database victim owner witness');
  await admin.query("alter database victim set work_mem = '8MB'");
  session = await connected(new URL('/victim', server.superuser).href);
});

after(async () => {
  await session.end();
  await admin.end();
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Everything of the server that is not scratch's. */
async function state(): Promise<unknown> {
  const { rows } = await admin.query(
    `select
       (select array_agg(datname || ' ' || datdba::regrole || coalesce(datacl::text, '') ||
          coalesce(shobj_description(oid, 'pg_database'), '') order by datname)
        from pg_database where datname !~ '^scratch_') as databases,
       (select array_agg(concat_ws(' ', rolname, rolsuper, rolcanlogin, rolconfig) order by rolname)
        from pg_roles where rolname <> 'nx_mikro_orm_scratch'
          and shobj_description(oid, 'pg_authid') is distinct from $1) as roles,
       (select array_agg(setdatabase || ' ' || setrole || ' ' || setconfig::text order by setdatabase, setrole)
        from pg_db_role_setting) as settings,
       (select array_agg(concat_ws(' ', roleid::regrole, member::regrole) order by roleid, member)
        from pg_auth_members where member::regrole::text <> 'nx_mikro_orm_scratch') as members,
       (select array_agg(name || setting order by name) from pg_file_settings) as file,
       (select count(*)::int from pg_replication_slots) as slots,
       (select count(*)::int from pg_tablespace) as tablespaces,
       (select count(*)::int from pg_subscription) as subscriptions,
       (select count(*)::int from pg_stat_activity where pid = $2) as session`,
    ['made by nx-mikro-orm for scratch databases; it goes with the last of them', witness().backend],
  );
  return { ...rows[0], files: readdirSync(folder) };
}

function witness(): Witness {
  const { hostname, port, username, password } = new URL(server.superuser);
  return {
    database: 'victim',
    role: 'witness',
    connection: `host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)} dbname=postgres`,
    backend: (session as unknown as { processID: number }).processID,
    folder,
  };
}

/** A model that has one column more than the history, so that `create` rehearses on rows of its table. */
function withModel(project: Project): void {
  writeFileSync(
    join(project.root, 'mikro-orm.config.ts'),
    `import { defineConfig, EntitySchema } from '@mikro-orm/postgresql';
const Pupil = new EntitySchema({ name: 'Pupil', tableName: 'pupil', properties: {
  id: { type: 'integer', primary: true }, name: { type: 'text' }, city: { type: 'text', nullable: true } } });
export default defineConfig({ entities: [Pupil], clientUrl: process.env['DATABASE_URL'] ?? '' });
`,
  );
  project.write('pupil', {
    up: ['create table pupil (id serial primary key, name text not null)'],
    down: ['drop table pupil'],
  });
}

/** Runs a command on scratch at the server of the witnesses. */
const run = (project: Project, ...args: string[]): Promise<Ended> =>
  startRunner(project, args, {
    url: new URL('/nowhere', server.superuser).href,
    env: { SCRATCH_DATABASE_URL: server.superuser },
    patience: 120,
  }).ended;

const says: Record<ReachingRevision['comes'], Record<'check' | 'create' | 'verify', [number[], RegExp | undefined]>> = {
  'left out': {
    check: [[3], /not run on scratch: /],
    create: [[0], /not run on scratch: /],
    verify: [[0], /not run on scratch: /],
  },
  refused: {
    check: [[4], /reaches beyond its database/],
    create: [[4], /reaches beyond its database/],
    verify: [[4], /reaches beyond its database/],
  },
  made: { check: [[3], undefined], create: [[0], undefined], verify: [[0], undefined] },
  told: {
    check: [[3], undefined],
    create: [[0], /no rows for pupil: /],
    verify: [[0], undefined],
  },
};

async function isConfined({ content, comes }: ReachingRevision): Promise<void> {
  const project = makeProject();
  try {
    withModel(project);
    project.write('reach', content.up ? { down: [], ...content } : content);
    const untouched = await state();
    for (const command of ['check', 'create', 'verify'] as const) {
      const [codes, text] = says[comes][command];
      // What no model describes is left alone: nothing is asked about the tables that a revision makes on its way.
      const ended = await run(project, command, ...(command === 'create' ? ['-m', 'Add a city', '--keep', '*'] : []));
      assert.deepEqual(await state(), untouched, `${command} touched the server`);
      // Without a way back, nothing is run down: it would not give what was before.
      if (command === 'verify' && /does not give back what was before/.test(ended.said)) continue;
      exits(ended, codes, command);
      if (text) assert.match(ended.said, text, command);
    }
  } finally {
    removeProject(project);
  }
}

describe('A revision that reaches out of its database, on scratch', () => {
  const titles: Witness = { database: 'victim', role: 'witness', connection: '', backend: 0, folder: '' };
  for (const [at, { title }] of reachingRevisions(titles).entries())
    it(`${title}: check, create and verify leave everything else on the server as it was`, async () => {
      const revision = reachingRevisions(witness())[at];
      assert.ok(revision, 'no such revision');
      await isConfined(revision);
    });

  it('roles that were made for it go with the last database that needs them', async () => {
    const { rows } = await admin.query<{ name: string }>(
      `select datname as name from pg_database where datname ~ '^scratch_'`,
    );
    for (const { name } of rows) await admin.query(`drop database "${name}"`);
    const project = makeProject();
    try {
      withModel(project);
      exits(await run(project, 'check'), 3);
    } finally {
      removeProject(project);
    }
    const left = await admin.query(`select rolname from pg_roles where rolname ~ '^made_'`);
    assert.deepEqual(left.rows, []);
  });
});
