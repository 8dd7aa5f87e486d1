import { defineKind } from './kind.ts';
import { nameOf, quoted } from './naming.ts';
import { after, columnsRead, userMade, userSchema } from './reading.ts';

interface Facts {
  /** What stands behind the name: ` (ndistinct) ON a, b FROM public.t`. */
  text: string;
  target?: number;
}

/** Extended statistics; `table` is the table they are on. */
export const statistics = defineKind<Facts>({
  order: 290,
  catalogue: 'pg_statistic_ext',
  schema: 'n.nspname',
  table: 'c.relname',
  name: 's.stxname',
  oid: 's.oid',
  relation: 'c.oid',
  from: `pg_statistic_ext s join pg_class c on c.oid = s.stxrelid join pg_namespace n on n.oid = s.stxnamespace`,
  where: `${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')}`,
  facts: () => ({
    text: after(
      'pg_get_statisticsobjdef(s.oid)',
      `'CREATE STATISTICS ' || quote_ident(n.nspname) || '.' || quote_ident(s.stxname)`,
    ),
    target: 'nullif(s.stxstattarget, -1)',
  }),
  layout: () => ({ columns: columnsRead('pg_statistic_ext', 's.oid', 's.stxrelid') }),
  print: ({ text, target }, { schema = 'public', name }) => [
    `CREATE STATISTICS ${schema}.${name}${text}`,
    target === undefined ? undefined : `target ${target}`,
  ],
  make: ({ schema, name, facts: { text, target } }) => ({
    create: [`create statistics ${nameOf(schema, name)}${text}`],
    phase: 'attach',
    after: target === undefined ? [] : [{ sql: `alter statistics ${nameOf(schema, name)} set statistics ${target}` }],
  }),
  part: true,
  likeness: ({ text, target }) => [text, target],
  rename: ({ schema, name }, to) => `alter statistics ${nameOf(schema, name)} rename to ${quoted(to)}`,
  alter: ({ to, changed }) =>
    changed.has('text')
      ? undefined
      : [{ sql: `alter statistics ${nameOf(to.schema, to.name)} set statistics ${to.facts.target ?? -1}` }],
  addable: ['target'],
});
