/** What the body of a `do` block or a routine in PL/pgSQL says, without running it. */
import { tokensOf, valueOf } from './tokens.ts';

interface Expression {
  PLpgSQL_expr: { query: string };
}

/** A command of a body: SQL, or a constant text that is executed. */
export interface BodyCommand {
  /** As it is written there. */
  written: string;
  sql: string;
}

/** The commands in the tree of a body, in order; what is put together at run time is none. */
export function commandsIn(tree: unknown): BodyCommand[] {
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree as Record<string, unknown>).flatMap(([key, value]) => {
    const command = commandOf(key, value);
    return command ? [command] : commandsIn(value);
  });
}

function commandOf(key: string, value: unknown): BodyCommand | undefined {
  const { sqlstmt, query, expr } = value as { sqlstmt?: Expression; query?: Expression; expr?: Expression };
  if (key === 'PLpgSQL_stmt_execsql' && sqlstmt) return plain(sqlstmt);
  if (key === 'PLpgSQL_stmt_perform' && expr) return plain(expr);
  const written = key === 'PLpgSQL_stmt_dynexecute' ? query?.PLpgSQL_expr.query : undefined;
  const sql = written === undefined ? undefined : constantIn(written);
  return written === undefined || sql === undefined ? undefined : { written, sql };
}

const plain = ({ PLpgSQL_expr: { query } }: Expression): BodyCommand => ({ written: query, sql: query });

/** What an expression stands for that is nothing but a text. */
function constantIn(expression: string): string | undefined {
  const [first, ...more] = tokensOf(expression);
  return first?.kind === 'text' && more.length === 0 ? valueOf(first) : undefined;
}

/** Whether a body ends transactions by itself. */
export const commits = (tree: unknown): boolean => /"PLpgSQL_stmt_commit"/.test(JSON.stringify(tree ?? null));

/** Whether a body has a loop. */
export const repeats = (tree: unknown): boolean =>
  /"PLpgSQL_stmt_(loop|while|fori|fors|forc|foreach_a|dynfors)"/.test(JSON.stringify(tree ?? null));
