import { parseStatements } from './parse.ts';

/** Whether a text takes every setting back to what the session had begun with; also those of whoever sends it. */
export async function resetsAll(sql: string): Promise<boolean> {
  if (!/\breset\s+all\b/i.test(sql)) return false;
  return (await parseStatements(sql)).some(
    ({ type, node }) => type === 'VariableSetStmt' && node.kind === 'VAR_RESET_ALL',
  );
}
