import { alterCommands } from '../../sql/kind.ts';
import { relationName } from '../../sql/names.ts';
import type { NodeOf, Statement } from '../../sql/parse.ts';
import type { Damage } from './damage.ts';
import type { Names } from './names.ts';

/** A table, as it is known in the catalogue, and the `alter table` that is about it. */
interface Altered {
  table: number;
  names: Names;
  damage: Damage;
  statement: Statement & { type: 'AlterTableStmt' };
}

type Command = NodeOf<'AlterTableCmd'>;

/** Takes an `alter table` into account: its columns, and what it attaches and detaches. */
export async function followTable(names: Names, damage: Damage, statement: Altered['statement']): Promise<void> {
  const { relation } = statement.node;
  const table = relation && (await names.oid('relation', relationName(relation)));
  if (table === undefined) return;
  for (const command of alterCommands(statement.node))
    await effects[command.subtype ?? '']?.({ table, names, damage, statement }, command);
}

/** What each command does to columns and children; the others lose nothing. */
const effects: Partial<Record<string, (altered: Altered, command: Command) => void | Promise<void>>> = {
  AT_AddColumn: addColumn,
  AT_DropColumn: dropColumn,
  AT_AlterColumnType: retypeColumn,
  AT_AttachPartition: attachChild,
  AT_AddInherit: attachChild,
  AT_DetachPartition: detachChild,
  AT_DropInherit: detachChild,
};

function addColumn({ table, names }: Altered, { def, missing_ok: ifNotExists }: Command): void {
  if (def && 'ColumnDef' in def && !ifNotExists) names.forgetColumn(table, def.ColumnDef.colname ?? '');
}

function dropColumn({ table, names, damage, statement }: Altered, { name = '' }: Command): void {
  const { node, text } = statement;
  const column = names.column(table, name);
  if (node.objtype === 'OBJECT_TYPE') damage.uncounted.push({ statement: text, why: 'it takes a part out of values' });
  else if (column !== undefined) damage.dropColumn(table, column, node.relation?.inh !== true, text);
  names.forgetColumn(table, name);
}

function retypeColumn({ table, names, damage, statement }: Altered, { name = '' }: Command): void {
  const column = names.column(table, name);
  if (column === undefined) return;
  damage.retyped.add(`${table}.${column}`);
  damage.uncounted.push({ statement: statement.text, why: 'it changes values', relation: table });
}

async function attachChild({ table, names, damage }: Altered, { def }: Command): Promise<void> {
  const child = await childOf(names, def);
  if (child !== undefined) damage.attach(child, table);
}

async function detachChild({ table, names, damage }: Altered, { def }: Command): Promise<void> {
  const child = await childOf(names, def);
  if (child !== undefined) damage.detach(child, table);
}

const childOf = async (names: Names, def: Command['def']): Promise<number | undefined> => {
  if (!def) return undefined;
  if ('PartitionCmd' in def) return def.PartitionCmd.name && names.oid('relation', relationName(def.PartitionCmd.name));
  return 'RangeVar' in def ? names.oid('relation', relationName(def.RangeVar)) : undefined;
};
