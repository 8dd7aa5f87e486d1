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
  /** Rows that it finds are gone. */
  deletes: boolean;
}

/** The writes of a statement to tables that are there before it. */
export function writesOf(seen: Seen): Write[] {
  return [seen.statement, ...seen.inner.statements].flatMap(nodesOf).flatMap(({ type, node }) => {
    const table = node.relation && tableOf(seen, node.relation);
    if (!table) return [];
    const isWhole = type === 'DeleteStmt' && (node as NodeOf<'DeleteStmt'>).whereClause === undefined;
    const deletes = type === 'DeleteStmt' || (type === 'MergeStmt' && mergeDeletes(node));
    return [{ type, table, isWhole, deletes, isBounded: isBounded(seen, type, node, table) }];
  });
}

const mergeDeletes = ({ mergeWhenClauses = [] }: NodeOf<'MergeStmt'>): boolean =>
  mergeWhenClauses.some((one) => 'MergeWhenClause' in one && one.MergeWhenClause.commandType === 'CMD_DELETE');

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

/** A statement that writes, as its conditions are read. */
interface Writing {
  seen: Seen;
  /** What it calls the table that it writes to. */
  own: string | undefined;
  /** Queries of its `with` that read tables, by name. */
  reading: Set<string>;
}

function writingOf(seen: Seen, { relation, withClause }: WriteNode): Writing {
  const writing: Writing = { seen, own: relation?.alias?.aliasname ?? relation?.relname, reading: new Set() };
  for (const one of withClause?.ctes ?? []) {
    if (!('CommonTableExpr' in one)) continue;
    const { ctename, ctequery } = one.CommonTableExpr;
    if (ctename !== undefined && readsTable(writing, ctequery)) writing.reading.add(ctename);
  }
  return writing;
}

function isBounded(seen: Seen, type: Writes, node: WriteNode, table: Relation): boolean {
  if (hasLimit(node)) return true;
  const writing = writingOf(seen, node);
  if (type === 'InsertStmt') return !takesRows(writing, (node as NodeOf<'InsertStmt'>).selectStmt);
  if (type === 'MergeStmt') {
    const source = (node as NodeOf<'MergeStmt'>).sourceRelation;
    return source !== undefined && !readsTable(writing, source);
  }
  const { whereClause, ...more } = node as NodeOf<'UpdateStmt'>;
  const others = type === 'UpdateStmt' ? more.fromClause : (node as NodeOf<'DeleteStmt'>).usingClause;
  if (!whereClause) return false;
  const conditions = conjuncts(whereClause);
  const fixed = new Set(conditions.flatMap((one) => fixedColumns(writing, one)));
  const between = rangedColumns(writing, conditions);
  const keys = keysOf(seen, table);
  const isKeyed = keys.some((key) => key.length > 0 && key.every((column) => fixed.has(column)));
  if (isKeyed) return !others?.some((one) => readsTable(writing, one));
  return keys.some(([first = '']) => between.has(first)) || between.has('ctid');
}

/** A limit anywhere in it: so many rows, and no more. */
const hasLimit = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).some(([key, inner]) => key === 'limitCount' || hasLimit(inner));

/** Whether rows come from a table that was there before. */
function readsTable(writing: Writing, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) =>
    key === 'RangeVar' ? isReading(writing, inner as NodeOf<'RangeVar'>) : readsTable(writing, inner),
  );
}

const isReading = ({ seen, reading }: Writing, range: NodeOf<'RangeVar'>): boolean =>
  tableOf(seen, range) !== undefined || (range.schemaname === undefined && reading.has(range.relname ?? ''));

/** Whether a query gives as many rows as a table has: what it only compares with, or takes one value from, does not count. */
function takesRows(writing: Writing, query: unknown): boolean {
  if (typeof query !== 'object' || query === null) return false;
  if (!('SelectStmt' in query)) return readsTable(writing, query);
  const { fromClause = [], larg, rarg, withClause } = query.SelectStmt as NodeOf<'SelectStmt'>;
  const sides = [larg, rarg].filter((one) => one !== undefined).map((one) => ({ SelectStmt: one }));
  return (
    fromClause.some((one) => readsTable(writing, one)) ||
    readsTable(writing, withClause) ||
    sides.some((one) => takesRows(writing, one))
  );
}

function conjuncts(node: Node): Node[] {
  if ('BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR') return (node.BoolExpr.args ?? []).flatMap(conjuncts);
  return [node];
}

/** The columns of a condition by which they can only have one value each, or one of those that are listed. */
function fixedColumns(writing: Writing, condition: Node): string[] {
  if ('BoolExpr' in condition) {
    const { boolop, args = [] } = condition.BoolExpr;
    if (boolop !== 'OR_EXPR') return boolop === 'AND_EXPR' ? args.flatMap((one) => fixedColumns(writing, one)) : [];
    const [first = [], ...rest] = args.map((one) => fixedColumns(writing, one));
    return first.filter((column) => rest.every((columns) => columns.includes(column)));
  }
  if ('SubLink' in condition) {
    const { subLinkType, testexpr, subselect } = condition.SubLink;
    return subLinkType === 'ANY_SUBLINK' && !readsTable(writing, subselect) ? columnsIn(writing, testexpr) : [];
  }
  return 'A_Expr' in condition ? equalColumns(writing, condition.A_Expr) : [];
}

function equalColumns(writing: Writing, { kind, name, lexpr, rexpr }: NodeOf<'A_Expr'>): string[] {
  if (textsIn(name)[0] !== '=' || !['AEXPR_OP', 'AEXPR_IN', 'AEXPR_OP_ANY'].includes(kind ?? '')) return [];
  if (kind === 'AEXPR_OP_ANY' && readsTable(writing, rexpr)) return [];
  const [left, right] = [columnsIn(writing, lexpr), columnsIn(writing, rexpr)];
  return left.length > 0 ? left : right;
}

/** A column, or those of a row. */
function columnsIn(writing: Writing, node: Node | undefined): string[] {
  if (node && 'RowExpr' in node) return (node.RowExpr.args ?? []).flatMap((one) => columnsIn(writing, one));
  const column = columnIn(writing, node);
  return column === undefined ? [] : [column];
}

/** A column of the table that is written to. */
function columnIn({ own }: Writing, node: Node | undefined): string | undefined {
  if (!node || !('ColumnRef' in node)) return undefined;
  const [name, of] = textsIn(node.ColumnRef.fields).reverse();
  return of === undefined || of === own ? name : undefined;
}

/** Columns that have a lower and an upper limit. */
function rangedColumns(writing: Writing, conditions: readonly Node[]): Set<string> {
  const lower = new Set<string>();
  const upper = new Set<string>();
  for (const condition of conditions) {
    if (!('A_Expr' in condition)) continue;
    const { kind, name, lexpr } = condition.A_Expr;
    const column = columnIn(writing, lexpr);
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
