import { parseStatements } from '../sql/parse.ts';

/** Whether an expression reads columns or rows, so that it cannot be a default. A text that nobody can parse might. */
export async function readsColumns(expression: string): Promise<boolean> {
  const [statement, ...more] = await parseStatements(`select ${expression}`);
  if (!statement || statement.type === 'unknown' || more.length > 0) return true;
  return /"(ColumnRef|SubLink)":/.test(JSON.stringify(statement.node));
}
