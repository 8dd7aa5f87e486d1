import type { Client } from 'pg';
import { relationName, textsIn, type Name } from '../../sql/names.ts';
import type { NodeOf, Statement } from '../../sql/parse.ts';

/** A table whose rows a statement deletes or changes, wherever in it: also in a `with`. */
export interface TableChange {
  table: Name;
  why: string;
}

export function changesIn(statement: Statement): TableChange[] {
  const changes: TableChange[] = [];
  const add = (relation: NodeOf<'RangeVar'> | undefined, why: string) =>
    relation && changes.push({ table: relationName(relation), why });
  walk({ [statement.type]: statement.node }, (type, node) => {
    if (type === 'DeleteStmt') add((node as NodeOf<'DeleteStmt'>).relation, 'it deletes rows');
    if (type === 'UpdateStmt') add((node as NodeOf<'UpdateStmt'>).relation, 'it changes values');
    if (type === 'InsertStmt') {
      const { relation, onConflictClause } = node as NodeOf<'InsertStmt'>;
      if (onConflictClause?.action === 'ONCONFLICT_UPDATE') add(relation, 'it changes values');
    }
    if (type === 'MergeStmt') {
      const { relation, mergeWhenClauses = [] } = node as NodeOf<'MergeStmt'>;
      const acts = mergeWhenClauses.map((clause) => 'MergeWhenClause' in clause && clause.MergeWhenClause.commandType);
      if (acts.includes('CMD_DELETE')) add(relation, 'it deletes rows');
      else if (acts.includes('CMD_UPDATE')) add(relation, 'it changes values');
    }
  });
  return changes;
}

/** A function that a statement calls and PostgreSQL does not bring along: what it does cannot be told. */
export async function foreignCall(client: Client, statement: Statement): Promise<string | undefined> {
  const called: string[] = [];
  walk({ [statement.type]: statement.node }, (type, node) => {
    if (type !== 'FuncCall') return;
    const words = textsIn((node as NodeOf<'FuncCall'>).funcname);
    const own = words.length > 1 && words.at(-2) !== 'pg_catalog';
    called.push(own ? words.join('.') : (words.at(-1) ?? ''));
  });
  if (called.length === 0) return undefined;
  const { rows } = await client.query<{ name: string }>(
    `select name from unnest($1::text[]) name
     where not exists (select from pg_proc where proname = name and pronamespace = 'pg_catalog'::regnamespace) limit 1`,
    [called],
  );
  return rows[0]?.name;
}

function walk(value: unknown, visit: (type: string, node: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    visit(key, inner);
    walk(inner, visit);
  }
}
