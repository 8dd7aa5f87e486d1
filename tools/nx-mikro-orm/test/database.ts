/** A database of one's own on the test server. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

const server = process.env['TEST_DATABASE_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/postgres';

const connected = async (url: string): Promise<Client> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
};

/** Makes an empty database on TEST_DATABASE_URL, hands over a connection to it, and drops it. */
export async function withDatabase(work: (client: Client, url: string) => Promise<void>): Promise<void> {
  const name = `test_${process.pid}_${randomBytes(5).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const admin = await connected(server);
  try {
    await admin.query(`create database ${name} template template0 encoding 'UTF8'`);
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
