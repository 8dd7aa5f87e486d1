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

export const isTransactionless = ({ type }: Statement): boolean => types.includes(type);
