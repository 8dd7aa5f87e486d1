/** What is in no catalogue, and privileges need: the roles that they name, and those on `public`. */
import { askPlainly, type Client, type Privilege } from '../../catalogue/index.ts';
import { grantStatements } from '../../catalogue/kinds/naming.ts';
import { privileges } from '../../catalogue/kinds/reading.ts';
import type { BuildEntry } from './entry.ts';

/**
 * Roles that are given something here, or that a policy, a user mapping or a setting is for; not owners, and not those
 * that every server has. Dependencies on roles are recorded in a catalogue that all databases share.
 */
const roles = `
select distinct r.rolname as name from (
  select refobjid as role from pg_shdepend d
  where d.refclassid = 'pg_authid'::regclass and d.dbid = (select oid from pg_database where datname = current_database())
    and (d.deptype in ('a', 'r') or d.classid = 'pg_user_mapping'::regclass
      or d.classid = 'pg_default_acl'::regclass and d.refobjid <> current_user::regrole)
  union all
  select setrole from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())
) named join pg_roles r on r.oid = named.role
where r.rolname !~ '^pg_' and r.rolname <> current_user
order by 1`;

/** A role belongs to the server: it is made where it is missing, without a login, and stays when all else is dropped. */
export async function readRoles(client: Client): Promise<BuildEntry[]> {
  const [rows] = await askPlainly(client, [
    `select name, quote_ident(name) as quoted, quote_literal(name) as literal from (${roles}) r`,
  ]);
  return (rows as { name: string; quoted: string; literal: string }[]).map(({ name, quoted, literal }) => ({
    key: `role ${name}`,
    role: name,
    schema: undefined,
    table: undefined,
    phase: 'structure' as const,
    rank: -1,
    statements: [
      dollarQuoted(
        `begin if not exists (select from pg_roles where rolname = ${literal}) then create role ${quoted}; end if; end`,
      ),
    ],
  }));
}

/** A `do` block whose quotes do not occur in it. */
function dollarQuoted(body: string): string {
  let quote = '$$';
  for (let n = 1; body.includes(quote); n++) quote = `$_${n}$`;
  return `do ${quote} ${body} ${quote}`;
}

/** Who may do what in `public` by default, since PostgreSQL 15 and before: the manual's chapter 5.10.6. */
const initial = `acldefault('n', n.nspowner) || makeaclitem(0, n.nspowner, 'USAGE', false) ||
  case when current_setting('server_version_num')::int < 150000
    then array[makeaclitem(0, n.nspowner, 'CREATE', false)] else '{}' end`;

/** Privileges on `public`, which is in every new database and in no catalogue. */
export async function readPublicSchema(client: Client): Promise<BuildEntry[]> {
  const [rows] = await askPlainly(client, [
    `select json_strip_nulls(${privileges('n.nspacl', `(${initial})`, 'n.nspowner')}) as privileges from pg_namespace n where n.nspname = 'public'`,
  ]);
  const { privileges: all } = (rows as { privileges: Privilege[] | null }[])[0] ?? { privileges: null };
  if (!all) return [];
  return [
    {
      key: 'privileges on schema public',
      schema: 'public',
      table: undefined,
      phase: 'attach',
      rank: 0,
      statements: grantStatements(undefined, all, 'schema public'),
      undo: grantStatements(all, undefined, 'schema public'),
    },
  ];
}
