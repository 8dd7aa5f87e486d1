import { defineKind } from './kind.ts';
import { nameOf, quoted } from './naming.ts';
import { columnsRead, roleNamed, userMade, userSchema, wordFor } from './reading.ts';

interface Facts {
  restrictive?: true;
  for: 'select' | 'insert' | 'update' | 'delete' | 'all';
  /** As statements name them. Absent for everybody. */
  roles?: string[];
  using?: string;
  check?: string;
}

const rolesIn = ({ roles }: Facts): string => roles?.join(', ') ?? 'public';

/** Row level security policies. They are altered in place where that can be: no moment is without them. */
export const policy = defineKind<Facts>({
  order: 320,
  catalogue: 'pg_policy',
  schema: 'n.nspname',
  table: 'c.relname',
  name: 'p.polname',
  oid: 'p.oid',
  relation: 'c.oid',
  from: `pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace`,
  where: `${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')}`,
  facts: () => ({
    restrictive: 'nullif(not p.polpermissive, false)',
    for: `coalesce(${wordFor('p.polcmd', { r: 'select', a: 'insert', w: 'update', d: 'delete' })}, 'all')`,
    roles: `(select json_agg(${roleNamed('r')} order by ${roleNamed('r')} collate "C") from unnest(p.polroles) r where r <> 0)`,
    using: 'pg_get_expr(p.polqual, p.polrelid)',
    check: 'pg_get_expr(p.polwithcheck, p.polrelid)',
  }),
  layout: () => ({ columns: columnsRead('pg_policy', 'p.oid', 'p.polrelid') }),
  print: (facts) => [
    `${facts.restrictive ? 'restrictive' : 'permissive'} for ${facts.for} to ${facts.roles ? facts.roles.join(', ') : 'PUBLIC'}`,
    facts.using && `using ${facts.using}`,
    facts.check && `with check ${facts.check}`,
  ],
  named: ({ schema, table = '', name }) => `${quoted(name)} on ${nameOf(schema, table)}`,
  make: ({ schema, table = '', name, facts }) => ({
    create: [
      [
        `create policy ${quoted(name)} on ${nameOf(schema, table)}`,
        facts.restrictive && 'as restrictive',
        facts.for !== 'all' && `for ${facts.for}`,
        facts.roles && `to ${rolesIn(facts)}`,
        facts.using !== undefined && `using (${facts.using})`,
        facts.check !== undefined && `with check (${facts.check})`,
      ]
        .filter(Boolean)
        .join(' '),
    ],
    phase: 'attach',
  }),
  part: true,
  likeness: (facts) => facts,
  rename: ({ schema, table = '', name }, to) =>
    `alter policy ${quoted(name)} on ${nameOf(schema, table)} rename to ${quoted(to)}`,
  alter: ({ from, to, changed }) => {
    const comesOrGoes = (fact: 'using' | 'check') =>
      (from.facts[fact] === undefined) !== (to.facts[fact] === undefined);
    if (changed.has('restrictive') || changed.has('for') || comesOrGoes('using') || comesOrGoes('check'))
      return undefined;
    const parts = [
      changed.has('roles') && ` to ${rolesIn(to.facts)}`,
      changed.has('using') && ` using (${to.facts.using})`,
      changed.has('check') && ` with check (${to.facts.check})`,
    ].filter(Boolean);
    return [
      {
        sql: `alter policy ${quoted(to.name)} on ${nameOf(to.schema, to.table ?? '')}${parts.join('')}`,
        phase: 'attach',
        rank: 0,
      },
    ];
  },
  sql: ['using', 'check'],
});
