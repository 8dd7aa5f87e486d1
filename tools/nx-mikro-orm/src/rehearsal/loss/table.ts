import { commands } from '../../sql/kind.ts';
import { nameOf } from '../../sql/names.ts';
import type { NodeOf, Statement } from '../../sql/parse.ts';
import type { Damage } from './damage.ts';
import type { Names } from './names.ts';

/** Takes an `alter table` into account: its columns, and what it attaches and detaches. */
export async function followTable(
  names: Names,
  damage: Damage,
  { node, text }: Statement & { type: 'AlterTableStmt' },
): Promise<void> {
  const { relation, objtype } = node;
  const table = relation && (await names.oid('relation', nameOf(relation)));
  if (table === undefined) return;
  for (const { subtype, name = '', def, missing_ok: ifNotExists } of commands(node)) {
    const column = names.column(table, name);
    switch (subtype) {
      case 'AT_AddColumn':
        if (def && 'ColumnDef' in def && !ifNotExists) names.forgetColumn(table, def.ColumnDef.colname ?? '');
        break;
      case 'AT_DropColumn':
        if (objtype === 'OBJECT_TYPE') damage.uncounted.push({ statement: text, why: 'it takes a part out of values' });
        else if (column !== undefined) damage.dropColumn(table, column, relation?.inh !== true, text);
        names.forgetColumn(table, name);
        break;
      case 'AT_AlterColumnType':
        if (column === undefined) break;
        damage.retyped.add(`${table}.${column}`);
        damage.uncounted.push({ statement: text, why: 'it changes values', relation: table });
        break;
      case 'AT_AttachPartition':
      case 'AT_AddInherit':
      case 'AT_DetachPartition':
      case 'AT_DropInherit': {
        const child = await childOf(names, def);
        if (child === undefined) break;
        if (subtype === 'AT_AttachPartition' || subtype === 'AT_AddInherit') damage.attach(child, table);
        else damage.detach(child, table);
        break;
      }
      default:
    }
  }
}

const childOf = async (names: Names, def: NodeOf<'AlterTableCmd'>['def']): Promise<number | undefined> => {
  if (!def) return undefined;
  if ('PartitionCmd' in def) return def.PartitionCmd.name && names.oid('relation', nameOf(def.PartitionCmd.name));
  return 'RangeVar' in def ? names.oid('relation', nameOf(def.RangeVar)) : undefined;
};
