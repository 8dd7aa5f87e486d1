import type { Client } from 'pg';
import { alterCommands } from '../../../sql/kind.ts';
import { relationName } from '../../../sql/names.ts';
import type { NodeOf } from '../../../sql/parse.ts';
import { hasColumn } from './objects.ts';
import { find, quotedName } from './names.ts';
import { all, done, made, notDone, removed, repeatable, unknown, type Evidence } from './verdict.ts';

type Command = NodeOf<'AlterTableCmd'>;

/** They say how something is to be, so that saying it again changes nothing. */
const settings =
  /^AT_(ColumnDefault|(Set|Drop)NotNull|SetStatistics|SetOptions|ResetOptions|SetStorage|SetCompression|SetRelOptions|ResetRelOptions|ReplaceRelOptions|SetLogged|SetUnLogged|SetTableSpace|SetAccessMethod|ClusterOn|DropCluster|ReplicaIdentity|ChangeOwner|(Enable|Disable)(Trig|Rule|AlwaysTrig|ReplicaTrig|AlwaysRule|ReplicaRule|RowSecurity)(All|User)?|(No)?ForceRowSecurity|AlterConstraint)$/;

export async function ofAlteredTable(client: Client, node: NodeOf<'AlterTableStmt'>): Promise<Evidence> {
  if (!node.relation) return unknown('it names no table');
  const table = await find(client, 'relation', relationName(node.relation));
  if (!table) return node.missing_ok ? repeatable : notDone;
  const parts: Evidence[] = [];
  for (const command of alterCommands(node))
    parts.push(await ofCommand(client, { relation: node.relation, table: table.oid, command }));
  return all(parts);
}

/** An action on a table that exists. */
interface Action {
  relation: NodeOf<'RangeVar'>;
  /** The table's oid. */
  table: number;
  command: Command;
}

function ofCommand(client: Client, action: Action): Evidence | Promise<Evidence> {
  const subtype = action.command.subtype ?? '';
  if (settings.test(subtype)) return repeatable;
  const judge = judges[subtype];
  return judge
    ? judge(client, action)
    : unknown(`nothing in the catalogue tells whether ${subtype.replace('AT_', '') || 'it'} took effect`);
}

/** Whom to ask about each type of action. */
const judges: Record<string, ((client: Client, action: Action) => Evidence | Promise<Evidence>) | undefined> = {
  AT_AddColumn: async (client, { table, command: { def, missing_ok: tolerant } }) =>
    made(await hasColumn(client, table, columnIn(def)?.colname), tolerant),
  AT_DropColumn: async (client, { table, command: { name, missing_ok: tolerant } }) =>
    removed(await hasColumn(client, table, name), tolerant),
  AT_AlterColumnType: (_, { command: { def, name } }) => {
    // `using` computes the new values from the old ones: twice would be once too often.
    const column = columnIn(def);
    return column && !column.raw_default ? repeatable : unknown(`column ${name} may have been converted already`);
  },
  AT_AddConstraint: (client, { table, command: { def } }) =>
    ofAddedConstraint(client, table, def && 'Constraint' in def ? def.Constraint : {}),
  AT_DropConstraint: async (client, { table, command: { name, missing_ok: tolerant } }) =>
    removed((await constraint(client, table, name)) !== undefined, tolerant),
  AT_ValidateConstraint: async (client, { table, command: { name } }) =>
    (await constraint(client, table, name))?.validated ? done : notDone,
  AT_AttachPartition: ofPartition,
  AT_DetachPartition: ofPartition,
  AT_DetachPartitionFinalize: ofPartition,
};

const columnIn = (def: Command['def']): NodeOf<'ColumnDef'> | undefined =>
  def && 'ColumnDef' in def ? def.ColumnDef : undefined;

async function ofAddedConstraint(client: Client, table: number, added: NodeOf<'Constraint'>): Promise<Evidence> {
  const name = added.conname ?? added.indexname;
  if (name !== undefined) return made((await constraint(client, table, name)) !== undefined, false);
  if (added.contype !== 'CONSTR_PRIMARY') return unknown('the constraint has no name of its own to look for');
  const { rows } = await client.query(`select from pg_constraint where conrelid = $1 and contype = 'p'`, [table]);
  return made(rows.length > 0, false);
}

async function constraint(client: Client, table: number, name: string | undefined) {
  const { rows } = await client.query<{ validated: boolean }>(
    'select convalidated as validated from pg_constraint where conrelid = $1 and conname = $2',
    [table, name],
  );
  return rows[0];
}

async function ofPartition(client: Client, { relation, table, command }: Action): Promise<Evidence> {
  const { subtype, def } = command;
  const part = def && 'PartitionCmd' in def ? def.PartitionCmd.name : undefined;
  const found = part && (await find(client, 'relation', relationName(part)));
  if (!part || !found) return unknown('the partition does not exist');
  const { rows } = await client.query<{ pending: boolean }>(
    'select inhdetachpending as pending from pg_inherits where inhrelid = $1 and inhparent = $2',
    [found.oid, table],
  );
  const pending = rows[0]?.pending;
  if (subtype === 'AT_AttachPartition') return pending === undefined ? notDone : done;
  if (pending === undefined) return done;
  const finalize = `alter table ${quotedName(relationName(relation))} detach partition ${quotedName(relationName(part))} finalize`;
  return pending && subtype === 'AT_DetachPartition' ? { found: 'unfinished-detach', finalize } : notDone;
}
