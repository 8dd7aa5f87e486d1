import { defineKind } from './kind.ts';
import { literal, nameOf, quoted } from './naming.ts';
import { flag, relation, relationNames, userMade } from './reading.ts';

export interface PublicationFacts {
  'all tables'?: true;
  publish: string[];
  'via partition root'?: true;
  'generated columns'?: string;
  tables?: { table: [schema: string, name: string]; columns?: string[]; where?: string }[];
  schemas?: string[];
}

const everything = ['insert', 'update', 'delete', 'truncate'];

const tables = (version: number) => `(
  select json_agg(json_strip_nulls(json_build_object('table', ${relationNames('r.prrelid')}${
    version >= 150000
      ? `, 'columns', (select json_agg(a.attname order by a.attname collate "C")
        from pg_attribute a where a.attrelid = r.prrelid and a.attnum = any (r.prattrs)),
      'where', pg_get_expr(r.prqual, r.prrelid)`
      : ''
  })) order by ${relation('r.prrelid')} collate "C")
  from pg_publication_rel r where r.prpubid = p.oid)`;

const schemas = `(select json_agg(s.pnnspid::regnamespace::text order by s.pnnspid::regnamespace::text collate "C")
  from pg_publication_namespace s where s.pnpubid = p.oid)`;

/** A table as a statement of a publication names it. */
export const tableText = ({ table, columns, where }: NonNullable<PublicationFacts['tables']>[number]): string =>
  `${nameOf(...table)}${columns ? ` (${columns.map(quoted).join(', ')})` : ''}${where === undefined ? '' : ` where (${where})`}`;

const objectsOf = ({ tables: all = [], schemas: named = [] }: PublicationFacts): string =>
  [
    // Up to PostgreSQL 14, the word stands once.
    ...all.map((one, at) => (at === 0 ? 'table ' : '') + tableText(one)),
    ...named.map((one) => `tables in schema ${one}`),
  ].join(', ');

const optionsOf = (facts: PublicationFacts): string[] => [
  ...(facts.publish.join() === everything.join() ? [] : [`publish = ${literal(facts.publish.join(', '))}`]),
  ...(facts['via partition root'] ? ['publish_via_partition_root = true'] : []),
  ...(facts['generated columns'] ? [`publish_generated_columns = ${facts['generated columns']}`] : []),
];

/** Publications with their tables and schemas. */
export const publication = defineKind<PublicationFacts>({
  order: 330,
  catalogue: 'pg_publication',
  name: 'p.pubname',
  oid: 'p.oid',
  from: 'pg_publication p',
  where: userMade('pg_publication', 'p.oid'),
  facts: (version) => ({
    'all tables': flag('p.puballtables'),
    publish: `to_json(array_remove(array[${everything.map((what) => `case when p.pub${what} then '${what}' end`).join(', ')}], null))`,
    'via partition root': flag('p.pubviaroot'),
    'generated columns': `case to_jsonb(p) ->> 'pubgencols' when 's' then 'stored' end`,
    tables: tables(version),
    ...(version >= 150000 && { schemas }),
  }),
  print: (facts) => [
    facts['all tables'] && 'all tables',
    `publish, ${facts.publish.join(', ')}`,
    facts['via partition root'] && 'via partition root',
    facts['generated columns'] && `generated columns ${facts['generated columns']}`,
    ...(facts.tables ?? []).map((one) => `table ${tableText(one)}`),
    ...(facts.schemas ?? []).map((one) => `tables in schema ${one}`),
  ],
  named: ({ name }) => quoted(name),
  make: ({ name, facts }) => {
    const objects = facts['all tables'] ? 'all tables' : objectsOf(facts);
    const options = optionsOf(facts).join(', ');
    return {
      create: [`create publication ${quoted(name)}${objects && ` for ${objects}`}${options && ` with (${options})`}`],
      phase: 'attach',
    };
  },
  alter: ({ from, to, changed }) => {
    if (changed.has('all tables')) return undefined;
    const head = `alter publication ${quoted(to.name)}`;
    const { publish } = to.facts;
    const options = [
      changed.has('publish') && `publish = ${literal(publish.join(', '))}`,
      changed.has('via partition root') &&
        `publish_via_partition_root = ${to.facts['via partition root'] ? 'true' : 'false'}`,
      changed.has('generated columns') && `publish_generated_columns = ${to.facts['generated columns'] ?? 'none'}`,
    ].filter(Boolean);
    const objects = objectsOf(to.facts);
    const set = changed.has('tables') || changed.has('schemas');
    return [
      ...(options.length > 0 ? [{ sql: `${head} set (${options.join(', ')})` }] : []),
      ...(set && objects ? [{ sql: `${head} set ${objects}`, phase: 'attach' as const }] : []),
      ...(set && !objects ? [{ sql: `${head} drop ${objectsOf(from.facts)}` }] : []),
    ];
  },
  rename: ({ name }, to) => `alter publication ${quoted(name)} rename to ${quoted(to)}`,
});
