import { MikroORM } from '@mikro-orm/postgresql';
import ormConfig from '@tutoria/migrations/mikro-orm.config';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { testDatabase } from 'nx-mikro-orm/testing';

/** MikroORM on a database, with the engine. */
export async function ormAt(url: string): Promise<MikroORM> {
  process.env['DATABASE_URL'] = url;
  return MikroORM.init({ ...(await ormConfig()), logger: () => undefined });
}

/** Runs one statement; its parameters are written `?`. */
export const sql = <Row extends object>(orm: MikroORM, statement: string, parameters: unknown[] = []): Promise<Row[]> =>
  orm.em.getConnection().execute<Row[]>(statement, parameters);

const migrations = join(import.meta.dirname, '../../migrations');

/** Makes a database that stands at head, as long as `work` takes. */
export async function withDatabase(
  work: (made: { name: string; url: string; server: MikroORM }) => Promise<void>,
): Promise<void> {
  const serverUrl = process.env['TEST_DATABASE_URL'];
  assert.ok(serverUrl, 'Run the tests with `nx run api:test`, which starts a PostgreSQL for them.');
  await using server = await ormAt(serverUrl);
  await using made = await testDatabase({ from: migrations });
  await work({ name: made.name, url: made.url, server });
}
