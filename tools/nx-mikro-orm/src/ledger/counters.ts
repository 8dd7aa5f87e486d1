import { escapeIdentifier, type Client } from 'pg';
import type { Project } from '../config.ts';
import { askOnOwnPath } from '../postgres/connect/own-path.ts';
import { isState, sqlstate } from '../sql/sqlstate.ts';
import { journalName } from './journal.ts';

/** A table of ours whose numbers come from a counter that stands behind its rows: the next row would get a number that is taken. */
export interface Behind {
  /** `schema.name`, quoted where it has to be. */
  table: string;
  sequence: string;
  /** The highest number of a row. */
  rows: string;
}

const behind = (schema: string, name: string): string => {
  const table = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
  return `select ${literal(table)} as "table", sequence, rows::text
    from (select pg_get_serial_sequence(${literal(table)}, 'id') as sequence, (select max("id") from ${table}) as rows) found
    where case when has_sequence_privilege(sequence, 'update')
      then rows > coalesce(pg_sequence_last_value(sequence::regclass), 0) else false end`;
};

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * The counters of ledger and journal that stand behind. Logical replication copies rows and no counters, and so does a restore of
 * single tables. None where a table is absent, or has no counter, and of a counter that this role may not set. One question.
 */
export async function countersBehind(client: Client, { table: { schema, name } }: Project): Promise<Behind[]> {
  const journal = behind(schema, journalName({ table: { schema, name } }));
  try {
    return await askOnOwnPath<Behind>(client, `${behind(schema, name)} union all ${journal}`);
  } catch (error) {
    if (isState(error, sqlstate.undefinedTable, sqlstate.undefinedColumn, sqlstate.invalidSchemaName)) return [];
    throw error;
  }
}

/** Puts a counter where its rows are. Only ever under the lock. */
export const putForward = (client: Client, { sequence, rows }: Behind): Promise<unknown> =>
  client.query('select pg_catalog.setval($1::pg_catalog.regclass, $2::bigint)', [sequence, rows]);
