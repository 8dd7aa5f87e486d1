import { parseStatements, type NodeOf, type Statement } from './parse.ts';

/**
 * What the runner must know of a text before it sends it:
 * - `concurrent`: it works beside the table's traffic and refuses a transaction; a time limit on its locks would leave
 *   it half done
 * - `validate`: it only checks rows that are there, under a lock that stops no traffic
 * - `unknown`: the parser rejects it
 */
export type StatementKind = 'concurrent' | 'validate' | 'ordinary' | 'unknown';

/** Texts without these words are ordinary: the parser is not even loaded for them. */
const worthParsing = /\b(concurrently|validate)\b/i;

/** The kind of a text; of several statements, one that is concurrent decides, and all of them must be validations. */
export async function kindOf(sql: string): Promise<StatementKind> {
  if (!worthParsing.test(sql)) return 'ordinary';
  const statements = await parseStatements(sql);
  if (statements.some(({ type }) => type === 'unknown')) return 'unknown';
  if (statements.some(isConcurrent)) return 'concurrent';
  return statements.length > 0 && statements.every(isValidation) ? 'validate' : 'ordinary';
}

/** Builds, drops or rebuilds an index, refreshes a materialized view or detaches a partition beside the traffic. */
export function isConcurrent({ type, node }: Statement): boolean {
  switch (type) {
    case 'IndexStmt':
    case 'DropStmt':
    case 'RefreshMatViewStmt':
      return node.concurrent === true;
    case 'ReindexStmt':
      return isSet(node.params, 'concurrently');
    case 'AlterTableStmt':
      return alterCommands(node).some(
        ({ def }) => def && 'PartitionCmd' in def && def.PartitionCmd.concurrent === true,
      );
    default:
      return false;
  }
}

/** Validates constraints of a table or a domain, and does nothing else. */
export function isValidation({ type, node }: Statement): boolean {
  if (type === 'AlterDomainStmt') return node.subtype === 'V';
  return type === 'AlterTableStmt' && alterCommands(node).every(({ subtype }) => subtype === 'AT_ValidateConstraint');
}

/** The actions of an `alter table`, in order. */
export const alterCommands = ({ cmds = [] }: NodeOf<'AlterTableStmt'>): NodeOf<'AlterTableCmd'>[] =>
  cmds.flatMap((cmd) => ('AlterTableCmd' in cmd ? [cmd.AlterTableCmd] : []));

/** Reads an option such as `(concurrently)` or `(concurrently off)`; the last one counts, as for the server. */
function isSet(params: NodeOf<'ReindexStmt'>['params'] = [], name: string): boolean {
  const last = params.findLast((param) => 'DefElem' in param && param.DefElem.defname === name);
  if (!last || !('DefElem' in last)) return false;
  const { arg } = last.DefElem;
  if (!arg) return true;
  if ('Integer' in arg) return arg.Integer.ival === 1;
  if ('Boolean' in arg) return arg.Boolean.boolval === true;
  return 'String' in arg && /^(true|on)$/i.test(arg.String.sval ?? '');
}
