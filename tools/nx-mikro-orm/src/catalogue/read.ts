/** Reads everything a migration can make, in two round trips, without a trace in the session but for plans where it keeps them. */
import { escapeLiteral } from 'pg';
import type { Catalogue, Client, Facts, Item, Said } from './item.ts';
import { fixedPoints } from './fixed-point.ts';
import { keyOf, type Kind } from './key.ts';
import { modules, onlyKindOf } from './kinds/index.ts';
import type { KindModule } from './kinds/kind.ts';
import { firstUserOid, object } from './kinds/reading.ts';
import { askAll, plannedIn, type NamedSelect } from './planned.ts';

export interface ReadOptions {
  /** Leaves an object out, and with a table all that belongs to it. `schema` is '' for things in no schema. */
  ignore?: ((schema: string, name: string) => boolean) | undefined;
  /** Only which things there are, without their facts: much cheaper. */
  names?: true;
}

/** Settings that change how the server prints a definition, and the value it is read with. */
const settings: Record<string, string> = {
  // What is not named is searched first: a temporary table could take the place of a catalogue.
  search_path: 'pg_catalog, pg_temp',
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
  // The joins are written in a good order. Looking for a better one takes longer than running them.
  join_collapse_limit: '1',
  from_collapse_limit: '1',
};

interface Before {
  version: number;
  settings: Record<string, string>;
  /** In the order of the modules. */
  asked: boolean[];
}

/** Only the fields that its kind has. */
interface Row {
  kind?: Kind;
  schema?: string | null;
  table?: string;
  name?: string;
  signature?: string;
  oid?: number;
  column?: number;
  facts?: Facts;
  layout?: Facts;
}

interface Remark {
  catalogue: string;
  oid: number;
  column: number;
  /** Absent for a comment. */
  provider: string | null;
  text: string;
}

const questions = modules.map(({ catalogue, among }) =>
  catalogue === 'pg_database'
    ? 'true'
    : `exists (select from pg_catalog.${catalogue} where oid >= ${firstUserOid}${among ? ` and ${among}` : ''})`,
);

const session = `json_build_object(${Object.keys(settings).map((name) => `'${name}', current_setting('${name}')`)})`;

/** The session as it is, and of which kinds the database has something at all. */
const before = `select current_setting('server_version_num')::int as version,
  ${session} as settings,
  array[${questions}] as asked`;

/** Comments and security labels. An extension brings its own comment along. */
const remarks = `
select classoid::regclass::text as catalogue, objoid as oid, objsubid as "column", null as provider, description as text
from pg_description where objoid >= ${firstUserOid}
  and not (classoid = 'pg_extension'::regclass and exists (
    select from pg_extension x join pg_available_extensions v on v.name = x.extname
    where x.oid = objoid and v.comment = description))
union all
select classoid::regclass::text, objoid, objsubid, provider, label from pg_seclabel`;

/** One statement for all settings: each by itself takes the server as long as a small select. */
const set = (values: readonly (readonly [string, string])[]): string[] =>
  values.length === 0
    ? []
    : [
        `select ${values.map(([name, value]) => `pg_catalog.set_config('${name}', ${escapeLiteral(value)}, true)`).join(', ')}`,
      ];

/** Several selects at once: one implicit transaction, or part of the open one. */
const ask = (
  client: Client,
  found: Pick<Before, 'settings'>,
  selects: readonly NamedSelect[],
  how: { planned?: ReadonlySet<string> | undefined; isOwn?: true } = {},
): Promise<unknown[][]> => {
  const changed = Object.entries(found.settings).filter(([name, value]) => settings[name] !== value);
  return askAll(client, how.planned, selects, {
    isOwn: how.isOwn === true,
    first: set(changed.map(([name]) => [name, settings[name] ?? ''])),
    last: set(changed),
  });
};

/** What selects give when no setting of the session can change how values are printed: names are qualified, times UTC. */
export const askPlainly = async (client: Client, selects: string[]): Promise<unknown[][]> => {
  const found = (await client.query(`select ${session} as settings`)).rows[0] as Pick<Before, 'settings'>;
  return ask(
    client,
    found,
    selects.map((sql) => ({ name: '', sql })),
  );
};

