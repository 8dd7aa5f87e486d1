import type { Client } from 'pg';
import { parseStatements, type Statement } from '../../../sql/parse.ts';
import { transactionWord } from '../../../sql/transaction.ts';
import { ofCreatedIndex, ofReindex } from './indexes.ts';
import { ofCreated, ofDropped, ofEnumValue, ofRenamed, ofServerObject } from './objects.ts';
import { ofAlteredTable } from './tables.ts';
import { all, repeatable, unknown, type Evidence } from './verdict.ts';
import { oneLine, shortened } from '../../../text/line.ts';

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

type Of<Type extends Statement['type']> = Extract<Statement, { type: Type }>;
type Judge<Type extends Statement['type']> = (client: Client, statement: Of<Type>) => Evidence | Promise<Evidence>;

const ofStatement = async (client: Client, statement: Statement): Promise<Evidence> => {
  if (harmless.has(statement.type)) return repeatable;
  const judge = judges[statement.type] as Judge<Statement['type']> | undefined;
  return judge ? judge(client, statement) : cannotTell(statement);
};

/** Whom to ask about each type of statement. */
const judges: { [Type in Statement['type']]?: Judge<Type> } = {
  IndexStmt: (client, { node }) => ofCreatedIndex(client, node),
  ReindexStmt: (client, statement) => ofReindex(client, statement),
  AlterTableStmt: (client, { node }) => ofAlteredTable(client, node),
  DropStmt: (client, { node }) => ofDropped(client, node),
  RenameStmt: (client, { node }) => ofRenamed(client, node),
  AlterEnumStmt: (client, { node }) => ofEnumValue(client, node),
  CreateStmt: (client, { node }) => ofCreated(client, node.relation, node.if_not_exists),
  CreateForeignTableStmt: (client, { node: { base } }) => ofCreated(client, base?.relation, base?.if_not_exists),
  CreateTableAsStmt: (client, { node }) => ofCreated(client, node.into?.rel, node.if_not_exists),
  CreateSeqStmt: (client, { node }) => ofCreated(client, node.sequence, node.if_not_exists),
  ViewStmt: (client, { node }) => (node.replace ? repeatable : ofCreated(client, node.view, false)),
  CreatedbStmt: (client, { node }) => ofServerObject(client, 'database', 'create', node.dbname, false),
  DropdbStmt: (client, { node }) => ofServerObject(client, 'database', 'drop', node.dbname, node.missing_ok),
  CreateTableSpaceStmt: (client, { node }) =>
    ofServerObject(client, 'tablespace', 'create', node.tablespacename, false),
  DropTableSpaceStmt: (client, { node }) =>
    ofServerObject(client, 'tablespace', 'drop', node.tablespacename, node.missing_ok),
  CreateSubscriptionStmt: (client, { node }) => ofServerObject(client, 'subscription', 'create', node.subname, false),
  DropSubscriptionStmt: (client, { node }) =>
    ofServerObject(client, 'subscription', 'drop', node.subname, node.missing_ok),
  CreateExtensionStmt: (client, { node }) =>
    ofServerObject(client, 'extension', 'create', node.extname, node.if_not_exists),
  CreateSchemaStmt: (client, { node }) =>
    ofServerObject(client, 'schema', 'create', node.schemaname ?? node.authrole?.rolename, node.if_not_exists),
  AlterSubscriptionStmt: (_, statement) =>
    /ADD|DROP/.test(statement.node.kind ?? '') ? cannotTell(statement) : repeatable,
  CreateFunctionStmt: (_, statement) => (statement.node.replace ? repeatable : cannotTell(statement)),
  CreateTrigStmt: (_, statement) => (statement.node.replace ? repeatable : cannotTell(statement)),
};

/** They say how something is to be, or leave nothing behind. */
const harmless: ReadonlySet<Statement['type']> = new Set<Statement['type']>([
  'VacuumStmt',
  'RefreshMatViewStmt',
  'ClusterStmt',
  'CheckPointStmt',
  'DiscardStmt',
  'AlterSystemStmt',
  'AlterDatabaseStmt',
  'AlterDatabaseSetStmt',
  'AlterDatabaseRefreshCollStmt',
  'AlterRoleSetStmt',
  'AlterOwnerStmt',
  'AlterExtensionStmt',
  'VariableSetStmt',
  'VariableShowStmt',
  'CommentStmt',
  'GrantStmt',
  'GrantRoleStmt',
  'LockStmt',
]);

const cannotTell = ({ text, type }: Statement): Evidence =>
  unknown(
    type === 'unknown'
      ? 'it is not SQL that this tool can read'
      : `nothing in the catalogue tells whether \`${shortened(oneLine(text), 80)}\` took effect`,
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
