import { relation } from '../../../catalogue/kinds/family.ts';
import { publications as family } from '../../../catalogue/kinds/replication.ts';
import type { Recipe } from '../recipe.ts';

const columns = `(select ' (' || string_agg(quote_ident(a.attname), ', ' order by a.attnum) || ')'
  from pg_attribute a where a.attrelid = r.prrelid and a.attnum = any (r.prattrs))`;

const tables = (version: number) => `(
  select string_agg('table ' || ${relation('r.prrelid')}${
    version >= 150000
      ? ` || coalesce(${columns}, '') || coalesce(' where (' || pg_get_expr(r.prqual, r.prrelid) || ')', '')`
      : ''
  }, ', ' order by ${relation('r.prrelid')} collate "C")
  from pg_publication_rel r where r.prpubid = p.oid)`;

const inSchemas = `(select string_agg('tables in schema ' || s.pnnspid::regnamespace::text, ', '
    order by s.pnnspid::regnamespace::text collate "C") from pg_publication_namespace s where s.pnpubid = p.oid)`;

const published = `concat_ws(', ', ${['insert', 'update', 'delete', 'truncate'].map((what) => `case when p.pub${what} then '${what}' end`).join(', ')})`;

const options = `nullif(concat_ws(', ',
  case when ${published} <> 'insert, update, delete, truncate' then 'publish = ' || quote_literal(${published}) end,
  case when p.pubviaroot then 'publish_via_partition_root = true' end,
  case to_jsonb(p) ->> 'pubgencols' when 's' then 'publish_generated_columns = stored' end), '')`;

/** Publications. A subscription says how to connect, password included: it has no place in a file that is shared. */
export const publications: Recipe = {
  family,
  phase: 'attached',
  create: (version) => `concat_ws(' ', 'create publication', quote_ident(p.pubname), 'for ' ||
    case when p.puballtables then 'all tables'
      else nullif(concat_ws(', ', ${tables(version)}${version >= 150000 ? `, ${inSchemas}` : ''}), '') end,
    'with (' || ${options} || ')')`,
};
