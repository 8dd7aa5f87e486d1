import { entry, typed } from './entry.ts';

export interface ConnectionFacts {
  database: string;
  detail: string;
  embedded: boolean;
}

/** The server and the connection to it. */
export const connection = {
  'bad-url': entry<object>(
    'usage',
    () => 'DATABASE_URL is not an address of a PostgreSQL database. Nothing was run.',
    () => [
      'export DATABASE_URL=postgres://user:password@host:5432/database',
      'or unset DATABASE_URL to use the embedded PostgreSQL',
    ],
  ),
  'server-unreachable': entry<ConnectionFacts>(
    'unreachable',
    (f) => `No PostgreSQL answers at ${f.database} (${f.detail}). Nothing was run.`,
    (f) => [
      f.embedded ? typed('doctor') : 'check DATABASE_URL, and that the server runs',
      'unset DATABASE_URL to use the embedded PostgreSQL',
    ],
  ),
  'login-refused': entry<ConnectionFacts>(
    'unreachable',
    (f) => `PostgreSQL at ${f.database} refused the login: ${f.detail}. Nothing was run.`,
    () => ['check user and password in DATABASE_URL'],
  ),
  'database-missing': entry<ConnectionFacts>(
    'unreachable',
    (f) => `The server answers, but the database does not exist: ${f.database}. Nothing was created.`,
    (f) => [
      f.embedded
        ? typed('up')
        : `createdb --maintenance-db "${'${DATABASE_URL%/*}'}/postgres" ${f.database.split('/').at(-1) ?? ''}`,
    ],
  ),
  'connection-failed': entry<ConnectionFacts>(
    'unreachable',
    (f) => `PostgreSQL at ${f.database} did not accept the connection: ${f.detail}. Nothing was run.`,
    () => [typed('doctor')],
  ),
  'not-allowed': entry<{ detail: string; sqlstate: string }>(
    'unreachable',
    (f) => `This role may not do that: ${f.detail} (SQLSTATE ${f.sqlstate}). Nothing of this step was kept.`,
    () => ['connect as the role that owns the schema: set DATABASE_URL'],
  ),
  'read-only-database': entry<{ database: string; standby: boolean }>(
    'refused',
    (f) =>
      f.standby
        ? `${f.database} is a standby, which takes no changes. Nothing was run.`
        : `${f.database} is read-only for this role: default_transaction_read_only is on. Nothing was run.`,
    (f) => [
      f.standby
        ? 'set DATABASE_URL to the primary'
        : 'connect as a role that may write; or see who set it: select * from pg_db_role_setting',
    ],
  ),
  'transaction-pooler': entry<{ database: string }>(
    'refused',
    (f) =>
      `${f.database} is a connection pooler that gives out another session for each transaction: a lock would protect nothing there. Nothing was run.`,
    () => [
      'set DATABASE_URL to the PostgreSQL server itself (for PgBouncer, the port that its `[databases]` points at)',
      'or to a pool with pool_mode = session',
    ],
  ),
} as const;
