/** What tables hold, told so shortly that a change can be asked what it did to every column. */
import type { Client } from 'pg';

/** By `table` or `schema.table`. */
export type Holdings = Map<string, Holding>;

interface Holding {
  rows: number;
  /** By column: a digest of its values as texts, in no order, and its type. */
  columns: Map<string, { digest: string; type: string }>;
}

interface Found {
  key: string;
  /** Quoted, with its schema. */
  name: string;
  column: string;
  type: string;
}

/** Reads every table but ours. A partitioned table speaks for its partitions. */
export async function readHoldings(client: Client): Promise<Holdings> {
  const { rows: found } = await client.query<Found>(
    `select case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname as key,
       format('%I.%I', n.nspname, c.relname) as name, a.attname as "column",
       rtrim(format_type(a.atttypid, null), '[]') as type
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and c.relname !~ '^mikro_orm_migrations'
     order by 1, a.attnum`,
  );
  const holdings: Holdings = new Map();
  for (const [name, columns] of Map.groupBy(found, (column) => column.name)) {
    const digests = columns.map(({ column }, at) => {
      const text = `md5(coalesce("${column.replaceAll('"', '""')}"::text, '∅'))`;
      return `md5(string_agg(${text}, '' order by ${text})) as c${at}`;
    });
    const { rows } = await client.query<Record<string, string>>(
      `select count(*)::int as rows, ${digests.join()} from ${name}`,
    );
    holdings.set(columns[0]?.key ?? name, {
      rows: Number(rows[0]?.['rows']),
      columns: new Map(columns.map(({ column, type }, at) => [column, { digest: rows[0]?.[`c${at}`] ?? '', type }])),
    });
  }
  return holdings;
}

/** What decisions say about names and values. */
interface Meant {
  /** Where a table or column is afterwards. */
  renamed: Map<string, string>;
  /** Tables and columns that go. */
  dropped: Set<string>;
  /** Columns and types whose values become others. */
  touched: Set<string>;
}

function meaningOf(decisions: readonly string[], before: Holdings): Meant {
  const meant: Meant = { renamed: new Map(), dropped: new Set(), touched: new Set() };
  for (const text of decisions) {
    const [, kind = '', subject = '', value = ''] = /^(\w+) ([^:]+)(?::(.*))?$/s.exec(text) ?? [];
    const isTable = before.has(subject);
    const isValue = isValueOf(before, subject);
    const parent = subject.slice(0, subject.lastIndexOf('.'));
    if (isValue) meant.touched.add(parent);
    else if (kind === 'rename' && !isTable && !subject.includes('.')) renameSchema(meant, before, subject, value);
    else if (kind === 'rename') meant.renamed.set(subject, isTable ? value : `${parent}.${value}`);
    else if (kind === 'drop') meant.dropped.add(subject);
    else meant.touched.add(subject);
  }
  return meant;
}

/** Whether it is a value of an enum: the name in front is that of a type, or of a column. */
function isValueOf(before: Holdings, subject: string): boolean {
  const parent = subject.slice(0, subject.lastIndexOf('.'));
  return [...before].some(([key, { columns }]) =>
    [...columns].some(([column, { type }]) => type === parent || `${key}.${column}` === parent),
  );
}

function renameSchema({ renamed }: Meant, before: Holdings, schema: string, to: string): void {
  for (const key of before.keys())
    if (key.startsWith(`${schema}.`)) renamed.set(key, `${to}${key.slice(schema.length)}`);
}

/** What a change means for what was there before it. */
export interface Fate {
  /** Where a column is afterwards: `film.length`; undefined when it goes, or its table does. */
  columnAfter: (table: string, column: string) => string | undefined;
  tableAfter: (table: string) => string | undefined;
  /** Whether its values may become others. */
  mayChange: (table: string, column: string) => boolean;
}

/** Reads it out of the decisions; `changed` are columns whose values become others though no decision names them. */
export function fateOf(before: Holdings, decisions: readonly string[], changed: readonly string[]): Fate {
  const { renamed, dropped, touched } = meaningOf(decisions, before);
  for (const column of changed) touched.add(column);
  const tableAfter = (table: string) => (dropped.has(table) ? undefined : (renamed.get(table) ?? table));
  const columnAfter = (table: string, column: string) => {
    const path = `${tableAfter(table)}.${column}`;
    return dropped.has(table) || (dropped.has(path) && !touched.has(path)) ? undefined : (renamed.get(path) ?? path);
  };
  const mayChange = (table: string, column: string) => {
    const type = before.get(table)?.columns.get(column)?.type ?? '';
    const path = `${tableAfter(table)}.${column}`;
    return [path, columnAfter(table, column) ?? path, type].some((name) => touched.has(name));
  };
  return { tableAfter, columnAfter, mayChange };
}

/** What `before` held and `after` does not, as lines, except for what was decided. */
export function lostBetween(before: Holdings, after: Holdings, fate: Fate): string[] {
  const lines: string[] = [];
  for (const [table, { rows, columns }] of before) {
    const name = fate.tableAfter(table);
    if (name === undefined) continue;
    const now = after.get(name);
    if (now?.rows !== rows) lines.push(`${name} had ${rows} rows, has ${now?.rows ?? 'none: it is gone'}`);
    for (const [column, { digest }] of columns) {
      const path = fate.columnAfter(table, column);
      if (path === undefined) continue;
      const at = now?.columns.get(path.slice(name.length + 1));
      if (!at) lines.push(`${path} is gone`);
      else if (at.digest !== digest && !fate.mayChange(table, column)) lines.push(`${path} holds other values`);
    }
  }
  return lines;
}

/** Columns that do not hold what they held before the change, after it was taken back. */
export function notGivenBack(before: Holdings, now: Holdings): Set<string> {
  const paths = new Set<string>();
  for (const [table, { rows, columns }] of before)
    for (const [column, { digest }] of columns) {
      const found = now.get(table);
      if (found?.rows !== rows || found.columns.get(column)?.digest !== digest) paths.add(`${table}.${column}`);
    }
  return paths;
}

/** Those of them that neither the change itself nor a later one (`later`, by the names after it) had taken. */
export const lostForNoReason = (
  before: Holdings,
  lost: ReadonlySet<string>,
  fate: Fate,
  later: ReadonlySet<string>,
): string[] =>
  [...before].flatMap(([table, { columns }]) =>
    [...columns.keys()].flatMap((column) => {
      const after = fate.columnAfter(table, column);
      const excused = after === undefined || fate.mayChange(table, column) || later.has(after);
      return lost.has(`${table}.${column}`) && !excused ? [`${table}.${column}`] : [];
    }),
  );
