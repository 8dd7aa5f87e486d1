/** Reads everything a migration can make, in two round trips, without a trace in the session. */
import { escapeLiteral } from 'pg';
import { multi } from '../sql/multi.ts';
import { keyOf } from './item.ts';
import type { Catalogue, Client, Item, Kind } from './item.ts';
import { constantKind, firstUserOid, selectOf } from './kinds/family.ts';
import type { Family } from './kinds/family.ts';
import { families } from './kinds/index.ts';

export interface ReadOptions {
  /** Leaves an object out, and with a table all that belongs to it. `schema` is '' for things in no schema. */
  ignore?: (schema: string, name: string) => boolean;
  /** Only which things there are, with empty definitions: much cheaper. */
  names?: true;
}

/** Settings that change how the server prints a definition, and the value it is read with. */
const settings: Record<string, string> = {
  search_path: 'pg_catalog',
  timezone: 'UTC',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  xmloption: 'content',
  lc_monetary: 'C',
  quote_all_identifiers: 'off',
  standard_conforming_strings: 'on',
  jit: 'off',
  enable_nestloop: 'off',
};

interface Before {
  version: number;
  settings: Record<string, string>;
  /** In the order of the families. */
  asked: boolean[];
}

/** Only the fields its family has. */
interface Row {
  kind?: Kind;
  schema?: string | null;
  table?: string;
  name?: string;
  suffix?: string;
  oid?: number;
  column?: number;
  definition?: string;
}

interface Remark {
  catalogue: string;
  oid: number;
  column: number;
  line: string;
}

const questions = families.map(({ catalogue, among }) =>
  catalogue === 'pg_database'
    ? 'true'
    : `exists (select from pg_catalog.${catalogue} where oid >= ${firstUserOid}${among ? ` and ${among}` : ''})`,
);

const session = `json_build_object(${Object.keys(settings).map((name) => `'${name}', current_setting('${name}')`)})`;

/** The session as it is, and of which families the database has something at all. */
const before = `select current_setting('server_version_num')::int as version,
  ${session} as settings,
  array[${questions}] as asked`;

const remarks = `
select classoid::regclass::text as catalogue, objoid as oid, objsubid as "column",
  'comment ' || quote_literal(description) as line
from pg_description where objoid >= ${firstUserOid}
union all
select classoid::regclass::text, objoid, objsubid,
  'security label ' || quote_ident(provider) || ' ' || quote_literal(label) from pg_seclabel`;

const set = (name: string, value: string) => `select set_config('${name}', ${escapeLiteral(value)}, true)`;

/** Several statements at once: one implicit transaction, or part of the open one. */
const ask = async (
  client: Client,
  found: Pick<Before, 'settings'>,
  statements: string[],
): Promise<{ rows: unknown[] }[]> => {
  const changed = Object.entries(found.settings).filter(([name, value]) => settings[name] !== value);
  const all = [
    ...changed.map(([name]) => set(name, settings[name] ?? '')),
    ...statements,
    ...changed.map(([name, value]) => set(name, value)),
  ];
  return (await multi(client, all)).slice(changed.length, changed.length + statements.length);
};

/** What selects give when no setting of the session can change how values are printed: names are qualified, times UTC. */
export const askPlainly = async (client: Client, selects: string[]): Promise<unknown[][]> => {
  const found = (await client.query(`select ${session} as settings`)).rows[0] as Pick<Before, 'settings'>;
  return (await ask(client, found, selects)).map(({ rows }) => rows);
};

const itemOf = (family: Family, row: Row, definition: string): Item => {
  const { schema, table, name = '', suffix = '' } = row;
  const kind = row.kind ?? (constantKind(family) as Kind);
  const item: Item = { key: keyOf(kind, [schema, table, name], suffix), kind, name: name + suffix, definition };
  if (schema) item.schema = schema;
  if (table) item.table = table;
  return item;
};

/** As they were made, and a table's columns in theirs: the server gives them in whatever order it found them. */
const inOrder = (rows: Row[]): Row[] =>
  rows.sort((a, b) => Number(a.oid) - Number(b.oid) || Number(a.column ?? 0) - Number(b.column ?? 0));

/** Comments and security labels, by what they are about. */
function linesBy(remarks: readonly Remark[]): Map<string, string[]> {
  const said = new Map<string, string[]>();
  for (const { catalogue, oid, column, line } of remarks) {
    const id = `${catalogue} ${oid} ${column}`;
    said.set(id, [...(said.get(id) ?? []), line].sort());
  }
  return said;
}

/**
 * Everything a migration can make in this database, by key, each kind in the order of making. Reads only; takes no more than
 * access share locks.
 */
export const readCatalogue = async (client: Client, options: ReadOptions = {}): Promise<Catalogue> => {
  const names = options.names === true;
  const found = (await client.query(before)).rows[0] as Before;
  const asked = families.filter((family, at) => found.asked[at] && !(names && family.optional));
  const statements = asked.map((family) => selectOf(family, found.version, names));
  const results = await ask(client, found, names ? statements : [remarks, ...statements]);
  const said = linesBy(names ? [] : ((results.shift()?.rows ?? []) as Remark[]));
  const definitionOf = (family: Family, row: Row): string => {
    const more = said.size ? said.get(`${family.catalogue} ${row.oid} ${row.column ?? 0}`) : undefined;
    return [row.definition, ...(more ?? [])].filter((line) => line).join('\n');
  };
  const catalogue: Catalogue = new Map();
  for (const [index, family] of asked.entries())
    for (const row of inOrder((results[index]?.rows ?? []) as Row[])) {
      if (isLeftOut(row, options)) continue;
      const definition = names ? '' : definitionOf(family, row);
      if (family.optional && !definition) continue;
      const item = itemOf(family, row, definition);
      catalogue.set(item.key, item);
    }
  return catalogue;
};

const isLeftOut = ({ schema, table, name, suffix }: Row, { ignore }: ReadOptions): boolean =>
  ignore?.(schema ?? '', table ?? (name ?? '') + (suffix ?? '')) === true;
