/**
 * What the query of an address says beside the server, by the variable in which libpq reads the same
 * (https://www.postgresql.org/docs/18/libpq-envars.html).
 */
const variables: Record<string, string> = {
  application_name: 'PGAPPNAME',
  channel_binding: 'PGCHANNELBINDING',
  client_encoding: 'PGCLIENTENCODING',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  gssencmode: 'PGGSSENCMODE',
  options: 'PGOPTIONS',
  require_auth: 'PGREQUIREAUTH',
  sslcert: 'PGSSLCERT',
  sslcrl: 'PGSSLCRL',
  sslkey: 'PGSSLKEY',
  sslmode: 'PGSSLMODE',
  sslnegotiation: 'PGSSLNEGOTIATION',
  sslrootcert: 'PGSSLROOTCERT',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
};

/** What `psql` needs in its environment to connect as an address says: encrypted and checked in the same way. */
export function libpqSettings(url: string): Record<string, string> {
  const { searchParams } = new URL(url);
  const found = Object.fromEntries(
    [...searchParams].flatMap(([name, value]) => {
      const variable = variables[name];
      return variable ? [[variable, value] as const] : [];
    }),
  );
  // `pg` has words of its own for "encrypted, whoever it is" and for "encrypted".
  if (found['PGSSLMODE'] === 'no-verify') found['PGSSLMODE'] = 'require';
  else if (!found['PGSSLMODE'] && /^(1|true)$/.test(searchParams.get('ssl') ?? '')) found['PGSSLMODE'] = 'require';
  return found;
}
