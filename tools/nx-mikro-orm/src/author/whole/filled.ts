/** The tables that a history leaves rows in, and which of their columns it wrote down itself. */
import { askPlainly, type Client } from '../../catalogue/index.ts';

/** A table with rows in it. */
export interface FilledTable {
  /** Qualified and quoted. */
  table: string;
  rows: number;
  columns: FilledColumn[];
  /** It belongs to an extension, which fills it in its own way. */
  ofExtension: boolean;
}

/** A column that can be written to. */
export interface FilledColumn {
  /** Quoted. */
  name: string;
  type: string;
  hasDefault: boolean;
  /** An identity that takes no value unless told so. */
  always: boolean;
  primary: boolean;
  /** Other rows may be found by its value. */
  inKey: boolean;
  /** Of all its values, whatever their order. */
  digest: string;
}

const tables = `
select format('%I.%I', n.nspname, c.relname) as table, exists (
    select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid
      and e.refclassid = 'pg_extension'::regclass and e.deptype = 'e') as "ofExtension",
  (select coalesce(json_agg(json_build_object('name', quote_ident(a.attname), 'type', format_type(a.atttypid, null),
      'hasDefault', a.atthasdef, 'always', a.attidentity = 'a', 'primary', exists (
        select from pg_index i where i.indrelid = c.oid and i.indisprimary and a.attnum = any (i.indkey)), 'inKey', exists (
        select from pg_constraint k where k.conrelid = c.oid and a.attnum = any (k.conkey) and k.contype in ('p', 'u', 'f', 'x')
          or k.confrelid = c.oid and a.attnum = any (k.confkey)) or exists (
        select from pg_index i where i.indrelid = c.oid and i.indisunique and a.attnum = any (i.indkey))) order by a.attnum), '[]')
    from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by c.oid`;

/** Every table that has rows, with a digest of each column. */
export async function readFilled(client: Client): Promise<FilledTable[]> {
  const [found] = await askPlainly(client, [tables]);
  const all = found as Omit<FilledTable, 'rows'>[];
  const counts = await askPlainly(
    client,
    all.map(({ table }) => `select count(*)::int as rows from only ${table}`),
  );
  const filled = all.flatMap((one, at) => {
    const { rows } = counts[at]?.[0] as { rows: number };
    return rows > 0 ? [{ ...one, rows }] : [];
  });
  const digests = await askPlainly(
    client,
    filled.map(
      ({ table, columns }) =>
        `select array[${columns.map(({ name }) => digestOf(`quote_nullable(${name}::text)`))}]::text[] as all from only ${table}`,
    ),
  );
  return filled.map((one, at) => {
    const { all: values } = digests[at]?.[0] as { all: string[] };
    return { ...one, columns: one.columns.map((column, place) => ({ ...column, digest: values[place] ?? '' })) };
  });
}

/** Of an expression over all rows, whatever their order. */
export const digestOf = (text: string) => `md5(string_agg(${text}, ',' order by ${text} collate "C"))`;

/** Columns that came out different when the same history was run twice: a time, a random number. */
export interface Changing {
  /** `table.column` of those that are no part of what the history wrote down. */
  leftOut: Set<string>;
  /** Of those among them that get a value by themselves. */
  anew: string[];
  /** Of those that have to keep the value of this one run. */
  frozen: string[];
}

/** Compares what two runs of one history left behind. */
export function changingColumns(first: readonly FilledTable[], second: readonly FilledTable[]): Changing {
  const others = new Map(second.map((one) => [one.table, one]));
  const changing: Changing = { leftOut: new Set(), anew: [], frozen: [] };
  for (const { table, columns, ofExtension } of first)
    for (const [place, { name, digest, hasDefault, inKey }] of columns.entries()) {
      if (others.get(table)?.columns[place]?.digest === digest) continue;
      const column = `${table}.${name}`;
      if (ofExtension || (hasDefault && !inKey)) changing.leftOut.add(column);
      if (!ofExtension) (changing.leftOut.has(column) ? changing.anew : changing.frozen).push(column);
    }
  return changing;
}

/** The columns whose values are carried over. */
export const carried = ({ table, columns }: FilledTable, leftOut: ReadonlySet<string>): FilledColumn[] =>
  columns.filter(({ name }) => !leftOut.has(`${table}.${name}`));
