/** Rows changed and put in again, to see whether triggers still work: a function is only a text until it runs. */
import { escapeIdentifier } from 'pg';
import type { Client } from '../../catalogue/index.ts';
import { firstLine } from '../../errors.ts';
import { isOfClass } from '../../sql/sqlstate.ts';
import { qualified } from './insert.ts';
import type { TableName } from './table.ts';

const columns = `select attname::text from pg_attribute
  where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = ''`;

/** Tables with triggers, and the columns that an insert, and those that an update may give a value. */
const select = `
  select n.nspname as schema, c.relname as name, array(${columns} order by attnum) as columns,
    array(${columns} and attidentity <> 'a' order by attnum) as updatable
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where exists (select from pg_trigger where tgrelid = c.oid and not tgisinternal and tgenabled <> 'D')`;

/**
 * Updates all rows of each table that has triggers, and takes one out and puts it in again. Nothing of that is left. Returns
 * sentences on what fails because something that is named is not there, or is not of the type that it was.
 */
export async function touchRows(client: Client, tables: readonly TableName[]): Promise<string[]> {
  const { rows } = await client.query(select);
  const watched = (rows as Touched[]).filter(({ schema, name }) =>
    tables.some((one) => one.schema === schema && one.name === name),
  );
  const failures: string[] = [];
  for (const table of watched)
    for (const [verb, work] of Object.entries(touches)) {
      const failure = await tried(client, () => work(client, table));
      if (failure !== undefined) failures.push(`${verb} ${table.name} fails then: ${failure}`);
    }
  return failures;
}

interface Touched extends TableName {
  columns: string[];
  updatable: string[];
}

const touches: Record<string, (client: Client, table: Touched) => Promise<unknown>> = {
  'an update of': async (client, table) => {
    const values = table.updatable.map(escapeIdentifier).map((column) => `${column} = ${column}`);
    if (values.length > 0) await client.query(`update ${qualified(table)} set ${values.join(', ')}`);
  },
  'an insert into': async (client, table) => {
    const named = qualified(table);
    const { rows } = await client.query(
      `select ctid::text as place, tableoid::text as home, to_jsonb(one)::text as row from ${named} one limit 1`,
    );
    const [one] = rows as { place: string; home: string; row: string }[];
    if (!one) return;
    await client.query(`delete from ${named} where ctid = $1::tid and tableoid = $2::oid`, [one.place, one.home]);
    const given = table.columns.map(escapeIdentifier).join(', ');
    await client.query(
      `insert into ${named} (${given}) overriding system value select ${given} from jsonb_populate_record(null::${named}, $1)`,
      [one.row],
    );
  },
};

/** What the server says of something that is not there; whatever else it refuses is what rows of ours may be refused for. */
async function tried(client: Client, work: () => Promise<unknown>): Promise<string | undefined> {
  await client.query('savepoint touched');
  try {
    await work();
    await client.query('set constraints all immediate');
    return undefined;
  } catch (error) {
    return isOfClass(error, 'syntaxErrorOrAccessRuleViolation') ? firstLine(error) : undefined;
  } finally {
    await client.query('rollback to savepoint touched');
    await client.query('release savepoint touched');
  }
}
