/** What an SQL expression is about, by PostgreSQL's own parser. */
import { parseStatements, type NodeOf, type NodeType } from './parse.ts';

/** A node of a parse tree, by the name of its type. */
type Tree = { [Type in NodeType]?: NodeOf<Type> };

/** The tree of an expression; undefined for a text that nobody can parse. */
async function treeOf(expression: string): Promise<Tree | undefined> {
  const [statement, ...more] = await parseStatements(`select ${expression}`);
  if (statement?.type !== 'SelectStmt' || more.length > 0) return undefined;
  const [target, ...others] = (statement.node.targetList ?? []) as Tree[];
  return others.length > 0 ? undefined : target?.ResTarget?.val;
}

/** Whether an expression reads columns or rows, so that it cannot be a default. A text that nobody can parse might. */
export async function readsColumns(expression: string): Promise<boolean> {
  const tree = await treeOf(expression);
  return tree === undefined || nodesIn(tree).some((node) => node.ColumnRef !== undefined || node.SubLink !== undefined);
}

/** The time zone in `… at time zone 'UTC'`; undefined where there is none. */
export async function timeZoneIn(expression: string): Promise<string | undefined> {
  const calls = nodesIn((await treeOf(expression)) ?? {}).flatMap(({ FuncCall }) => FuncCall ?? []);
  const call = calls.find(({ funcname = [] }) => textsIn(funcname as Tree[]).at(-1) === 'timezone');
  return call && constantIn((call.args as Tree[] | undefined)?.[0]);
}

/** Every node of a tree. */
function nodesIn(value: unknown): Tree[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  if (value === null || typeof value !== 'object') return [];
  return [value, ...Object.values(value).flatMap(nodesIn)];
}

const textsIn = (nodes: readonly Tree[]): (string | undefined)[] => nodes.map(({ String: text }) => text?.sval);

/** A literal, whatever it is cast to. */
function constantIn(node: Tree | undefined): string | undefined {
  if (node?.TypeCast) return constantIn(node.TypeCast.arg);
  return node?.A_Const?.sval?.sval;
}

/** A column, whatever it is cast to. */
function columnIn(node: Tree | undefined): string | undefined {
  if (node?.TypeCast) return columnIn(node.TypeCast.arg);
  const names = textsIn(node?.ColumnRef?.fields ?? []);
  return names.length === 1 ? names[0] : undefined;
}

/** The literals of an array constructor, or a single one, whatever they are cast to; undefined where something else is among them. */
function constantsIn(node: Tree | undefined): string[] | undefined {
  if (node?.TypeCast && !constantIn(node)) return constantsIn(node.TypeCast.arg);
  const elements = node?.A_ArrayExpr ? ((node.A_ArrayExpr.elements ?? []) as Tree[]) : node ? [node] : [];
  const values = elements.map(constantIn);
  return values.length > 0 && values.every((value) => value !== undefined) ? values : undefined;
}

/** `=` with a single value, or `in (…)` and what the server makes of it, or `<@` for every element of an array. */
function saysWhichValues({ kind, name = [] }: NodeOf<'A_Expr'>): boolean {
  const operator = textsIn(name).at(-1);
  if (kind === 'AEXPR_IN' || operator === '<@') return true;
  return operator === '=' && (kind === 'AEXPR_OP_ANY' || kind === 'AEXPR_OP');
}

/** The comparison that a constraint consists of; undefined where it is no check, or says something else. */
async function comparisonIn(constraint: string): Promise<NodeOf<'A_Expr'> | undefined> {
  const [statement] = await parseStatements(`alter table t add ${constraint}`);
  if (statement?.type !== 'AlterTableStmt') return undefined;
  const [command] = (statement.node.cmds ?? []) as Tree[];
  const check = (command?.AlterTableCmd?.def as Tree | undefined)?.Constraint;
  return (check?.raw_expr as Tree | undefined)?.A_Expr;
}

/**
 * The values that a check lets a column have, where it is a list of them: `column in ('a', 'b')`, or, of an array,
 * `column <@ array['a', 'b']`. `text` is `CHECK (…)`.
 */
export async function valuesOfCheck(text: string): Promise<{ column: string; values: string[] } | undefined> {
  const comparison = await comparisonIn(text);
  if (!comparison || !saysWhichValues(comparison)) return undefined;
  const column = columnIn(comparison.lexpr);
  const values = constantsIn(comparison.rexpr);
  return column !== undefined && values ? { column, values } : undefined;
}
