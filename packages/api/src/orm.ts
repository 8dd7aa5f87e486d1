import { MikroORM } from '@mikro-orm/postgresql';
import { ormOptions } from '@tutoria/migrations';
import type { FastifyBaseLogger } from 'fastify';
import type { Settings } from './settings.ts';

/** Sets MikroORM up for this service; connects to nothing yet. What it has to say goes into the log. */
export function openOrm(settings: Settings, log: FastifyBaseLogger): Promise<MikroORM> {
  return MikroORM.init({
    ...ormOptions,
    clientUrl: settings.DATABASE_URL,
    logger: (message) => log.warn({ from: 'mikro-orm' }, message),
    colors: false,
    pool: {
      min: settings.DATABASE_POOL_MIN,
      max: settings.DATABASE_POOL_MAX,
      idleTimeoutMillis: settings.DATABASE_IDLE_TIMEOUT * 1000,
    },
    // As `pg` spells them; the times are milliseconds.
    driverOptions: {
      application_name: 'tutoria-api',
      keepAlive: true,
      connectionTimeoutMillis: settings.DATABASE_CONNECT_TIMEOUT * 1000,
      statement_timeout: settings.DATABASE_STATEMENT_TIMEOUT * 1000,
      idle_in_transaction_session_timeout: settings.DATABASE_STATEMENT_TIMEOUT * 2000,
    },
  });
}
