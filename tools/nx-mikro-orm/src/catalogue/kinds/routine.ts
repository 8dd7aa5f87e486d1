import type { Item, Privilege } from '../item.ts';
import { defineKind } from './kind.ts';
import { nameOf, privilegeLines, quoted } from './naming.ts';
import { after, onItsOwn, privilegesOn, userMade, userSchema } from './reading.ts';

interface Facts {
  /** What stands behind `CREATE OR REPLACE `. */
  text: string;
  privileges?: Privilege[];
}

/** What functions, procedures and aggregates have in common. */
export const routines = {
  catalogue: 'pg_proc',
  schema: 'n.nspname',
  name: 'p.proname',
  signature: `'(' || oidvectortypes(p.proargtypes) || ')'`,
  oid: 'p.oid',
  from: 'pg_proc p join pg_namespace n on n.oid = p.pronamespace',
  where: `${userSchema('n.nspname')} and ${userMade('pg_proc', 'p.oid')} and ${onItsOwn('pg_proc', 'p.oid')}`,
};

export const routineNamed = ({ schema, name, signature = '()' }: Pick<Item, 'schema' | 'name' | 'signature'>): string =>
  nameOf(schema, name) + signature;

/** Functions, window functions and procedures. */
export const routine = defineKind<Facts>({
  order: 130,
  ...routines,
  among: `prokind <> 'a'`,
  kind: `case p.prokind when 'p' then 'procedure' else 'function' end`,
  where: `p.prokind in ('f', 'w', 'p') and ${routines.where}`,
  facts: () => ({
    text: after('rtrim(pg_get_functiondef(p.oid), chr(10))', `'CREATE OR REPLACE '`),
    privileges: privilegesOn('f', 'p.proacl', 'p.proowner'),
  }),
  print: ({ text, privileges }) => [`CREATE OR REPLACE ${text}`, ...privilegeLines(privileges)],
  named: routineNamed,
  grantedOn: (item) => `${item.kind} ${routineNamed(item)}`,
  make: ({ facts: { text } }) => ({
    create: [`CREATE ${text}`],
    // Functions that use each other cannot all be made with their bodies looked at.
    instead: ['set local check_function_bodies = off', `CREATE ${text}`, 'set local check_function_bodies = on'],
    rank: 1,
  }),
  // What the server does not replace in place is made anew.
  alter: ({ to }) => [{ sql: `CREATE OR REPLACE ${to.facts.text}`, rank: 7, replaces: true }],
  rename: (item, to) => `alter ${item.kind} ${routineNamed(item)} rename to ${quoted(to)}`,
});
