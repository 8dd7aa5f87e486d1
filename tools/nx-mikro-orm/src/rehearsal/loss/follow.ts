import type { Client } from 'pg';
import { nameIn, nameOf } from '../../sql/names.ts';
import type { NodeOf, Statement } from '../../sql/parse.ts';
import { changesIn, foreignCall } from './changes.ts';
import type { Damage } from './damage.ts';
import { followDrop, followTruncate, isType } from './drop.ts';
import type { Names } from './names.ts';
import { followTable } from './table.ts';

/** Takes one statement into account, as if it had been run. */
export async function follow(client: Client, names: Names, damage: Damage, statement: Statement): Promise<void> {
  const { type, node, text } = statement;
  const uncounted = (why: string) => damage.uncounted.push({ statement: text, why });
  switch (type) {
    case 'DropStmt':
      return followDrop(client, names, damage, statement);
    case 'TruncateStmt':
      return followTruncate(client, names, damage, statement);
    case 'AlterTableStmt':
      return followTable(names, damage, statement);
    case 'RenameStmt':
      return followRename(names, node);
    case 'AlterObjectSchemaStmt': {
      const { relation, object, newschema } = node;
      const type = object && 'List' in object ? nameIn(object.List.items) : undefined;
      if (relation) await names.rename('relation', nameOf(relation), { schema: newschema });
      else if (type && isType(node.objectType)) await names.rename('type', type, { schema: newschema });
      return;
    }
    case 'CreateSchemaStmt':
      return names.createSchema(node.schemaname ?? '');
    case 'CreateStmt':
      return created(names, node.relation);
    case 'CreateForeignTableStmt':
      return created(names, node.base?.relation);
    case 'ViewStmt':
      return created(names, node.view);
    case 'CreateSeqStmt':
      return created(names, node.sequence);
    case 'CompositeTypeStmt':
      return names.create('type', nameOf(node.typevar ?? {}));
    case 'CreateEnumStmt':
    case 'CreateRangeStmt':
      return names.create('type', nameIn(node.typeName));
    case 'CreateDomainStmt':
      return names.create('type', nameIn(node.domainname));
    case 'VariableSetStmt':
      if (node.name === 'search_path')
        names.search(node.kind === 'VAR_SET_VALUE' ? (node.args ?? []).flatMap(wordOf) : undefined);
      return;
    case 'DropOwnedStmt':
      return void uncounted('it drops everything that a role owns');
    case 'DropdbStmt':
      return void uncounted('it drops a whole database');
    case 'DoStmt':
    case 'CallStmt':
    case 'ExecuteStmt':
      return void uncounted('it runs code');
    case 'unknown':
      return void uncounted('it is not SQL that this tool can read');
    case 'CreateTableAsStmt':
    case 'SelectStmt':
    case 'DeleteStmt':
    case 'InsertStmt':
    case 'UpdateStmt':
    case 'MergeStmt':
    case 'ExplainStmt':
    case 'CopyStmt':
    case 'PrepareStmt':
    case 'DeclareCursorStmt': {
      for (const { table, why } of changesIn(statement)) {
        const relation = await names.oid('relation', table);
        if (relation !== undefined) damage.uncounted.push({ statement: text, why, relation });
      }
      const call = await foreignCall(client, statement);
      if (call !== undefined) uncounted(`it calls ${call}()`);
      if (type === 'CreateTableAsStmt') await created(names, node.into?.rel);
      if (type === 'SelectStmt') await created(names, node.intoClause?.rel);
      return;
    }
    default:
      return;
  }
}

const created = async (names: Names, relation: NodeOf<'RangeVar'> | undefined): Promise<void> => {
  if (relation && relation.relpersistence !== 't') await names.create('relation', nameOf(relation));
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
    const table = await names.oid('relation', nameOf(relation));
    if (table !== undefined) names.renameColumn(table, subname, newname);
  } else if (/TABLE|VIEW|INDEX|SEQUENCE/.test(renameType ?? '') && !subname) {
    await names.rename('relation', nameOf(relation), { name: newname });
  }
}
