import type { Statement } from '../sql/parse.ts';

/**
 * Statements about more than one database: scratch leaves them out, so that the server cannot say that it takes none of them in a
 * transaction. Each page of PostgreSQL's manual says so.
 */
const types: readonly Statement['type'][] = [
  'CreatedbStmt',
  'DropdbStmt',
  'AlterSystemStmt',
  'CreateTableSpaceStmt',
  'DropTableSpaceStmt',
];

export const isTransactionless = (statement: Statement): boolean =>
  types.includes(statement.type) || makesSlot(statement) || movesDatabase(statement);

/** A subscription makes a replication slot on the other server, unless it says otherwise. */
const makesSlot = ({ type, text }: Statement): boolean =>
  type === 'CreateSubscriptionStmt' && !/\b(connect|create_slot)\s*=\s*'?(false|off|0)\b/i.test(text);

const movesDatabase = ({ type, text }: Statement): boolean =>
  type === 'AlterDatabaseStmt' && /\btablespace\b/i.test(text);
