import { defineKind } from './kind.ts';
import { nameOf, quoted } from './naming.ts';
import { after, before, enabled, userMade, userSchema } from './reading.ts';
import { enabling } from './trigger.ts';

interface Facts {
  /** What stands behind the name. */
  text: string;
  enabled?: string;
}

/** Rules, without the one that makes a view. */
export const rule = defineKind<Facts>({
  order: 300,
  catalogue: 'pg_rewrite',
  among: `rulename <> '_RETURN'`,
  schema: 'n.nspname',
  table: 'c.relname',
  name: 'r.rulename',
  oid: 'r.oid',
  relation: 'c.oid',
  from: `pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace`,
  where: `${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')} and r.rulename <> '_RETURN'`,
  facts: () => ({
    text: before(after('pg_get_ruledef(r.oid)', `'CREATE RULE ' || quote_ident(r.rulename)`), `';'`),
    enabled: enabled('r.ev_enabled'),
  }),
  print: ({ text, enabled: state }, { name }) => [`CREATE RULE ${name}${text}`, state],
  named: ({ schema, table = '', name }) => `${quoted(name)} on ${nameOf(schema, table)}`,
  make: ({ schema, table = '', name, facts }) => ({
    create: [`create rule ${quoted(name)}${facts.text}`],
    phase: 'attach',
    after: enabling('rule', nameOf(schema, table), name, undefined, facts.enabled),
  }),
  part: true,
  likeness: ({ text, enabled: state }) => [text, state],
  rename: ({ schema, table = '', name }, to) =>
    `alter rule ${quoted(name)} on ${nameOf(schema, table)} rename to ${quoted(to)}`,
  alter: ({ from, to, changed }) =>
    changed.has('text')
      ? undefined
      : enabling('rule', nameOf(to.schema, to.table ?? ''), to.name, from.facts.enabled, to.facts.enabled),
  addable: ['enabled'],
  sql: ['text'],
});
