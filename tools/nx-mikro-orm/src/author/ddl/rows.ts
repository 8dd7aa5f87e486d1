/** The rows that a history leaves behind on an empty database, and how they get into another one. */
import { askPlainly, type Client } from '../../catalogue/index.ts';
import type { Entry } from './entry.ts';

/** A table with rows in it. */
export interface Filled {
  /** Qualified and quoted. */
  table: string;
  rows: number;
  columns: Column[];
  /** It belongs to an extension, which fills it in its own way. */
  ofExtension: boolean;
}

interface Column {
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

/** How much of a table is carried over: more is data that belongs into a step of its own. */
const mostRows = 1000;
const mostCharacters = 500_000;

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
export async function readFilled(client: Client): Promise<Filled[]> {
  const [found] = await askPlainly(client, [tables]);
  const all = found as Omit<Filled, 'rows'>[];
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

const digestOf = (text: string) => `md5(string_agg(${text}, ',' order by ${text} collate "C"))`;

/** Columns that came out different when the same history was run twice: a time, a random number. */
export interface Changing {
  /** `table.column` of those that get a value by themselves, and are left out. */
  leftOut: Set<string>;
  /** Of those that have to keep the value of this one run. */
  frozen: string[];
}

/** Compares what two runs of one history left behind. */
export function changingColumns(first: readonly Filled[], second: readonly Filled[]): Changing {
  const others = new Map(second.map((one) => [one.table, one]));
  const changing: Changing = { leftOut: new Set(), frozen: [] };
  for (const { table, columns, ofExtension } of first)
    for (const [place, { name, digest, hasDefault, inKey }] of columns.entries()) {
      if (ofExtension || others.get(table)?.columns[place]?.digest === digest) continue;
      if (hasDefault && !inKey) changing.leftOut.add(`${table}.${name}`);
      else changing.frozen.push(`${table}.${name}`);
    }
  return changing;
}

const carried = ({ table, columns }: Filled, leftOut: ReadonlySet<string>): Column[] =>
  columns.filter(({ name }) => !leftOut.has(`${table}.${name}`));

/** The `insert` statements for these tables, and the tables that are too large for it. */
export async function rowEntries(
  client: Client,
  filled: readonly Filled[],
  leftOut: ReadonlySet<string>,
): Promise<{ entries: Entry[]; lost: string[] }> {
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
  const entries: Entry[] = [];
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
        phase: 'rows',
        rank: 0,
        statements,
      });
  }
  return { entries, lost };
}

function insertsOf({ table }: Filled, columns: readonly Column[], rows: readonly string[]): string[] {
  if (columns.length === 0) return rows.map(() => `insert into ${table} default values`);
  const names = columns.map(({ name }) => name).join(', ');
  const overriding = columns.some(({ always }) => always) ? ' overriding system value' : '';
  return [`insert into ${table} (${names})${overriding} values\n${rows.map((row) => `      (${row})`).join(',\n')}`];
}

const orderOf = ({ columns }: Filled): string =>
  columns
    .filter(({ primary }) => primary)
    .map(({ name }) => name)
    .join(', ') || 'ctid';

/** A value as it is typed: numbers as such, all else as a text that the column's type reads. */
function literal({ name, type }: Column): string {
  const text = `${name}::text`;
  if (/^(smallint|integer|bigint|boolean)$/.test(type)) return `coalesce(${text}, 'null')`;
  if (/^(numeric|real|double precision)/.test(type))
    return `case when ${text} ~ '^-?[0-9.]+$' then ${text} when ${name} is null then 'null' else quote_literal(${text}) end`;
  return `coalesce(quote_literal(${text}), 'null')`;
}

const sequences = `
select format('%I.%I', n.nspname, c.relname) as name, quote_literal(c.oid::regclass::text) as literal, s.seqstart::text as start
from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname !~ '^pg_' and c.relpersistence <> 't' order by c.oid`;

interface Position {
  name: string;
  literal: string;
  start: string;
  last: string;
  called: boolean;
}

async function positions(client: Client): Promise<Position[]> {
  const [found] = await askPlainly(client, [sequences]);
  const all = found as Omit<Position, 'last' | 'called'>[];
  const places = await askPlainly(
    client,
    all.map(({ name }) => `select last_value::text as last, is_called as called from ${name}`),
  );
  return all.map((one, at) => ({ ...one, ...(places[at]?.[0] as Pick<Position, 'last' | 'called'>) }));
}

/** Sets the sequences that have moved. */
export async function sequenceEntries(client: Client): Promise<Entry[]> {
  return (await positions(client))
    .filter(({ start, last, called }) => called || start !== last)
    .map(({ name, literal: text, last, called }) => ({
      key: `value of sequence ${name}`,
      schema: undefined,
      table: undefined,
      phase: 'rows',
      rank: 1,
      statements: [`select setval(${text}, ${last}${called ? '' : ', false'})`],
    }));
}

/** What a database holds besides its catalogue, as texts that can be compared: rows, sequences, large objects. */
export async function readContents(client: Client, leftOut: ReadonlySet<string>): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  const filled = await readFilled(client);
  const digests = await askPlainly(
    client,
    filled.map((one) => {
      const row = carried(one, leftOut).map(({ name }) => `quote_nullable(${name}::text)`);
      return `select ${digestOf(row.length ? `concat_ws(',', ${row.join(', ')})` : "''")} as digest from only ${one.table}`;
    }),
  );
  for (const [at, { table, rows }] of filled.entries())
    contents.set(`rows of ${table}`, `${rows} ${(digests[at]?.[0] as { digest: string }).digest}`);
  for (const { name, last, called, start } of await positions(client))
    if (called || last !== start) contents.set(`value of sequence ${name}`, `${last} ${called}`);
  const [objects] = await askPlainly(client, ['select count(*)::int as n from pg_largeobject_metadata']);
  const { n } = objects?.[0] as { n: number };
  if (n > 0) contents.set('large objects', String(n));
  return contents;
}
