import { MikroORM } from '@mikro-orm/postgresql';
import { ormOptions } from '@tutoria/migrations';
import type { FastifyBaseLogger } from 'fastify';
import type { Pool, PoolConfig } from 'pg';
import type { Settings } from './settings.ts';
import { giveUpSilent } from './silence.ts';

/** How much longer than its own limit the server may take to say so, in milliseconds. */
const margin = 1000;

/** How every connection of this service is made, as `pg` spells it; the times are milliseconds. */
export const connectionOptions = (settings: Settings): PoolConfig => ({
  // MikroORM reads neither `sslmode` nor `options` in an address; `pg` does.
  connectionString: settings.DATABASE_URL,
  application_name: 'tutoria-api',
  keepAlive: true,
  idleTimeoutMillis: settings.DATABASE_IDLE_TIMEOUT * 1000,
  connectionTimeoutMillis: settings.DATABASE_CONNECT_TIMEOUT * 1000,
  statement_timeout: settings.DATABASE_STATEMENT_TIMEOUT * 1000,
  idle_in_transaction_session_timeout: settings.DATABASE_STATEMENT_TIMEOUT * 2000,
});

/** Sets MikroORM up for this service; connects to nothing yet. What it has to say goes into the log. */
export function openOrm(settings: Settings, log: FastifyBaseLogger): Promise<MikroORM> {
  return MikroORM.init({
    ...ormOptions,
    clientUrl: settings.DATABASE_URL,
    logger: (message) => log.warn({ from: 'mikro-orm' }, message),
    colors: false,
    driverOptions: {
      ...connectionOptions(settings),
      min: settings.DATABASE_POOL_MIN,
      max: settings.DATABASE_POOL_MAX,
      onPoolCreated: (pool: Pool) => giveUpSilent(pool, settings.DATABASE_STATEMENT_TIMEOUT * 1000 + margin),
    },
  });
}
