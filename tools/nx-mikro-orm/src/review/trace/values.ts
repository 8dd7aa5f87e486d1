/** What a new type of a column did to its values: tried with values of every shape, as `create` does. */
import type { Client } from 'pg';
import { convert, shapesOf } from '../../rehearsal/rows/conversion.ts';
import { alterCommands } from '../../sql/kind.ts';
import type { Statement } from '../../sql/parse.ts';
import { tokensOf, valueOf } from '../../sql/tokens.ts';
import type { TracedState } from './state.ts';

/** A value that became another one, without an error. */
export interface ChangedValue {
  /** The column, by its id. */
  column: string;
  was: string;
  became: string | null;
}

/** The values that a statement changed by changing the types of columns whose tables it wrote anew; leaves nothing. */
export async function changedValues(
  client: Client,
  statement: Statement,
  before: TracedState,
  after: TracedState,
): Promise<ChangedValue[]> {
  if (statement.type !== 'AlterTableStmt') return [];
  const expressions = usings(statement.text);
  const changes = alterCommands(statement.node).filter(({ subtype }) => subtype === 'AT_AlterColumnType');
  const found: ChangedValue[] = [];
  for (const { name, def } of changes) {
    const hasUsing = def !== undefined && 'ColumnDef' in def && def.ColumnDef.raw_default !== undefined;
    const using = hasUsing ? expressions.shift() : undefined;
    const changed = [...after.columns.values()].find((one) => isChanged(one.id, one.name === name, before, after));
    const was = changed && before.columns.get(changed.id);
    if (!changed || !was || (hasUsing && using === undefined)) continue;
    const value = await tried(client, { name: changed.name, from: was.type, to: changed.type }, using);
    if (value) found.push({ column: changed.id, ...value });
  }
  return found;
}

function isChanged(id: string, isNamed: boolean, before: TracedState, after: TracedState): boolean {
  const [was, now] = [before.columns.get(id), after.columns.get(id)];
  if (!isNamed || !was || !now || was.type === now.type) return false;
  return before.relations.get(now.table)?.file !== after.relations.get(now.table)?.file;
}

async function tried(
  client: Client,
  { name, from, to }: { name: string; from: string; to: string },
  using: string | undefined,
): Promise<Pick<ChangedValue, 'was' | 'became'> | undefined> {
  await client.query('savepoint traced_values');
  try {
    const shapes = await shapesOf(client, { name, type: from }, undefined);
    const conversion = await convert(client, shapes, to, { using: using ?? shapes.column });
    return conversion?.changed;
  } catch {
    // Its expression reads what no single value has.
    return undefined;
  } finally {
    await client.query('rollback to savepoint traced_values; release savepoint traced_values');
  }
}

/** The expressions behind `using` of an `alter table`, in order. */
function usings(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from: number | undefined;
  const end = (at: number) => {
    if (from !== undefined) found.push(text.slice(from, at).trim());
    from = undefined;
  };
  for (const token of tokensOf(text)) {
    if (token.text === '(' || token.text === '[') depth += 1;
    else if (token.text === ')' || token.text === ']') depth -= 1;
    else if (depth === 0 && token.text === ',') end(token.from);
    else if (depth === 0 && token.kind === 'word' && valueOf(token) === 'using') from = token.end;
  }
  end(text.length);
  return found;
}
