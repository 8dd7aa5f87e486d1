/**
 * Every entry once more, where `SETTINGS=role` or `SETTINGS=database` has settings that would change what SQL means: what comes
 * of it is the same as where nobody has set anything.
 */
import assert from 'node:assert/strict';
import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { compareCatalogues, describe, type Catalogue } from '../src/catalogue/index.ts';
import { run } from '../src/run/run.ts';
import { withDatabase } from '../test/database.ts';
import type { Sandbox } from '../test/project.ts';

const whose = process.env['SETTINGS'];

const tablespace = 'elsewhere';

const hostile = {
  datestyle: 'German, DMY',
  intervalstyle: 'sql_standard',
  timezone: 'Asia/Kathmandu',
  standard_conforming_strings: 'off',
  escape_string_warning: 'off',
  backslash_quote: 'off',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  xmloption: 'document',
  xmlbinary: 'hex',
  array_nulls: 'off',
  transform_null_equals: 'on',
  quote_all_identifiers: 'on',
  check_function_bodies: 'off',
  row_security: 'off',
  default_toast_compression: 'pglz',
  default_text_search_config: 'pg_catalog.german',
  default_tablespace: tablespace,
  lc_monetary: 'POSIX',
  lc_numeric: 'POSIX',
  lc_time: 'POSIX',
};

/** Sets all of them for the database, or for the role in it; what is connected already keeps its own. */
export async function unsettle({ client, url }: Pick<Sandbox, 'client' | 'url'>): Promise<void> {
  if (whose !== 'role' && whose !== 'database') return;
  const known = await hasTablespace(client);
  const database = `database ${escapeIdentifier(new URL(url).pathname.slice(1))}`;
  const subject = whose === 'role' ? `role current_user in ${database}` : database;
  for (const [name, value] of Object.entries(hostile))
    if (known || value !== tablespace) await client.query(`alter ${subject} set ${name} = ${escapeLiteral(value)}`);
}

/** Whether there is one for the whole server, which whoever comes first makes. PostgreSQL 14 has none without a folder. */
async function hasTablespace(client: Client): Promise<boolean> {
  for (const sql of ['set allow_in_place_tablespaces = on', `create tablespace ${tablespace} location ''`])
    await client.query(sql).catch(() => undefined);
  const { rowCount } = await client.query(`select from pg_tablespace where spcname = '${tablespace}'`);
  return rowCount === 1;
}

/** Insists that the whole history gives the same where nobody has set anything. */
export async function expectSameUnset({ project }: Sandbox, found: Catalogue, read: Read): Promise<void> {
  if (whose === undefined) return;
  await withDatabase(async (client, url) => {
    const config = { ...project.config, database: () => url };
    await run({ ...project, config }, { direction: 'up' });
    const differences = compareCatalogues(await read({ client }), found).filter(({ kind }) => kind !== 'database');
    assert.deepEqual(differences.map(describe), [], 'other than where nothing is set');
  });
}

type Read = (sandbox: Pick<Sandbox, 'client'>) => Promise<Catalogue>;
