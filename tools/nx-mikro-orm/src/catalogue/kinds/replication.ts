import { flag, label, relation, userMade } from './family.ts';
import type { Family } from './family.ts';

const chosenColumns = `(select ' (' || string_agg(quote_ident(a.attname), ', ' order by a.attname collate "C") || ')'
  from pg_attribute a where a.attrelid = r.prrelid and a.attnum = any (r.prattrs))`;

const publishedTables = (version: number) => `(
  select string_agg('table ' || ${relation('r.prrelid')} ${
    version >= 150000
      ? `|| coalesce(${chosenColumns}, '') || coalesce(' where ' || pg_get_expr(r.prqual, r.prrelid), '')`
      : ''
  }, chr(10) order by ${relation('r.prrelid')} collate "C")
  from pg_publication_rel r where r.prpubid = p.oid)`;

const publishedSchemas = `(select string_agg('tables in schema ' || s.pnnspid::regnamespace::text, chr(10)
    order by s.pnnspid::regnamespace::text collate "C")
  from pg_publication_namespace s where s.pnpubid = p.oid)`;

/** Publications with their tables and schemas. */
export const publications: Family = {
  catalogue: 'pg_publication',
  kind: `'publication'`,
  name: 'p.pubname',
  oid: 'p.oid',
  from: 'pg_publication p',
  where: userMade('pg_publication', 'p.oid'),
  lines: (version) => [
    flag('p.puballtables', 'all tables'),
    `concat_ws(', ', 'publish', ${['insert', 'update', 'delete', 'truncate']
      .map((what) => flag(`p.pub${what}`, what))
      .join(', ')})`,
    flag('p.pubviaroot', 'via partition root'),
    label('generated columns', `case to_jsonb(p) ->> 'pubgencols' when 's' then 'stored' end`),
    publishedTables(version),
    ...(version >= 150000 ? [publishedSchemas] : []),
  ],
};

/** Subscriptions of this database, without how they connect. */
export const subscriptions: Family = {
  catalogue: 'pg_subscription',
  kind: `'subscription'`,
  name: 's.subname',
  oid: 's.oid',
  from: 'pg_subscription s',
  where: 's.subdbid = (select oid from pg_database where datname = current_database())',
  lines: () => [
    `(select 'publications (' || string_agg(quote_ident(p), ', ' order by p collate "C") || ')' from unnest(s.subpublications) p)`,
    flag('not s.subenabled', 'disabled'),
    label('slot', 's.subslotname'),
    label('synchronous commit', `nullif(s.subsynccommit, 'off')`),
    flag('s.subbinary', 'binary'),
  ],
};
