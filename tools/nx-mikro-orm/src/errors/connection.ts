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
  'database-unnamed': entry<{ why: string; byName: string }>(
    'usage',
    (f) =>
      `DATABASE_URL is not set, and ${f.why}: the embedded PostgreSQL is for development, and would be migrated in the place of yours. Nothing was started.`,
    (f) => [
      'export DATABASE_URL=postgres://user:password@host:5432/database',
      `if the embedded one is what you mean: export ${f.byName}=1`,
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
  'certificate-refused': entry<ConnectionFacts & { otherName: boolean }>(
    'unreachable',
    (f) =>
      `PostgreSQL at ${f.database} shows a certificate that ${f.otherName ? 'is for another name' : 'no authority known here has signed'}: ${f.detail}. This driver takes sslmode=require, prefer and verify-ca for verify-full. Nothing was run.`,
    (f) => [
      f.otherName
        ? 'name the host in DATABASE_URL as the certificate does'
        : "give it your provider's certificate: put sslrootcert=/path/to/ca.pem into the query of DATABASE_URL",
      "to encrypt without looking at the certificate, as libpq's require does: put uselibpqcompat=true&sslmode=require there",
    ],
  ),
  'connection-failed': entry<ConnectionFacts>(
    'unreachable',
    (f) => `PostgreSQL at ${f.database} did not accept the connection: ${f.detail}. Nothing was run.`,
    () => [typed('doctor')],
  ),
  'server-silent': entry<{ database: string; seconds: number }>(
    'unreachable',
    (f) => `${f.database} has accepted the connection, and not answered for ${f.seconds} s. Nothing was run.`,
    () => [
      'see whether the server, or a proxy or network on the way to it, stands still',
      'wait longer: export NX_MIKRO_ORM_SILENCE=300 (seconds)',
    ],
  ),
  'not-allowed': entry<{ database: string; detail: string; sqlstate: string }>(
    'unreachable',
    (f) =>
      `This role may not do that in ${f.database}: ${f.detail} (SQLSTATE ${f.sqlstate}). Nothing of this step was kept.`,
    () => ['connect as the role that owns the schema: set DATABASE_URL'],
  ),
  'books-failed': entry<{ database: string; detail: string; sqlstate: string; name: string | undefined }>(
    'failed',
    (f) =>
      `The ledger or the journal of ${f.database}${f.name === undefined ? '' : `, for ${f.name},`} could not be read or written: ${f.detail} (SQLSTATE ${f.sqlstate}). Nothing of this step was kept.`,
    (f) => [
      ...(/^(55P03|57014)$/.test(f.sqlstate)
        ? [`see who holds it: ${typed('psql')} "select pid, state, query from pg_stat_activity where state <> 'idle'"`]
        : []),
      ...(f.sqlstate.startsWith('53') ? ['give the server what it lacks, then type the same command again'] : []),
      `look at all that does not fit: ${typed('repair')}`,
    ],
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