/** The select of a kind: only what differs from row to row, as every field sent takes its time. */
function selectOf(module: KindModule, version: number, names: boolean): string {
  const fields = {
    kind: module.kind,
    schema: module.schema,
    table: module.table,
    name: module.name,
    signature: module.signature,
    ...(names ? {} : { oid: module.oid, column: module.column, facts: object(module.facts(version)) }),
    ...(!names && module.layout && { layout: object(module.layout(version)) }),
  };
  const sent = Object.entries(fields).flatMap(([name, sql]) => (sql === undefined ? [] : [`${sql} as "${name}"`]));
  return `
select ${sent.join(',\n  ')}
from ${module.from}${names ? '' : `\n${module.joins?.(version) ?? ''}`}
where ${module.where}`;
}

const nothing: Facts = Object.freeze({});

/** Expressions are compared, and said again, as the server would print them the second time. */
function withFixedPoints({ sql = [] }: KindModule, facts: Facts): Facts {
  const changed = sql.filter((name) => facts[name] !== undefined).map((name) => [name, fixedPoints(facts[name])]);
  return changed.length === 0 ? facts : { ...facts, ...(Object.fromEntries(changed) as Facts) };
}

function itemOf(module: KindModule, row: Row, remarks: Said | undefined): Item {
  const { schema, table, name = '', signature, facts = nothing, layout = nothing } = row;
  const kind = row.kind ?? onlyKindOf(module);
  const item: Item = {
    key: keyOf(kind, [schema, table, name], signature),
    kind,
    name,
    facts: { ...withFixedPoints(module, facts), ...remarks },
    layout,
  };
  if (schema) item.schema = schema;
  if (table) item.table = table;
  if (signature) item.signature = signature;
  return item;
}

/** As they were made, and a table's columns in theirs: the server gives them in whatever order it found them. */
const inOrder = (rows: Row[]): Row[] =>
  rows.sort((a, b) => Number(a.oid) - Number(b.oid) || Number(a.column ?? 0) - Number(b.column ?? 0));

/** What was said of each object, by its catalogue, oid and column. */
function remarksById(rows: readonly Remark[]): Map<string, Said> {
  const all = new Map<string, Said>();
  for (const { catalogue, oid, column, provider, text } of rows) {
    const id = `${catalogue} ${oid} ${column}`;
    const one = all.get(id) ?? {};
    if (provider === null) one.comment = text;
    else one['security labels'] = [...(one['security labels'] ?? []), [provider, text] as [string, string]].sort();
    all.set(id, one);
  }
  return all;
}

/**
 * Everything a migration can make in this database, by key, each kind in the order of making. Reads only; takes no more than
 * access share locks.
 */
export const readCatalogue = async (client: Client, options: ReadOptions = {}): Promise<Catalogue> => {
  const names = options.names === true;
  const planned = await plannedIn(client);
  const [[found]] = (await askAll(client, planned, [{ name: 'before', sql: before }], { isOwn: true })) as [[Before]];
  const asked = modules.filter((module, at) => found.asked[at] && !(names && module.optional));
  const selects = asked.map((module) => ({
    name: `${names ? 'names' : 'facts'}_${modules.indexOf(module)}`,
    sql: selectOf(module, found.version, names),
  }));
  const wanted = names ? selects : [{ name: 'remarks', sql: remarks }, ...selects];
  const results = await ask(client, found, wanted, { planned, isOwn: true });
  const said = remarksById(names ? [] : ((results.shift() ?? []) as Remark[]));
  const catalogue: Catalogue = new Map();
  for (const [index, module] of asked.entries())
    for (const row of inOrder((results[index] ?? []) as Row[])) {
      if (isLeftOut(row, options)) continue;
      const item = itemOf(module, row, said.get(`${module.catalogue} ${row.oid} ${row.column ?? 0}`));
      if (module.optional && Object.keys(item.facts).length === 0) continue;
      catalogue.set(item.key, item);
    }
  return catalogue;
};

const isLeftOut = ({ schema, table, name, signature }: Row, { ignore }: ReadOptions): boolean =>
  ignore?.(schema ?? '', table ?? (name ?? '') + (signature ?? '')) === true;
