/** What tables hold, told so shortly that a change can be asked what it did to every column. */
import type { Client } from 'pg';

/** By `table` or `schema.table`. */
export type Holdings = Map<string, Holding>;

export interface Holding {
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
       regexp_replace(format_type(a.atttypid, null), '^.*[.]', '') as type
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
  const name = parent.slice(parent.lastIndexOf('.') + 1);
  return [...before].some(([key, { columns }]) =>
    [...columns].some(([column, { type }]) => type === name || `${key}.${column}` === parent),
  );
}

function renameSchema({ renamed }: Meant, before: Holdings, schema: string, to: string): void {
  for (const key of before.keys())
    if (key.startsWith(`${schema}.`)) renamed.set(key, `${to}${key.slice(schema.length)}`);
}

/** What `before` held and `after` does not, as lines; what was decided, and `changed`, is left out. */
export function lostBetween(
  before: Holdings,
  after: Holdings,
  decisions: readonly string[],
  changed: readonly string[],
): string[] {
  const { renamed, dropped, touched } = meaningOf(decisions, before);
  for (const column of changed) touched.add(column);
  const lines: string[] = [];
  for (const [key, holding] of before) {
    if (dropped.has(key)) continue;
    const table = renamed.get(key) ?? key;
    const now = after.get(table);
    if (!now) {
      lines.push(`${table} is gone`);
      continue;
    }
    if (now.rows !== holding.rows) lines.push(`${table} had ${holding.rows} rows, has ${now.rows}`);
    for (const [column, { digest, type }] of holding.columns) {
      const path = `${table}.${column}`;
      const to = renamed.get(path) ?? path;
      const at = now.columns.get(to.slice(table.length + 1));
      if ([path, to, type].some((name) => touched.has(name)) || dropped.has(path)) continue;
      if (!at) lines.push(`${to} is gone`);
      else if (at.digest !== digest) lines.push(`${to} holds other values`);
    }
  }
  return lines;
}
