import type { Options } from '@mikro-orm/postgresql';
import type { OrmOptions } from './config.ts';
import { problem } from './errors.ts';

/**
 * The address that a MikroORM configuration connects to, for `database` in a migrations.config.ts: of `clientUrl` and the options
 * that overrule it, with a password that a function gives, the folder of a socket, and TLS.
 * @throws option-refused, for TLS with certificates of its own: an address names files
 */
export async function databaseUrl(given: OrmOptions): Promise<string> {
  const options = await (typeof given === 'function' ? given() : given);
  const { clientUrl, host, port, user, dbName } = options;
  const url = new URL(clientUrl ?? 'postgres://postgres@127.0.0.1:5432');
  url.protocol = 'postgres:';
  // MikroORM goes by the front of an address alone.
  for (const name of ['host', 'port']) url.searchParams.delete(name);
  if (host?.startsWith('/')) url.searchParams.set('host', host);
  else if (host !== undefined) url.hostname = host;
  if (port !== undefined) url.port = String(port);
  if (user !== undefined) url.username = encodeURIComponent(user);
  const password = await passwordIn(options);
  if (password !== undefined) url.password = encodeURIComponent(password);
  if (dbName !== undefined) url.pathname = `/${encodeURIComponent(dbName)}`;
  const mode = tlsIn(options);
  if (mode !== undefined && !url.searchParams.has('sslmode')) url.searchParams.set('sslmode', mode);
  return url.href;
}

async function passwordIn({ password }: Options): Promise<string | undefined> {
  return typeof password === 'function' ? password() : password;
}

/** How TLS is asked for, as `sslmode` says it. */
function tlsIn({ driverOptions = {} }: Options): string | undefined {
  const { ssl, connection } = driverOptions as { ssl?: unknown; connection?: { ssl?: unknown } };
  const tls = ssl ?? connection?.ssl;
  if (tls === undefined || tls === false || tls === null) return undefined;
  if (tls === true) return 'verify-full';
  const { rejectUnauthorized, ...more } = tls as Record<string, unknown>;
  if (Object.keys(more).length > 0)
    throw problem('option-refused', {
      option: 'driverOptions.ssl',
      why: `an address names files: put ?sslmode=verify-full&sslrootcert=… into DATABASE_URL, in place of ${Object.keys(more).join(', ')}`,
    });
  return rejectUnauthorized === false ? 'no-verify' : 'verify-full';
}
