/** The service on a database of its own, which stands at head. */
import { MikroORM } from '@mikro-orm/postgresql';
import { ormConfig } from '@tutoria/migrations';
import type { FastifyInstance } from 'fastify';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { buildApp } from '../src/app.ts';

export interface Standing {
  app: FastifyInstance;
  /** The name of the database. */
  name: string;
  url: string;
  /** Somebody else on the same database: migrates it, and changes what the service then finds. */
  beside: MikroORM;
  /** The server, but another of its databases. */
  server: MikroORM;
}

/** MikroORM on a database, set up as the service sets it up. */
export async function ormAt(url: string): Promise<MikroORM> {
  process.env['DATABASE_URL'] = url;
  return MikroORM.init({ ...(await ormConfig()), logger: () => undefined });
}

/** Runs one statement; its parameters are written `?`. */
export const sql = <Row extends object>(orm: MikroORM, statement: string, parameters: unknown[] = []): Promise<Row[]> =>
  orm.em.getConnection().execute<Row[]>(statement, parameters);

/** Makes a database, migrates it, builds the service on it, and takes everything away again. */
export async function withApp(work: (standing: Standing) => Promise<void>): Promise<void> {
  const serverUrl = process.env['TEST_DATABASE_URL'];
  assert.ok(serverUrl, 'Run the tests with `nx run api:test`, which starts a PostgreSQL for them.');
  const name = `api_${process.pid}_${randomBytes(5).toString('hex')}`;
  const url = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
  await using server = await ormAt(serverUrl);
  await sql(server, `create database ${name} template template0 encoding 'UTF8'`);
  try {
    await using beside = await ormAt(url);
    await beside.migrator.up();
    await using orm = await ormAt(url);
    await using app = buildApp({ orm });
    await work({ app, name, url, beside, server });
  } finally {
    await sql(server, `drop database if exists ${name} with (force)`);
  }
}
