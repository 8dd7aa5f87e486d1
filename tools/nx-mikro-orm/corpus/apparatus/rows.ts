/** Rows in the tables of an entry: some of its own where it gives none, and what becomes of them. */
import type { Client } from 'pg';

/** What every table holds, by `schema.table`: rows as objects of texts. */
export type Contents = Map<string, { columns: Map<string, Column>; rows: Record<string, unknown>[] }>;

interface Column {
  type: string;
  computed: boolean;
}

interface Found {
  key: string;
  /** Quoted, with its schema. */
  name: string;
  column: string;
  type: string;
  computed: boolean;
  /** It gets a value by itself. */
  given: boolean;
  label: string | null;
}

const columnsOf = async (client: Client): Promise<Found[]> =>
  (
    await client.query<Found>(
      `select n.nspname || '.' || c.relname as key, format('%I.%I', n.nspname, c.relname) as name,
         a.attname as "column", format_type(a.atttypid, a.atttypmod) as type, a.attgenerated <> '' as computed,
         a.attgenerated <> '' or a.attidentity <> '' or (a.atthasdef and pg_get_expr(d.adbin, d.adrelid) ~ '^nextval') as given,
         (select e.enumlabel from pg_enum e where e.enumtypid = coalesce(nullif(t.typelem, 0), t.oid)
          order by e.enumsortorder limit 1) as label
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       join pg_type t on t.oid = a.atttypid
       left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
       where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
         and c.relname !~ '^mikro_orm_migrations'
         and not exists (select from pg_depend where objid = c.oid and classid = 'pg_class'::regclass and deptype = 'e')
       order by 1, a.attnum`,
    )
  ).rows;

/** Puts two rows into every table that takes them; a table that others are referenced by comes first, by trying. */
export async function fill(client: Client): Promise<void> {
  const byTable = Map.groupBy(await columnsOf(client), ({ name }) => name);
  let open = [...byTable];
  for (;;) {
    const left: typeof open = [];
    for (const [name, columns] of open)
      for (const n of [1, 2]) {
        const own = columns.filter(({ given }) => !given);
        const values = own.map((column) => valueOf(column, n));
        const list = own.map(({ column }) => `"${column.replaceAll('"', '""')}"`);
        const sql = own.length
          ? `insert into ${name} (${list.join()}) values (${values.join()})`
          : `insert into ${name} default values`;
        const failed = await client.query(sql).then(
          () => false,
          () => true,
        );
        if (failed && n === 1) left.push([name, columns]);
        if (failed) break;
      }
    if (left.length === open.length || left.length === 0) return;
    open = left;
  }
}

const examples: [RegExp, (n: number) => string][] = [
  [/\[\]$/, () => "'{}'"],
  [/^(smallint|integer|bigint|numeric|real|double|money)/, (n) => `'${n}'`],
  [/^bool/, (n) => `'${n === 1}'`],
  [/^timestamp/, (n) => `'2020-01-0${n} 10:00'`],
  [/^date/, (n) => `'2020-01-0${n}'`],
  [/^time/, (n) => `'10:00:0${n}'`],
  [/^interval/, (n) => `'${n} days'`],
  [/^uuid/, (n) => `'00000000-0000-0000-0000-00000000000${n}'`],
  [/^json/, (n) => `'{"n": ${n}}'`],
  [/^bytea/, (n) => `'\\x0${n}'`],
  [/range$/, (n) => `'[${n},${n + 1})'`],
];

function valueOf({ type, label, computed }: Found, n: number): string {
  if (computed) return 'default';
  if (label !== null) return type.endsWith('[]') ? `'{"${label}"}'` : `'${label.replaceAll("'", "''")}'`;
  return examples.find(([form]) => form.test(type))?.[1](n) ?? `'${n}'`;
}

/** Reads every row of every table, in an order of its own. */
export async function readContents(client: Client): Promise<Contents> {
  const contents: Contents = new Map();
  for (const [name, columns] of Map.groupBy(await columnsOf(client), (column) => column.name)) {
    const list = columns.map(({ column, type }) => {
      const quoted = `"${column.replaceAll('"', '""')}"`;
      return `'${column.replaceAll("'", "''")}', ${/^(timestamp|time) .*with time zone/.test(type) ? `${quoted} at time zone 'UTC'` : quoted}::text`;
    });
    const { rows } = await client.query<{ row: Record<string, unknown> }>(
      `select jsonb_build_object(${list.join()}) as row from ${name} order by 1`,
    );
    contents.set(columns[0]?.key ?? name, {
      columns: new Map(columns.map(({ column, type, computed }) => [column, { type, computed }])),
      rows: rows.map(({ row }) => row),
    });
  }
  return contents;
}

/** What of `before` is not in `after`, as lines; `lost` are columns, tables and types that need not be. */
export function missingRows(before: Contents, after: Contents, lost: readonly string[], sameType: boolean): string[] {
  const lines: string[] = [];
  for (const [key, { columns, rows }] of before) {
    const other = after.get(key);
    const name = key.replace(/^public\./, '');
    if (lost.includes(name) || (sameType && !other)) continue;
    if (!other) {
      lines.push(`table ${name} is gone`);
      continue;
    }
    const compared = [...columns].filter(([column, { type, computed }]) => {
      const now = other.columns.get(column);
      if (lost.includes(`${name}.${column}`) || lost.includes(type.replace(/\[\]$/, '')) || computed || now?.computed)
        return false;
      return sameType ? now?.type === type : true;
    });
    const shown = (list: readonly Record<string, unknown>[]) =>
      list.map((row) => JSON.stringify(compared.map(([column]) => [column, row[column] ?? null]))).sort();
    const [was, is] = [shown(rows), shown(other.rows)];
    if (JSON.stringify(was) !== JSON.stringify(is)) lines.push(`${name} held ${was.join(' ')}, holds ${is.join(' ')}`);
  }
  return lines;
}
