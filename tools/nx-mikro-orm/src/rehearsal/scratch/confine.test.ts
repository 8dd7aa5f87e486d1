import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import type { Client } from 'pg';
import { withDatabase } from '../../../test/database.ts';
import { open } from '../../postgres/connect/connect.ts';
import { build } from '../../author/whole/build.ts';
import { cases as hardCases } from '../../../test/fixtures/hard-schemas.ts';
import { readEntries } from '../../author/whole/live.ts';
import { compareCatalogues, describe, readCatalogue } from '../../catalogue/index.ts';
import { openConfined, owner, prepareDatabase, prepareOwner } from './confine.ts';

interface Case {
  setup: string;
  change: string;
  since?: number;
}

const server = process.env['TEST_DATABASE_URL'] ?? '';

/** A database of scratch's owner, as the superuser and as the owner. */
async function withBoth(work: (superuser: Client, confined: Client) => Promise<void>): Promise<void> {
  await withDatabase(async (superuser, url) => {
    const admin = await open(server);
    try {
      await prepareOwner(admin);
      const name = new URL(url).pathname.slice(1);
      await admin.query(`alter database ${name} owner to ${owner}`);
      await prepareDatabase(superuser);
      const confined = await openConfined(admin, () => url, name);
      try {
        await work(superuser, confined);
      } finally {
        await confined.end();
      }
    } finally {
      await admin.end();
    }
  });
}

const version = async (client: Client): Promise<number> =>
  (await client.query("select current_setting('server_version_num')::int as v")).rows[0].v as number;

const folder = new URL('../../../test/fixtures/catalogue/', import.meta.url);
const all: [string, string, (number | undefined)?][] = Object.entries(hardCases);
for (const file of readdirSync(folder)) {
  const cases = ((await import(new URL(file, folder).href)) as { default: Record<string, Case> }).default;
  for (const [name, { setup, change, since }] of Object.entries(cases))
    // Nobody but a superuser writes into the catalogues, and that is not undone by a database of its own.
    if (!/update pg_\w+/.test(change)) all.push([`${file.replace('.ts', '')}: ${name}`, `${setup};${change}`, since]);
}

test('as the owner as for a superuser, and made again', (suite) =>
  withBoth(async (superuser, confined) => {
    const major = await version(confined);
    for (const [name, sql, since] of all)
      await suite.test(name, { skip: since !== undefined && major < since }, async () => {
        try {
          await madeBoth(superuser, confined, sql);
        } finally {
          for (const client of [superuser, confined]) await client.query('rollback');
        }
      });
  }));

async function madeBoth(superuser: Client, confined: Client, sql: string): Promise<void> {
  await superuser.query('begin');
  await superuser.query(sql);
  const expected = await readCatalogue(superuser);
  await superuser.query('rollback');
  await confined.query('begin');
  await confined.query(sql);
  const found = await readCatalogue(confined);
  assert.deepEqual(compareCatalogues(expected, found).map(describe), []);
  const entries = await readEntries(confined, found);
  await confined.query('rollback');
  await confined.query('begin');
  const { up, down } = await build(confined, entries);
  await confined.query('rollback');
  await confined.query('begin');
  for (const statement of [...up, ...down]) await confined.query(statement);
  assert.deepEqual([...(await readCatalogue(confined)).keys()], []);
}

const escapes = [
  'reset session authorization',
  'set session authorization default',
  'reset role',
  'set role none',
  "select set_config('session_authorization', null, false)",
  "do $$ begin execute 'reset session ' || 'authorization'; end $$",
  "do $$ begin perform set_config('role', 'none', false); end $$",
  'discard all',
];

test('nobody gets more rights', (suite) =>
  withBoth(async (_, confined) => {
    for (const sql of escapes)
      await suite.test(`by ${sql}`, async () => {
        await confined.query(sql);
        const { rows } = await confined.query(
          'select session_user::text as session, current_user::text as now, rolsuper as super from pg_roles where rolname = current_user',
        );
        assert.deepEqual(rows, [{ session: owner, now: owner, super: false }]);
      });
  }));

test('what runs statements with more rights does so for nobody else, and nobody logs in as the owner', () =>
  withBoth(async (superuser, confined) => {
    await assert.rejects(
      confined.query("do $$ begin perform nx_mikro_orm_run('create table t ()', 'guessed'); end $$"),
      /only scratch itself/,
    );
    const { rows } = await superuser.query('select rolpassword from pg_authid where rolname = $1', [owner]);
    assert.deepEqual(rows, [{ rolpassword: null }]);
  }));

test("the user's event triggers do not run with more rights", () =>
  withBoth(async (_, confined) => {
    await confined.query(`create table log (who text);
      create function note() returns event_trigger language plpgsql as 'begin insert into log values (current_user); end'`);
    await confined.query('create event trigger noticed on ddl_command_end execute function note()');
    await confined.query('create extension dblink');
    await confined.query('create table t ()');
    assert.deepEqual((await confined.query('select who from log')).rows, [{ who: owner }]);
    await confined.query('alter event trigger noticed enable always');
    await assert.rejects(confined.query('drop extension dblink'), /fires always/);
  }));
