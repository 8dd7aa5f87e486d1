/** The select of each kind, and the things that its rows say. */
import type { Facts, Item, Said } from './item.ts';
import { fixedPoints } from './fixed-point.ts';
import { keyOf, type Kind } from './key.ts';
import { onlyKindOf } from './kinds/index.ts';
import type { KindModule } from './kinds/kind.ts';
import { firstUserOid, object } from './kinds/reading.ts';

/** Only the fields that its kind has. */
export interface Row {
  kind?: Kind;
  schema?: string | null;
  table?: string;
  name?: string;
  signature?: string;
  oid?: number;
  relation?: number | null;
  column?: number;
  facts?: Facts;
  layout?: Facts;
}

export interface Remark {
  catalogue: string;
  oid: number;
  column: number;
  /** Absent for a comment. */
  provider: string | null;
  text: string;
}

/** Comments and security labels. An extension brings its own comment along. */
export const remarks = `
select classoid::regclass::text as catalogue, objoid as oid, objsubid as "column", null as provider, description as text
from pg_description where objoid >= ${firstUserOid}
  and not (classoid = 'pg_extension'::regclass and exists (
    select from pg_extension x join pg_available_extensions v on v.name = x.extname
    where x.oid = objoid and v.comment = description))
union all
select classoid::regclass::text, objoid, objsubid, provider, label from pg_seclabel`;

/** What of the things of a kind is selected. */
export interface Selecting {
  /** `server_version_num`. */
  version: number;
  /** Only which there are. */
  names?: boolean;
  /** To which relation each belongs, as well; or only those of the relations that are given as `$1`. */
  relations?: 'told' | 'given';
}

/** The select of a kind: only what differs from row to row, as every field sent takes its time. */
export function selectOf(module: KindModule, { version, names = false, relations }: Selecting): string {
  const fields = {
    kind: module.kind,
    schema: module.schema,
    table: module.table,
    name: module.name,
    signature: module.signature,
    ...(relations && { relation: module.relation }),
    ...(names ? {} : { oid: module.oid, column: module.column, facts: object(module.facts(version)) }),
    ...(!names && module.layout && { layout: object(module.layout(version)) }),
  };
  const sent = Object.entries(fields).flatMap(([name, sql]) => (sql === undefined ? [] : [`${sql} as "${name}"`]));
  return `
select ${sent.join(',\n  ')}
from ${module.from}${names ? '' : `\n${module.joins?.(version) ?? ''}`}
where ${module.where}${relations === 'given' ? ` and ${module.relation} = any ($1)` : ''}`;
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

/** A thing, and what its place among those of its kind depends on. */
export interface Placed {
  item: Item;
  oid: number;
  column: number;
  relation: number | undefined;
}

/** The things that rows of a kind say, with what else was said of them. */
export const placedOf = (module: KindModule, rows: readonly Row[], said: ReadonlyMap<string, Said>): Placed[] =>
  rows
    .map((row) => ({
      item: itemOf(module, row, said.get(`${module.catalogue} ${row.oid} ${row.column ?? 0}`)),
      oid: Number(row.oid),
      column: Number(row.column ?? 0),
      relation: row.relation ?? undefined,
    }))
    .filter(({ item }) => !module.optional || Object.keys(item.facts).length > 0);

/** As they were made, and a table's columns in theirs: the server gives them in whatever order it found them. */
export const inOrder = (placed: Placed[]): Placed[] => placed.sort((a, b) => a.oid - b.oid || a.column - b.column);

/** What was said of each object, by its catalogue, oid and column. */
export function remarksById(rows: readonly Remark[]): Map<string, Said> {
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
