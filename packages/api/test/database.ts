import { MikroORM } from '@mikro-orm/postgresql';
import ormConfig from '@tutoria/migrations/mikro-orm.config';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

/** MikroORM on a database, with the engine. */
export async function ormAt(url: string): Promise<MikroORM> {
  process.env['DATABASE_URL'] = url;
  return MikroORM.init({ ...(await ormConfig()), logger: () => undefined });
}

/** Runs one statement; its parameters are written `?`. */
export const sql = <Row extends object>(orm: MikroORM, statement: string, parameters: unknown[] = []): Promise<Row[]> =>
  orm.em.getConnection().execute<Row[]>(statement, parameters);

/** One per process: the test runner gives each test file a process of its own. */
let template: Promise<string> | undefined;

/** Makes a database that stands at head, cloned from a template that is migrated once per test file. */
export async function withDatabase(
  work: (made: { name: string; url: string; server: MikroORM }) => Promise<void>,
): Promise<void> {
  const serverUrl = process.env['TEST_DATABASE_URL'];
  assert.ok(serverUrl, 'Run the tests with `nx run api:test`, which starts a PostgreSQL for them.');
  await using server = await ormAt(serverUrl);
  template ??= migrate(serverUrl, server);
  const name = newName();
  await sql(server, `create database ${name} template ${await template}`);
  try {
    await work({ name, url: urlOf(serverUrl, name), server });
  } finally {
    await sql(server, `drop database if exists ${name} with (force)`);
  }
}

async function migrate(serverUrl: string, server: MikroORM): Promise<string> {
  const name = newName();
  await sql(server, `create database ${name} template template0 encoding 'UTF8'`);
  await using orm = await ormAt(urlOf(serverUrl, name));
  await orm.migrator.up();
  return name;
}

const newName = () => `api_${process.pid}_${randomBytes(5).toString('hex')}`;

const urlOf = (server: string, name: string): string => Object.assign(new URL(server), { pathname: `/${name}` }).href;
