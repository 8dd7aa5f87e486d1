/** The service on a database of its own, which stands at head. */
import type { MikroORM } from '@mikro-orm/postgresql';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { buildApp } from '../src/app.ts';
import { parseSettings, type Settings } from '../src/settings.ts';
import { conformance } from './conformance.ts';
import { ormAt, withDatabase } from './database.ts';

export { ormAt, sql } from './database.ts';

export const token = 'a-token-of-the-tests-that-is-long-enough';
export const admin = { authorization: `Bearer ${token}` };

export interface Standing {
  app: FastifyInstance;
  /** Asks the service with the token. */
  ask: (method: InjectOptions['method'], url: string, payload?: object) => Promise<LightMyRequestResponse>;
  /** The name of the database. */
  name: string;
  url: string;
  settings: Settings;
  /** Somebody else on the same database: migrates it, and changes what the service then finds. */
  beside: MikroORM;
  /** The server, but another of its databases. */
  server: MikroORM;
}

/** The settings of a test: of the environment only where the database is, short waits, no log. */
export const settingsFor = (url: string, environment: NodeJS.ProcessEnv = {}): Settings =>
  parseSettings({
    DATABASE_URL: url,
    ADMIN_TOKEN: token,
    LOG_LEVEL: 'silent',
    REDEEM_LIMIT: '1000000',
    DATABASE_PATIENCE: '0.3',
    ...environment,
  });

/** Makes a database, builds the service on it, and takes both away again. Every answer has to be what is documented. */
export async function withApp(
  work: (standing: Standing) => Promise<void>,
  environment: NodeJS.ProcessEnv = {},
): Promise<void> {
  await withDatabase(async ({ name, url, server }) => {
    await using beside = await ormAt(url);
    const settings = settingsFor(url, environment);
    await using app = await buildApp(settings);
    const mistakes = conformance(app);
    const ask: Standing['ask'] = (method, path, payload) =>
      app.inject({ method: method ?? 'GET', url: path, headers: admin, ...(payload && { payload }) });
    await work({ app, ask, name, url, settings, beside, server });
    mistakes.assertNone();
  });
}

/** Keeps everybody from a table while `work` runs. */
export async function locking(beside: MikroORM, table: string, work: () => Promise<void>): Promise<void> {
  // Not `transactional`: the service, in the same process, would take part in that transaction.
  const em = beside.em.fork();
  await em.begin();
  try {
    await em.execute(`lock table ${table} in access exclusive mode`);
    await work();
  } finally {
    await em.rollback();
  }
}
