import type { Client } from 'pg';
import { droppedNames, relationName, type Name } from '../../sql/names.ts';
import type { Statement } from '../../sql/parse.ts';
import { closureOf, emptiedWith, type Thing } from './closure.ts';
import type { Damage } from './damage.ts';
import type { Names } from './names.ts';

export const isType = (kind: string | undefined): boolean => kind === 'OBJECT_TYPE' || kind === 'OBJECT_DOMAIN';

/** What takes no rows along, whether or not it cascades: the most that it drops are defaults, checks and views. */
const harmless =
  /^OBJECT_(VIEW|MATVIEW|INDEX|SEQUENCE|FUNCTION|PROCEDURE|ROUTINE|AGGREGATE|TRIGGER|RULE|POLICY|PUBLICATION|EVENT_TRIGGER|STATISTIC_EXT|CAST|CONVERSION|TRANSFORM|TS\w+|FDW|FOREIGN_SERVER)$/;

/** Takes a `drop` into account, with what goes along. */
export async function followDrop(
  client: Client,
  names: Names,
  damage: Damage,
  { node, text }: Statement & { type: 'DropStmt' },
): Promise<void> {
  const kind = node.removeType ?? '';
  const cascade = node.behavior === 'DROP_CASCADE';
  if (harmless.test(kind)) return;
  const things: Thing[] = [];
  for (const name of droppedNames(node)) things.push(...(await meant(client, names, damage, kind, name)));
  if (!/^OBJECT_(TABLE|FOREIGN_TABLE|SCHEMA|TYPE|DOMAIN|EXTENSION)$/.test(kind)) {
    if (cascade) damage.uncounted.push({ statement: text, why: 'it drops what depends on it' });
    return;
  }
  const gone = await closureOf(client, things, cascade, damage);
  for (const table of gone.tables) if (!damage.gone.has(table)) damage.drop(table, text);
  for (const { table, column } of gone.columns)
    if (!damage.retyped.has(`${table}.${column}`)) damage.dropColumn(table, column, true, text);
  if (kind === 'OBJECT_SCHEMA') for (const { name } of droppedNames(node)) names.dropSchema(name);
}

/** What a `drop` names, as it is known in the catalogue. */
async function meant(client: Client, names: Names, damage: Damage, kind: string, name: Name): Promise<Thing[]> {
  const known = async (catalogue: Thing['catalogue'], sql: string, value: string): Promise<Thing[]> => {
    const { rows } = await client.query<{ oid: number }>(sql, [value]);
    return rows.map(({ oid }) => ({ catalogue, oid }));
  };
  if (kind === 'OBJECT_EXTENSION')
    return known('pg_extension', 'select oid from pg_extension where extname = $1', name.name);
  if (kind === 'OBJECT_SCHEMA') {
    const place = names.place(name.name);
    if (!place) return [];
    const movedHere = [...damage.moved].filter(([, schema]) => schema === place.schema);
    return [
      ...(await known('pg_namespace', 'select oid from pg_namespace where nspname = $1', place.schema)),
      ...movedHere.map(([oid]) => ({ catalogue: 'pg_class' as const, oid })),
    ];
  }
  const oid = await names.oid(isType(kind) ? 'type' : 'relation', name);
  return oid === undefined ? [] : [{ catalogue: isType(kind) ? 'pg_type' : 'pg_class', oid }];
}

/** Takes a `truncate` into account. */
export async function followTruncate(
  client: Client,
  names: Names,
  damage: Damage,
  { node, text }: Statement & { type: 'TruncateStmt' },
): Promise<void> {
  const tables: { oid: number; only: boolean }[] = [];
  for (const relation of node.relations ?? []) {
    if (!('RangeVar' in relation)) continue;
    const oid = await names.oid('relation', relationName(relation.RangeVar));
    if (oid !== undefined) tables.push({ oid, only: relation.RangeVar.inh !== true });
  }
  const emptied = await emptiedWith(client, tables, node.behavior === 'DROP_CASCADE', damage);
  for (const table of emptied) damage.empty(table, text);
  const { rows } = await client.query(`select from pg_class where oid = any($1::oid[]) and relkind = 'f'`, [emptied]);
  if (rows.length > 0) damage.uncounted.push({ statement: text, why: 'it empties a table on another server' });
}
