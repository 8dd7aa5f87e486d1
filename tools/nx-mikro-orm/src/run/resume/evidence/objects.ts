import type { Client } from 'pg';
import { droppedNames, nameIn, relationName } from '../../../sql/names.ts';
import type { NodeOf } from '../../../sql/parse.ts';
import { relationExists, find, findMade } from './names.ts';
import { all, done, made, notDone, removed, unknown, type Evidence } from './verdict.ts';

/** Of a table, a view or a sequence that was to be made. */
export async function ofCreated(
  client: Client,
  relation: NodeOf<'RangeVar'> | undefined,
  ifNotExists: boolean | undefined,
): Promise<Evidence> {
  if (!relation) return unknown('it names no table');
  const found = await findMade(client, relationName(relation), relation.relpersistence === 't');
  return made(found !== undefined, ifNotExists);
}

/** Things without a schema. $1 is the name. */
const serverObjects = {
  schema: 'select from pg_namespace where nspname = $1',
  extension: 'select from pg_extension where extname = $1',
  database: 'select from pg_database where datname = $1',
  tablespace: 'select from pg_tablespace where spcname = $1',
  subscription: `select from pg_subscription where subname = $1
    and subdbid = (select oid from pg_database where datname = current_database())`,
};

export async function ofServerObject(
  client: Client,
  kind: keyof typeof serverObjects,
  action: 'create' | 'drop',
  name: string | undefined,
  tolerant: boolean | undefined,
): Promise<Evidence> {
  if (name === undefined) return unknown('it names the role that happens to be connected');
  const there = await relationExists(client, serverObjects[kind], [name]);
  return action === 'create' ? made(there, tolerant) : removed(there, tolerant);
}

const relations = new Set(['TABLE', 'FOREIGN_TABLE', 'INDEX', 'VIEW', 'MATVIEW', 'SEQUENCE']);

export async function ofDropped(client: Client, node: NodeOf<'DropStmt'>): Promise<Evidence> {
  const kind = (node.removeType ?? '').replace('OBJECT_', '');
  const parts: Evidence[] = [];
  for (const name of droppedNames(node)) {
    if (kind === 'SCHEMA' || kind === 'EXTENSION') {
      const one = kind === 'SCHEMA' ? 'schema' : 'extension';
      parts.push(await ofServerObject(client, one, 'drop', name.name, node.missing_ok));
      continue;
    }
    if (!relations.has(kind) && kind !== 'TYPE' && kind !== 'DOMAIN')
      return unknown(`the catalogue is not asked about a dropped ${kind.toLowerCase()}`);
    const found = await find(client, relations.has(kind) ? 'relation' : 'type', name);
    // After the one that was meant is gone, the name can mean another, further on in the search_path.
    if (found && !found.certain)
      return unknown(`"${name.name}" now means the one in schema ${found.schema}; it may have meant another before`);
    parts.push(removed(found !== undefined, node.missing_ok));
  }
  return all(parts);
}

export async function ofEnumValue(client: Client, node: NodeOf<'AlterEnumStmt'>): Promise<Evidence> {
  const type = await find(client, 'type', nameIn(node.typeName));
  if (!type) return notDone;
  const has = (label: string | undefined) =>
    relationExists(client, 'select from pg_enum where enumtypid = $1 and enumlabel = $2', [type.oid, label]);
  if (node.oldVal === undefined) return made(await has(node.newVal), node.skipIfNewValExists);
  return renamed(await has(node.oldVal), await has(node.newVal));
}

export async function ofRenamed(client: Client, node: NodeOf<'RenameStmt'>): Promise<Evidence> {
  const { relation, newname = '', subname } = node;
  const kind = (node.renameType ?? '').replace('OBJECT_', '');
  if (relation && relations.has(kind)) {
    const old = relationName(relation);
    const before = await find(client, 'relation', old);
    const after = await find(client, 'relation', { ...old, name: newname });
    return [before, after].some((found) => found && !found.certain)
      ? unknown(`"${old.name}" and "${newname}" may mean others than before`)
      : renamed(before !== undefined, after !== undefined);
  }
  const table = relation && kind === 'COLUMN' && (await find(client, 'relation', relationName(relation)));
  if (!table) return unknown(`the catalogue is not asked about a renamed ${kind.toLowerCase()}`);
  return renamed(await hasColumn(client, table.oid, subname), await hasColumn(client, table.oid, newname));
}

const renamed = (before: boolean, after: boolean): Evidence =>
  before === after
    ? unknown(before ? 'both the old and the new name exist' : 'neither the old nor the new name exists')
    : after
      ? done
      : notDone;

export const hasColumn = (client: Client, table: number, column: string | undefined): Promise<boolean> =>
  relationExists(client, 'select from pg_attribute where attrelid = $1 and attname = $2 and not attisdropped', [
    table,
    column,
  ]);
