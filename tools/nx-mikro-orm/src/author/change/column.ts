/** Columns as facts, where the catalogue has them as text. */
import { askPlainly, keyOf, type Client } from '../../catalogue/index.ts';
import { firstUserOid, userMade, userSchema } from '../../catalogue/kinds/family.ts';
import { ownedBy } from '../ddl/owned.ts';
import type { Owners } from './owners.ts';
import { columnSequences } from '../../catalogue/kinds/sequences.ts';

/** The sequence that belongs to an identity or serial column. */
export interface Sequence {
  schema: string;
  name: string;
  type: string;
  /** As texts: they are 64 bits wide. */
  increment: string;
  min: string;
  max: string;
  start: string;
  cache: string;
  cycle: boolean;
}

export interface Column {
  key: string;
  schema: string;
  table: string;
  name: string;
  /** With its modifier, as the server prints it. */
  type: string;
  /** Qualified; undefined for the type's own. */
  collation: string | undefined;
  notNull: boolean;
  /** As the server prints it; undefined for identity, generated columns and serials. */
  default: string | undefined;
  identity: 'always' | 'by default' | undefined;
  generated: { as: string; stored: boolean } | undefined;
  /** Of identity columns, and of those whose default is their own sequence. */
  sequence: Sequence | undefined;
  comment: string | undefined;
  /** It comes from a parent table, and changes with it. */
  inherited: boolean;
}

const select = (condition: string) => `
select n.nspname as schema, c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
  case when a.attcollation <> t.typcollation then a.attcollation::regcollation::text end as collation,
  a.attnotnull as "notNull", pg_get_expr(d.adbin, d.adrelid) as "default",
  case a.attidentity when 'a' then 'always' when 'd' then 'by default' end as identity,
  nullif(a.attgenerated, '') as generated,
  case when sc.oid is not null then json_build_object('schema', sn.nspname, 'name', sc.relname,
    'type', s.seqtypid::regtype::text, 'increment', s.seqincrement::text, 'min', s.seqmin::text, 'max', s.seqmax::text,
    'start', s.seqstart::text, 'cache', s.seqcache::text, 'cycle', s.seqcycle) end as sequence,
  (select description from pg_description
    where classoid = 'pg_class'::regclass and objoid = a.attrelid and objsubid = a.attnum) as comment,
  a.attinhcount > 0 or c.relispartition as inherited
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
join pg_type t on t.oid = a.atttypid
left join pg_attrdef d on a.atthasdef and d.adrelid = a.attrelid and d.adnum = a.attnum
left join ((${columnSequences}) own join pg_sequence s on s.seqrelid = own.seqid join pg_class sc on sc.oid = own.seqid
  join pg_namespace sn on sn.oid = sc.relnamespace) on own.relid = a.attrelid and own.attnum = a.attnum
where a.attrelid >= ${firstUserOid} and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'f')
  and ${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')} and ${condition}
order by a.attrelid, a.attnum`;

type Row = Omit<Column, 'key' | 'generated' | 'default'> & { default: string | null; generated: 's' | 'v' | null };

/** Every column of these tables, by its key in the catalogue; a table's columns in their order. */
export async function readColumns(client: Client, owners: Owners): Promise<Map<string, Column>> {
  const [rows] = await askPlainly(client, [select(ownedBy(owners, 'n.nspname', 'c.relname'))]);
  return new Map(
    (rows as Row[]).map((row) => {
      const key = keyOf('column', [row.schema, row.table, row.name]);
      const computed = row.generated !== null && row.default !== null;
      return [
        key,
        {
          ...row,
          key,
          collation: row.collation ?? undefined,
          default: computed || row.sequence ? undefined : (row.default ?? undefined),
          identity: row.identity ?? undefined,
          generated: computed ? { as: row.default ?? '', stored: row.generated === 's' } : undefined,
          sequence: row.sequence ?? undefined,
          comment: row.comment ?? undefined,
        },
      ];
    }),
  );
}
