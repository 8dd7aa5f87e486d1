import { askPlainly, type Client } from '../../catalogue/index.ts';
import { typeWord } from '../../catalogue/kinds/naming.ts';
import type { BuildEntry } from './entry.ts';
import { carried, type FilledColumn, type FilledTable } from './filled.ts';

/** How much of a table is carried over: more is data that belongs into a step of its own. */
const mostRows = 1000;
const mostCharacters = 500_000;

/** The `insert` statements for these tables, and the tables that are too large for it. */
export async function rowEntries(
  client: Client,
  filled: readonly FilledTable[],
  leftOut: ReadonlySet<string>,
): Promise<{ entries: BuildEntry[]; lost: string[] }> {
  const own = filled.filter(({ ofExtension }) => !ofExtension);
  const small = own.filter(({ rows }) => rows <= mostRows);
  const lost = own
    .filter((one) => !small.includes(one))
    .map(({ table, rows }) => `${rows} rows of ${table}: no more than ${mostRows} are carried over`);
  const values = await askPlainly(
    client,
    small.map(
      (one) =>
        `select concat_ws(', ', ${carried(one, leftOut).map(literal).join(', ') || 'null'}) as row from only ${one.table} order by ${orderOf(one)}`,
    ),
  );
  const entries: BuildEntry[] = [];
  for (const [at, one] of small.entries()) {
    const statements = insertsOf(
      one,
      carried(one, leftOut),
      (values[at] as { row: string }[]).map(({ row }) => row),
    );
    const length = statements.join('').length;
    if (length > mostCharacters) lost.push(`${one.rows} rows of ${one.table}: they are ${length} characters of SQL`);
    else
      entries.push({
        key: `rows of ${one.table}`,
        schema: undefined,
        table: undefined,
        phase: 'fill',
        rank: 0,
        statements,
      });
  }
  return { entries, lost };
}

function insertsOf({ table }: FilledTable, columns: readonly FilledColumn[], rows: readonly string[]): string[] {
  if (columns.length === 0) return rows.map(() => `insert into ${table} default values`);
  const names = columns.map(({ name }) => name).join(', ');
  const overriding = columns.some(({ always }) => always) ? ' overriding system value' : '';
  return [`insert into ${table} (${names})${overriding} values\n${rows.map((row) => `      (${row})`).join(',\n')}`];
}

const orderOf = ({ columns }: FilledTable): string =>
  columns
    .filter(({ primary }) => primary)
    .map(({ name }) => name)
    .join(', ') || 'ctid';

/** A value as it is typed: numbers as such, all else as a text that the column's type reads. */
function literal({ name, type }: FilledColumn): string {
  const text = `${name}::text`;
  const word = typeWord(type);
  if (['smallint', 'integer', 'bigint', 'boolean'].includes(word)) return `coalesce(${text}, 'null')`;
  if (['numeric', 'real', 'double'].includes(word))
    return `case when ${text} ~ '^-?[0-9.]+$' then ${text} when ${name} is null then 'null' else quote_literal(${text}) end`;
  return `coalesce(quote_literal(${text}), 'null')`;
}
