/** A database of a case's own, owned by the role that the runner logs in as, and looked at by the superuser. */
import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { password } from './secrecy.ts';
import type { Address } from './server.ts';

export interface Database {
  name: string;
  /** The superuser's connection, for looking. */
  client: Client;
  /** What the runner gets as DATABASE_URL; another role, or the port of a proxy, on demand. */
  url(through?: { port?: number; role?: string; password?: string; database?: string }): string;
  /** One more connection of the superuser, which ends with the database. */
  connect(application?: string): Promise<Client>;
  /** One column of a query's result. */
  values(sql: string): Promise<unknown[]>;
  /** The first column of the first row. */
  value(sql: string): Promise<unknown>;
  /** Another role with the password of the suite, gone with the database. */
  role(attributes?: string, name?: string): Promise<string>;
}

/** The role that runners log in as: owner of its database, and nothing more. */
export const runnerRole = 'runner';

export const connected = async (url: string, application = 'faults'): Promise<Client> => {
  const client = new Client({ connectionString: url, application_name: application });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

/** Makes the runner's role on a server, if it is not there. */
export async function makeRole(client: Client, name = runnerRole, attributes = ''): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name]);
  if (rowCount === 0)
    await client.query(`create role ${escapeIdentifier(name)} login password ${escapeLiteral(password)} ${attributes}`);
}

/** Hands over a new database, and drops it. With `like`, it is a copy of that one; nobody may be connected to it. */
export async function withDatabase(
  server: Address,
  work: (database: Database) => Promise<void>,
  options: { name?: string; like?: string } = {},
): Promise<void> {
  const name = options.name ?? `faults_${process.pid}_${randomBytes(5).toString('hex')}`;
  const at = new URL(server.superuser);
  const url: Database['url'] = (through = {}) => {
    const to = new URL(at);
    to.username = encodeURIComponent(through.role ?? runnerRole);
    to.password = encodeURIComponent(through.password ?? password);
    if (through.port !== undefined) to.port = String(through.port);
    to.pathname = `/${encodeURIComponent(through.database ?? name)}`;
    return to.href;
  };
  const own = new URL(at);
  own.pathname = `/${encodeURIComponent(name)}`;
  const opened: Client[] = [];
  const roles: string[] = [];
  const connect = async (application?: string) => {
    const client = await connected(own.href, application);
    opened.push(client);
    return client;
  };
  await asSuperuser(server, async (admin) => {
    await makeRole(admin);
    await admin.query(
      `create database ${escapeIdentifier(name)} template ${options.like ?? 'template0'} encoding 'UTF8' owner ${runnerRole}`,
    );
  });
  try {
    const client = await connect();
    // Up to PostgreSQL 14 everybody may create in `public`; from 15 on its owner, who owns the database, may.
    await client.query('alter schema public owner to pg_database_owner');
    const values = async (sql: string) =>
      (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows.map(([first]) => first);
    await work({
      name,
      client,
      url,
      connect,
      values,
      value: async (sql) => (await values(sql))[0],
      role: async (attributes, role = `${name}_role${roles.length}`) => {
        await makeRole(client, role, attributes);
        roles.push(role);
        return role;
      },
    });
  } finally {
    await Promise.all(opened.map((client) => client.end().catch(() => undefined)));
    await asSuperuser(server, async (admin) => {
      await admin.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
      for (const role of roles) await admin.query(`drop role if exists ${escapeIdentifier(role)}`);
    });
  }
}

export async function asSuperuser<T>(server: Address, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connected(server.superuser);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A database to copy: what the runner's role has made of `statements`. */
export async function makeTemplate(server: Address, statements: readonly string[]) {
  const name = `faults_${process.pid}_${randomBytes(5).toString('hex')}`;
  await asSuperuser(server, async (admin) => {
    await makeRole(admin);
    await admin.query(`create database ${name} template template0 encoding 'UTF8' owner ${runnerRole}`);
  });
  const url = new URL(server.superuser);
  url.pathname = `/${name}`;
  const client = await connected(url.href);
  try {
    await client.query('alter schema public owner to pg_database_owner');
    await client.query(`set role ${runnerRole}`);
    for (const sql of statements) await client.query(sql);
  } finally {
    await client.end();
  }
  return { name, drop: () => asSuperuser(server, (admin) => admin.query(`drop database if exists ${name} with (force)`)) };
}
