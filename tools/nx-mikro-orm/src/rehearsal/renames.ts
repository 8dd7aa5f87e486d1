/** Renames, carried out on scratch. */
import type { Client, Kind } from '../catalogue/index.ts';
import { asideOf } from '../diff/aside.ts';
import { inverse, statementsOf, type Rename } from '../diff/rename.ts';
import { sqlstate } from '../sql/sqlstate.ts';
import { attempt } from './attempt.ts';

/** Renames that the server accepts; what it does not is made anew instead. */
export async function renameAll(client: Client, renames: readonly Rename[]): Promise<Rename[]> {
  const done: Rename[] = [];
  for (const rename of renames) if (!(await attempt(client, [{ statements: statementsOf(rename) }]))) done.push(rename);
  return done;
}

const duplicate = new Set<string>([sqlstate.duplicateColumn, sqlstate.duplicateObject, sqlstate.duplicateTable]);

/**
 * Takes renames back. What has come under an old name since then is called otherwise first: it goes with all else that came.
 * The statements, in their order.
 */
export async function takeBack(client: Client, renames: readonly Rename[]): Promise<string[]> {
  const done: string[] = [];
  for (const rename of renames.toReversed().map(inverse)) {
    const statements = statementsOf(rename);
    const failure = await attempt(client, [{ statements }]);
    if (duplicate.has(failure?.refusal.code ?? ''))
      statements.unshift(...statementsOf(await namesakeAside(client, rename)));
    if (failure) for (const sql of statements) await client.query(sql);
    done.push(...statements);
  }
  return done;
}

/** Gives what bears the name that a rename wants another one. Indexes and sequences share their names with tables. */
async function namesakeAside(client: Client, { kind, schema, table, to, toSchema = schema }: Rename): Promise<Rename> {
  const away = { name: to, to: asideOf(to, '__new') };
  if (kind === 'column') return { kind, schema, table, ...away };
  const { rows } = await client.query(
    `select case relkind when 'i' then 'index' when 'I' then 'index' when 'S' then 'sequence' else 'table' end as kind
     from pg_class where oid = to_regclass(format('%I.%I', $1::text, $2::text))`,
    [toSchema ?? 'public', to],
  );
  const [found] = rows as { kind: Kind }[];
  return found ? { kind: found.kind, schema: toSchema, ...away } : { kind, schema: toSchema, table, ...away };
}
