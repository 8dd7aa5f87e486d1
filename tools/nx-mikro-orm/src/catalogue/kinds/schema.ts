import type { Privilege } from '../item.ts';
import { defineKind } from './kind.ts';
import { privilegeLines, quoted } from './naming.ts';
import { privilegesOn, userMade, userSchema } from './reading.ts';

/** Schemas, but for public, which is everywhere. */
export const schema = defineKind<{ privileges?: Privilege[] }>({
  order: 10,
  catalogue: 'pg_namespace',
  name: 'n.nspname',
  oid: 'n.oid',
  from: 'pg_namespace n',
  where: `${userSchema('n.nspname')} and n.nspname <> 'public' and ${userMade('pg_namespace', 'n.oid')}`,
  facts: () => ({ privileges: privilegesOn('n', 'n.nspacl', 'n.nspowner') }),
  print: ({ privileges }) => privilegeLines(privileges),
  grantedOn: ({ name }) => `schema ${quoted(name)}`,
  named: ({ name }) => quoted(name),
  make: ({ name }) => ({ create: [`create schema ${quoted(name)}`], rank: -5 }),
  alter: () => [],
  rename: ({ name }, to) => `alter schema ${quoted(name)} rename to ${quoted(to)}`,
});
