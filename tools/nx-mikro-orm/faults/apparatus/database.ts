/** A database of a case's own, owned by the role that the runner logs in as, and looked at by the superuser. */
import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { password } from './secrecy.ts';
import type { Address } from './server.ts';

/** Another way to the same server: the port of a proxy, another role. */
export interface Through {
  port?: number;
  role?: string;
  password?: string;
  database?: string;
}

export interface Database extends AsyncDisposable {
  name: string;
  /** What a runner gets as DATABASE_URL. */
  url(through?: Through): string;
  /** The superuser's connection, for looking; a new one after the server was killed. */
  client(): Promise<Client>;
  /** One more connection, of the superuser unless a role is named; it ends with the database. */
  connect(application?: string, role?: string): Promise<Client>;
  /** Runs one or more statements as the superuser. */
  execute(sql: string): Promise<void>;
  /** One column of a query's result. */
  values(sql: string, parameters?: unknown[]): Promise<unknown[]>;
  /** The first column of the first row. */
  value(sql: string, parameters?: unknown[]): Promise<unknown>;
  /** Another role that logs in with the password of the suite; gone with the database. */
  role(attributes?: string, name?: string): Promise<string>;
}

/** The role that runners log in as: owner of its database, and nothing more. */
export const runnerRole = 'runner';

export async function connected(url: string, application = 'faults'): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: application });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

export async function asSuperuser<T>(server: Address, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connected(server.superuser);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes a role that can log in, if it is not there. */
export async function makeRole(client: Client, name = runnerRole, attributes = ''): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name]);
  if (rowCount === 0)
    await client.query(`create role ${escapeIdentifier(name)} login password ${escapeLiteral(password)} ${attributes}`);
}

const newName = (): string => `faults_${process.pid}_${randomBytes(5).toString('hex')}`;

/** Makes a database that the runner's role owns. With `like`, it is a copy of that one, to which nobody may be connected. */
export async function openDatabase(
  server: Address,
  options: { name?: string; like?: string; tablespace?: string } = {},
): Promise<Database> {
  const { name = newName(), like = 'template0', tablespace = 'pg_default' } = options;
  const own = new URL(server.superuser);
  own.pathname = `/${encodeURIComponent(name)}`;
  const opened: Client[] = [];
  const roles: string[] = [];
  let main: Client | undefined;
  await asSuperuser(server, async (admin) => {
    await makeRole(admin);
    await admin.query(
      `create database ${escapeIdentifier(name)} template ${like} encoding 'UTF8' owner ${runnerRole} tablespace ${tablespace}`,
    );
  });

  const connect: Database['connect'] = async (application, role) => {
    const client = await connected(role === undefined ? own.href : database.url({ role }), application);
    opened.push(client);
    return client;
  };
  const client: Database['client'] = async () => {
    if (main) return main;
    const made = await connect();
    made.on('end', () => (main = undefined));
    return (main = made);
  };
  const values: Database['values'] = async (sql, parameters = []) => {
    const query = { text: sql, rowMode: 'array', values: parameters } as const;
    return (await (await client()).query<unknown[]>(query)).rows.map(([first]) => first);
  };
  const database: Database = {
    name,
    url(through = {}) {
      const to = new URL(own);
      to.username = encodeURIComponent(through.role ?? runnerRole);
      to.password = encodeURIComponent(through.password ?? password);
      if (through.port !== undefined) to.port = String(through.port);
      if (through.database !== undefined) to.pathname = `/${encodeURIComponent(through.database)}`;
      return to.href;
    },
    client,
    connect,
    execute: async (sql) => void (await (await client()).query(sql)),
    values,
    value: async (sql, parameters) => (await values(sql, parameters))[0],
    role: async (attributes, role = `${name}_role${roles.length}`) => {
      await makeRole(await client(), role, attributes);
      roles.push(role);
      return role;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((each) => each.end().catch(() => undefined)));
      await asSuperuser(server, async (admin) => {
        await admin.query(`drop database if exists ${escapeIdentifier(name)} with (force)`);
        for (const role of roles) await admin.query(`drop role if exists ${escapeIdentifier(role)}`);
      });
    },
  };
  // Up to PostgreSQL 14 everybody may create in `public`; from 15 on its owner may, who is the database's.
  await database.execute('alter schema public owner to pg_database_owner; revoke create on schema public from public');
  return database;
}

/** A database to copy: what the runner's role has made of `statements`. Nobody is connected to it. */
export async function makeTemplate(server: Address, statements: readonly string[]) {
  const name = newName();
  await using database = await openDatabase(server, { name });
  const own = await connected(database.url());
  for (const sql of statements) await own.query(sql);
  await own.end();
  await (await database.client()).end();
  const like = newName();
  await asSuperuser(server, (admin) => admin.query(`create database ${like} template ${name}`));
  return { like, drop: () => asSuperuser(server, (admin) => admin.query(`drop database if exists ${like}`)) };
}
