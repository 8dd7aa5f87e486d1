import type { Op } from './operation.ts';

/**
 * The statements of operations that were run in this order. Neighbours that alter the same table become one statement:
 * it takes its lock, and rewrites the table, once.
 */
export function merged(ops: readonly Op[]): string[] {
  const statements: string[] = [];
  let open: { table: string; actions: string[] } | undefined;
  const close = () => {
    if (open) statements.push(`alter table ${open.table} ${open.actions.join(', ')}`);
    open = undefined;
  };
  for (const { alter, statements: own } of ops) {
    if (alter && open?.table === alter.table) open.actions.push(...alter.actions);
    else {
      close();
      if (alter) open = { table: alter.table, actions: [...alter.actions] };
      else statements.push(...own);
    }
  }
  close();
  return statements;
}

export const unmerged = (ops: readonly Op[]): string[] => ops.flatMap(({ statements }) => statements);
