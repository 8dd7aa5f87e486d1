import type { Client } from 'pg';
import { parseStatements, type Statement } from '../../../sql/parse.ts';
import { transactionWord } from '../../../sql/transaction.ts';
import { ofCreatedIndex, ofReindex } from './indexes.ts';
import { ofCreated, ofDropped, ofEnumValue, ofRenamed, ofServerObject } from './objects.ts';
import { ofAlteredTable } from './tables.ts';
import { all, repeatable, unknown, type Evidence } from './verdict.ts';

export type { Evidence };

/**
 * Did a statement take effect? For one that was sent outside a transaction when nobody heard the answer: the catalogue is
 * asked, in the session's own search_path. It must be the text that was sent: a server process that still runs it is
 * known by it.
 */
export async function evidence(client: Client, sql: string): Promise<Evidence> {
  const running = await stillRunning(client, sql);
  if (running) return running;
  const statements = await parseStatements(sql);
  if (statements.length === 0) return repeatable;
  if (statements.length > 1 && statements.some(transactionWord))
    return unknown('it begins or ends transactions of its own');
  // The server runs several statements of one text as one transaction: one of them tells of all.
  const found: Evidence[] = [];
  for (const statement of statements) found.push(await ofStatement(client, statement));
  return all(found);
}

async function ofStatement(client: Client, statement: Statement): Promise<Evidence> {
  const { type, node } = statement;
  switch (type) {
    case 'IndexStmt':
      return ofCreatedIndex(client, node);
    case 'ReindexStmt':
      return ofReindex(client, statement);
    case 'AlterTableStmt':
      return ofAlteredTable(client, node);
    case 'DropStmt':
      return ofDropped(client, node);
    case 'RenameStmt':
      return ofRenamed(client, node);
    case 'AlterEnumStmt':
      return ofEnumValue(client, node);
    case 'CreateStmt':
      return ofCreated(client, node.relation, node.if_not_exists);
    case 'CreateForeignTableStmt':
      return ofCreated(client, node.base?.relation, node.base?.if_not_exists);
    case 'CreateTableAsStmt':
      return ofCreated(client, node.into?.rel, node.if_not_exists);
    case 'CreateSeqStmt':
      return ofCreated(client, node.sequence, node.if_not_exists);
    case 'ViewStmt':
      return node.replace ? repeatable : ofCreated(client, node.view, false);
    case 'CreatedbStmt':
      return ofServerObject(client, 'database', 'create', node.dbname, false);
    case 'DropdbStmt':
      return ofServerObject(client, 'database', 'drop', node.dbname, node.missing_ok);
    case 'CreateTableSpaceStmt':
      return ofServerObject(client, 'tablespace', 'create', node.tablespacename, false);
    case 'DropTableSpaceStmt':
      return ofServerObject(client, 'tablespace', 'drop', node.tablespacename, node.missing_ok);
    case 'CreateSubscriptionStmt':
      return ofServerObject(client, 'subscription', 'create', node.subname, false);
    case 'DropSubscriptionStmt':
      return ofServerObject(client, 'subscription', 'drop', node.subname, node.missing_ok);
    case 'CreateExtensionStmt':
      return ofServerObject(client, 'extension', 'create', node.extname, node.if_not_exists);
    case 'CreateSchemaStmt':
      return ofServerObject(client, 'schema', 'create', node.schemaname ?? node.authrole?.rolename, node.if_not_exists);
    case 'AlterSubscriptionStmt':
      return /ADD|DROP/.test(node.kind ?? '') ? cannotTell(statement) : repeatable;
    case 'CreateFunctionStmt':
    case 'CreateTrigStmt':
      return node.replace ? repeatable : cannotTell(statement);
    case 'VacuumStmt':
    case 'RefreshMatViewStmt':
    case 'ClusterStmt':
    case 'CheckPointStmt':
    case 'DiscardStmt':
    case 'AlterSystemStmt':
    case 'AlterDatabaseStmt':
    case 'AlterDatabaseSetStmt':
    case 'AlterDatabaseRefreshCollStmt':
    case 'AlterRoleSetStmt':
    case 'AlterOwnerStmt':
    case 'AlterExtensionStmt':
    case 'VariableSetStmt':
    case 'VariableShowStmt':
    case 'CommentStmt':
    case 'GrantStmt':
    case 'GrantRoleStmt':
    case 'LockStmt':
      return repeatable;
    default:
      return cannotTell(statement);
  }
}

const cannotTell = ({ text, type }: Statement): Evidence =>
  unknown(
    type === 'unknown'
      ? 'it is not SQL that this tool can read'
      : `nothing in the catalogue tells whether \`${text.replace(/\s+/g, ' ').slice(0, 80)}\` took effect`,
  );

/** After its runner is gone, the server goes on with a statement, and can take hours. It shows the beginning of a long one. */
async function stillRunning(client: Client, sql: string): Promise<Evidence | undefined> {
  const { rows } = await client.query<{ pid: number; since: Date }>(
    `select pid, query_start as since
     from pg_stat_activity, pg_size_bytes(current_setting('track_activity_query_size')) as shown
     where datname = current_database() and pid <> pg_backend_pid() and state = 'active'
       and (btrim(query, $2) = btrim($1, $2) or octet_length(query) > shown - 5 and starts_with($1, query))`,
    [sql, ' \n\r\t;'],
  );
  return rows[0] && { found: 'running', ...rows[0] };
}
