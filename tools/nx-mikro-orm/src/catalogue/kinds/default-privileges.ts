import type { Privilege } from '../item.ts';
import { defineKind } from './kind.ts';
import { grantStatements, privilegeLines, quoted } from './naming.ts';
import { privileges, userMade, wordFor } from './reading.ts';

const objects = wordFor('d.defaclobjtype', {
  r: 'tables',
  S: 'sequences',
  f: 'functions',
  T: 'types',
  n: 'schemas',
  L: 'large objects',
});

interface Layout {
  objects: string;
  /** Where it is not the one that asks. */
  role?: string;
}

const statements = (
  was: readonly Privilege[] | undefined,
  is: readonly Privilege[] | undefined,
  schema: string | undefined,
  { objects: on, role }: Layout,
): string[] =>
  grantStatements(was, is, on, {
    head: `alter default privileges ${role === undefined ? '' : `for role ${quoted(role)} `}${schema === undefined ? '' : `in schema ${quoted(schema)} `}`,
  });

/** Default privileges. They come when every object has its own, or they would add to those. */
export const defaultPrivileges = defineKind<{ privileges?: Privilege[] }, Layout>({
  order: 350,
  catalogue: 'pg_default_acl',
  schema: 'n.nspname',
  signature: `case when n.oid is null then '' else ' ' end || concat_ws(' ', 'on', ${objects},
    case when d.defaclrole <> current_user::regrole then 'for role ' || quote_ident(pg_get_userbyid(d.defaclrole)) end)`,
  oid: 'd.oid',
  from: 'pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace',
  where: userMade('pg_default_acl', 'd.oid'),
  facts: () => ({
    privileges: privileges(
      'd.defaclacl',
      `case when d.defaclnamespace = 0 then acldefault(case d.defaclobjtype when 'S' then 's' else d.defaclobjtype end,
        d.defaclrole) else acldefault('c', d.defaclrole) end`,
      'd.defaclrole',
    ),
  }),
  layout: () => ({
    objects,
    role: `case when d.defaclrole <> current_user::regrole then pg_get_userbyid(d.defaclrole) end`,
  }),
  print: ({ privileges: all }) => privilegeLines(all),
  make: ({ schema, facts, layout }) => ({
    after: statements(undefined, facts.privileges, schema, layout).map((sql) => ({ sql, phase: 'late' })),
  }),
  alter: ({ from, to }) =>
    statements(from.facts.privileges, to.facts.privileges, to.schema, to.layout).map((sql) => ({ sql, phase: 'late' })),
  drop: () => undefined,
  undo: ({ schema, facts, layout }) => statements(facts.privileges, undefined, schema, layout),
});
