/** Whether a statement that writes rows says how many at most. */
import type { Node } from 'libpg-query';
import { textsIn } from '../sql/names.ts';
import type { NodeOf, Statement } from '../sql/parse.ts';
import type { Seen } from './seen.ts';
import { holdsRows, type Relation } from './trace/state.ts';

type Writes = 'UpdateStmt' | 'DeleteStmt' | 'MergeStmt' | 'InsertStmt';

/** A part of a statement that writes rows: the statement itself, or a `with` in front of it. */
export interface Write {
  type: Writes;
  table: Relation;
  /** It says by itself how many rows at most, or by which key. */
  isBounded: boolean;
  /** It takes every row there is. */
  isWhole: boolean;
}

/** The writes of a statement to tables that are there before it. */
export function writesOf(seen: Seen): Write[] {
  return nodesOf(seen.statement).flatMap(({ type, node }) => {
    const table = node.relation && tableOf(seen, node.relation);
    if (!table) return [];
    const isWhole = type === 'DeleteStmt' && (node as NodeOf<'DeleteStmt'>).whereClause === undefined;
    return [{ type, table, isWhole, isBounded: isBounded(seen, type, node, table) }];
  });
}

type WriteNode = NodeOf<'UpdateStmt'> | NodeOf<'DeleteStmt'> | NodeOf<'MergeStmt'> | NodeOf<'InsertStmt'>;

/** Every part that writes, the innermost of `with` too. */
function nodesOf(statement: Statement): { type: Writes; node: WriteNode }[] {
  const found: { type: Writes; node: WriteNode }[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (isWrite(key)) found.push({ type: key, node: inner as WriteNode });
      look(inner);
    }
  };
  if (isWrite(statement.type)) found.push({ type: statement.type, node: statement.node as WriteNode });
  if (
    isWrite(statement.type) ||
    statement.type === 'SelectStmt' ||
    statement.type === 'CreateTableAsStmt' ||
    isRunByExplain(statement)
  )
    look(statement.node);
  return found;
}

/** `explain analyze` runs what it explains. */
const isRunByExplain = ({ type, text }: Statement): boolean => type === 'ExplainStmt' && /\banaly[sz]e\b/i.test(text);

const isWrite = (name: string): name is Writes =>
  ['UpdateStmt', 'DeleteStmt', 'MergeStmt', 'InsertStmt'].includes(name);

function tableOf({ before }: Seen, { schemaname, relname }: NodeOf<'RangeVar'>): Relation | undefined {
  const named = [...before.relations.values()].filter((one) => one.name === relname && holdsRows(one));
  return schemaname === undefined
    ? (named.find(({ schema }) => schema === 'public') ?? named[0])
    : named.find(({ schema }) => schema === schemaname);
}

function isBounded(seen: Seen, type: Writes, node: WriteNode, table: Relation): boolean {
  if (hasLimit(node)) return true;
  if (type === 'InsertStmt') return !readsTable(seen, (node as NodeOf<'InsertStmt'>).selectStmt);
  if (type === 'MergeStmt') {
    const source = (node as NodeOf<'MergeStmt'>).sourceRelation;
    return source !== undefined && !readsTable(seen, source);
  }
  const { whereClause, ...more } = node as NodeOf<'UpdateStmt'>;
  const others = type === 'UpdateStmt' ? more.fromClause : (node as NodeOf<'DeleteStmt'>).usingClause;
  if (!whereClause) return false;
  const conditions = conjuncts(whereClause);
  const fixed = new Set(conditions.flatMap((one) => fixedColumn(seen, one) ?? []));
  const between = rangedColumns(conditions);
  const keys = keysOf(seen, table);
  const isKeyed = keys.some((key) => key.length > 0 && key.every((column) => fixed.has(column)));
  if (isKeyed) return !others?.some((one) => readsTable(seen, one));
  return keys.some(([first = '']) => between.has(first)) || between.has('ctid');
}

/** A limit anywhere in it: so many rows, and no more. */
const hasLimit = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).some(([key, inner]) => key === 'limitCount' || hasLimit(inner));

/** Whether rows come from a table that was there before. */
function readsTable(seen: Seen, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) =>
    key === 'RangeVar' ? tableOf(seen, inner as NodeOf<'RangeVar'>) !== undefined : readsTable(seen, inner),
  );
}

function conjuncts(node: Node): Node[] {
  if ('BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR') return (node.BoolExpr.args ?? []).flatMap(conjuncts);
  return [node];
}

/** The column of a condition by which it can only have one value, or one of those that are listed. */
function fixedColumn(seen: Seen, condition: Node): string | undefined {
  if ('BoolExpr' in condition) {
    const { boolop, args = [] } = condition.BoolExpr;
    const columns = new Set(args.map((one) => fixedColumn(seen, one)));
    return boolop === 'OR_EXPR' && columns.size === 1 ? [...columns][0] : undefined;
  }
  if ('SubLink' in condition) {
    const { subLinkType, testexpr, subselect } = condition.SubLink;
    return subLinkType === 'ANY_SUBLINK' && !readsTable(seen, subselect) ? columnIn(testexpr) : undefined;
  }
  return 'A_Expr' in condition ? equalColumn(seen, condition.A_Expr) : undefined;
}

function equalColumn(seen: Seen, { kind, name, lexpr, rexpr }: NodeOf<'A_Expr'>): string | undefined {
  if (textsIn(name)[0] !== '=' || !['AEXPR_OP', 'AEXPR_IN', 'AEXPR_OP_ANY'].includes(kind ?? '')) return undefined;
  if (kind === 'AEXPR_OP_ANY' && readsTable(seen, rexpr)) return undefined;
  return columnIn(lexpr) ?? columnIn(rexpr);
}

function columnIn(node: Node | undefined): string | undefined {
  if (!node || !('ColumnRef' in node)) return undefined;
  return textsIn(node.ColumnRef.fields).at(-1);
}

/** Columns that have a lower and an upper limit. */
function rangedColumns(conditions: readonly Node[]): Set<string> {
  const lower = new Set<string>();
  const upper = new Set<string>();
  for (const condition of conditions) {
    if (!('A_Expr' in condition)) continue;
    const { kind, name, lexpr } = condition.A_Expr;
    const column = columnIn(lexpr);
    if (column === undefined) continue;
    const operator = textsIn(name)[0] ?? '';
    if (kind === 'AEXPR_BETWEEN' || operator.startsWith('>')) lower.add(column);
    if (kind === 'AEXPR_BETWEEN' || operator.startsWith('<')) upper.add(column);
  }
  return new Set([...lower].filter((column) => upper.has(column)));
}

/** Columns by which at most one row is found. */
const keysOf = ({ before }: Seen, { id }: Relation): string[][] =>
  [...before.relations.values()]
    .filter(({ table, isUnique, definition }) => table === id && isUnique && !/\bWHERE\b/.test(definition ?? ''))
    .map(({ columns }) => columns ?? []);
