import type { Client } from 'pg';
import { nameIn, relationName, type Name } from '../../sql/names.ts';
import { byType, type ByType, type NodeOf, type Statement } from '../../sql/parse.ts';
import { changesIn, foreignCall } from './changes.ts';
import type { Damage } from './damage.ts';
import { followDrop, followTruncate, isType } from './drop.ts';
import type { Names } from './names.ts';
import { followTable } from './table.ts';

/** The server, and what the statements so far have made of its names and rows. */
interface SoFar {
  client: Client;
  names: Names;
  damage: Damage;
}

/** Takes one statement into account, as if it had been run. */
export async function followStatement(
  client: Client,
  names: Names,
  damage: Damage,
  statement: Statement,
): Promise<void> {
  await byType(effects, statement, { client, names, damage });
}

type Effect<Node = unknown> = (statement: { text: string; node: Node }, soFar: SoFar) => void | Promise<void>;

const makesType =
  <Node>(nameOfIt: (node: Node) => Name): Effect<Node> =>
  ({ node }, { names }) =>
    names.create('type', nameOfIt(node));

const makesRelation =
  <Node>(relationIn: (node: Node) => NodeOf<'RangeVar'> | undefined): Effect<Node> =>
  ({ node }, { names }) =>
    created(names, relationIn(node));

/** What nobody can count. */
const uncounted =
  (why: string): Effect =>
  ({ text }, { damage }) =>
    void damage.uncounted.push({ statement: text, why });

/** What a statement of each type does to names and rows; of the others, nothing that counts. */
const effects: ByType<void | Promise<void>, [soFar: SoFar]> = {
  DropStmt: (statement, { client, names, damage }) => followDrop(client, names, damage, statement),
  TruncateStmt: (statement, { client, names, damage }) => followTruncate(client, names, damage, statement),
  AlterTableStmt: (statement, { names, damage }) => followTable(names, damage, statement),
  RenameStmt: ({ node }, { names }) => followRename(names, node),
  AlterObjectSchemaStmt: ({ node }, { names }) => followMove(names, node),
  CreateSchemaStmt: ({ node }, { names }) => names.createSchema(node.schemaname ?? ''),
  CreateStmt: makesRelation(({ relation }) => relation),
  CreateForeignTableStmt: makesRelation(({ base }) => base?.relation),
  ViewStmt: makesRelation(({ view }) => view),
  CreateSeqStmt: makesRelation(({ sequence }) => sequence),
  CompositeTypeStmt: makesType(({ typevar }) => relationName(typevar ?? {})),
  CreateEnumStmt: makesType(({ typeName }) => nameIn(typeName)),
  CreateRangeStmt: makesType(({ typeName }) => nameIn(typeName)),
  CreateDomainStmt: makesType(({ domainname }) => nameIn(domainname)),
  VariableSetStmt: ({ node }, { names }) => followSetting(names, node),
  DropOwnedStmt: uncounted('it drops everything that a role owns'),
  DropdbStmt: uncounted('it drops a whole database'),
  DoStmt: uncounted('it runs code'),
  CallStmt: uncounted('it runs code'),
  ExecuteStmt: uncounted('it runs code'),
  unknown: uncounted('it is not SQL that this tool can read'),
  SelectStmt: async (statement, soFar) => {
    await followRows(statement, soFar);
    await created(soFar.names, statement.node.intoClause?.rel);
  },
  CreateTableAsStmt: async (statement, soFar) => {
    await followRows(statement, soFar);
    await created(soFar.names, statement.node.into?.rel);
  },
  DeleteStmt: followRows,
  InsertStmt: followRows,
  UpdateStmt: followRows,
  MergeStmt: followRows,
  ExplainStmt: followRows,
  CopyStmt: followRows,
  PrepareStmt: followRows,
  DeclareCursorStmt: followRows,
};

/** A statement that reads and writes rows: those that it changes, and what the functions do that it calls. */
async function followRows(statement: Statement, { client, names, damage }: SoFar): Promise<void> {
  const { text } = statement;
  for (const { table, why } of changesIn(statement)) {
    const relation = await names.oid('relation', table);
    if (relation !== undefined) damage.uncounted.push({ statement: text, why, relation });
  }
  const call = await foreignCall(client, statement);
  if (call !== undefined) damage.uncounted.push({ statement: text, why: `it calls ${call}()` });
}

const created = async (names: Names, relation: NodeOf<'RangeVar'> | undefined): Promise<void> => {
  if (relation && relation.relpersistence !== 't') await names.create('relation', relationName(relation));
};

const wordOf = (node: object): string[] =>
  'A_Const' in node ? [(node.A_Const as NodeOf<'A_Const'>).sval?.sval ?? ''] : [];

async function followRename(names: Names, node: NodeOf<'RenameStmt'>): Promise<void> {
  const { renameType, relation, object, subname = '', newname = '' } = node;
  if (renameType === 'OBJECT_SCHEMA') return names.renameSchema(subname, newname);
  if (isType(renameType) && object && 'List' in object)
    return names.rename('type', nameIn(object.List.items), { name: newname });
  if (!relation) return;
  if (renameType === 'OBJECT_COLUMN') {
    const table = await names.oid('relation', relationName(relation));
    if (table !== undefined) names.renameColumn(table, subname, newname);
  } else if (/TABLE|VIEW|INDEX|SEQUENCE/.test(renameType ?? '') && !subname) {
    await names.rename('relation', relationName(relation), { name: newname });
  }
}

async function followMove(names: Names, node: NodeOf<'AlterObjectSchemaStmt'>): Promise<void> {
  const { relation, object, objectType, newschema } = node;
  if (relation) return names.rename('relation', relationName(relation), { schema: newschema });
  if (isType(objectType) && object && 'List' in object)
    await names.rename('type', nameIn(object.List.items), { schema: newschema });
}

function followSetting(names: Names, { name, kind, args = [] }: NodeOf<'VariableSetStmt'>): void {
  if (name === 'search_path') names.search(kind === 'VAR_SET_VALUE' ? args.flatMap(wordOf) : undefined);
}
