import { escapeIdentifier, type Client } from 'pg';
import { inTransaction } from './connect/transaction.ts';

/**
 * Drops every schema, extension, publication and event trigger of a database, and makes an empty `public` with its
 * owner and grants as they were. In one transaction: a failure drops nothing.
 */
export const wipe = (client: Client): Promise<void> =>
  inTransaction(client, async () => {
    const names = async (sql: string) =>
      (await client.query<{ name: string }>(sql)).rows.map(({ name }) => escapeIdentifier(name));
    for (const name of await names('select pubname as name from pg_publication'))
      await client.query(`drop publication ${name}`);
    for (const name of await names('select evtname as name from pg_event_trigger'))
      await client.query(`drop event trigger ${name}`);
    const { rows } = await client.query<{ acl: string[] | null; owner: string; comment: string | null }>(
      `select nspacl::text[] as acl, pg_get_userbyid(nspowner) as owner, obj_description(oid, 'pg_namespace') as comment
       from pg_namespace where nspname = 'public'`,
    );
    for (const name of await names(
      `select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'`,
    ))
      await client.query(`drop schema ${name} cascade`);
    // What lives in a schema went with it; the rest are extensions of pg_catalog, except the built-in language.
    for (const name of await names(`select extname as name from pg_extension where extname <> 'plpgsql'`))
      await client.query(`drop extension ${name} cascade`);
    await client.query('create schema public');
    const before = rows[0];
    if (before) {
      await client.query(`alter schema public owner to ${escapeIdentifier(before.owner)}`);
      await client.query('grant usage on schema public to public');
      if (before.acl?.some((grant) => /^=\w*C/.test(grant)))
        await client.query('grant create on schema public to public');
      if (before.comment !== null)
        await client.query(`comment on schema public is ${client.escapeLiteral(before.comment)}`);
    }
  });
