/** Rows that the history itself puts into tables: a way back may meet such as do not fit what was before. */
import { isOfClass } from '../sql/sqlstate.ts';
import type { Client } from '../catalogue/index.ts';

/** Whether the server refused something for what rows hold. */
export const isForRows = (refusal: unknown): boolean =>
  isOfClass(refusal, 'dataException', 'integrityConstraintViolation');

/** Takes all rows away: what becomes of the structure does not depend on them. In a transaction that is rolled back. */
export async function emptyTables(client: Client): Promise<void> {
  const { rows } = await client.query(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and has_table_privilege(c.oid, 'truncate')`,
  );
  const names = (rows as { name: string }[]).map(({ name }) => name);
  if (names.length > 0) await client.query(`truncate ${names.join(', ')}`);
}
