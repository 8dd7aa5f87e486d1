/** A database of one's own on the test server. */
import { randomBytes } from 'node:crypto';
import { after, before } from 'node:test';
import { Client } from 'pg';

const server = process.env['TEST_DATABASE_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/postgres';

const connected = async (url: string): Promise<Client> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
};

/** Copied as files, as PostgreSQL 14 always does, a database costs the server half as much to make and to drop. */
async function asFiles(admin: Client): Promise<string> {
  const { rows } = await admin.query("select current_setting('server_version_num')::int >= 150000 as known");
  return (rows as { known: boolean }[])[0]?.known ? 'strategy file_copy' : '';
}

/** Makes an empty database on TEST_DATABASE_URL, hands over a connection to it, and drops it. */
export async function withDatabase(work: (client: Client, url: string) => Promise<void>): Promise<void> {
  const name = `test_${process.pid}_${randomBytes(5).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const admin = await connected(server);
  try {
    await admin.query(`create database ${name} template template0 encoding 'UTF8' ${await asFiles(admin)}`);
    const client = await connected(url.href);
    client.on('error', () => {});
    try {
      await work(client, url.href);
    } finally {
      await client.end();
    }
  } finally {
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
  }
}

type Work = (client: Client, url: string) => Promise<void>;

/**
 * One database for the cases of a file, one after the other. What a case leaves is taken back by `clean`: without another
 * one, what it did in the transaction that it left open.
 */
export function sharedDatabase(clean: (client: Client) => Promise<unknown> = rollBack): (work: Work) => Promise<void> {
  let shared: [Client, string] | undefined;
  let leave: () => void = () => undefined;
  let gone: Promise<void> = Promise.resolve();
  before(
    () =>
      new Promise<void>((ready, failed) => {
        gone = withDatabase((client, url) => {
          shared = [client, url];
          ready();
          return new Promise<void>((left) => (leave = left));
        });
        gone.catch(failed);
      }),
  );
  after(() => {
    leave();
    return gone;
  });
  return async (work) => {
    const [client, url] = shared!;
    try {
      await work(client, url);
    } finally {
      await clean(client);
    }
  };
}

const rollBack = (client: Client) => client.query('rollback');

/** Back to an empty database, and to a session as it was at first. */
export async function emptyDatabase(client: Client): Promise<void> {
  await client.query('rollback');
  await client.query('discard all');
  await client.query(`do $$ declare s text; begin
    for s in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop
      execute format('drop schema %I cascade', s);
    end loop;
    for s in select extname from pg_extension where extname <> 'plpgsql' loop
      execute format('drop extension %I cascade', s);
    end loop;
    create schema public;
  end $$`);
}
