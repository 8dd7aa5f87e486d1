/** What is said of objects rather than made: comments, the roles that privileges name, the privileges on `public`. */
import { askPlainly, keyOf, type Client, type Kind } from '../../catalogue/index.ts';
import { firstUserOid } from '../../catalogue/kinds/family.ts';
import type { Entry } from './entry.ts';
import { grantStatements } from './recipe.ts';

/** How the type of an object, as pg_identify_object() calls it, is called in `comment on`. */
const words: Record<string, string> = {
  'table column': 'column',
  'view column': 'column',
  'materialized view column': 'column',
  'foreign table column': 'column',
  'composite type column': 'column',
  'index column': 'column',
  'table constraint': 'constraint',
  'domain constraint': 'constraint',
  'foreign-data wrapper': 'foreign data wrapper',
  'statistics object': 'statistics',
  aggregate: 'routine',
};

const comments = `
select i.type, i.identity, coalesce(y.names, a.object_names) as names, quote_literal(d.description) as text,
  case when i.type = 'aggregate' then d.objoid::regprocedure::text end as routine,
  case when d.classoid = 'pg_proc'::regclass then (
    select '(' || oidvectortypes(proargtypes) || ')' from pg_proc where oid = d.objoid) end as arguments,
  case when i.type = 'index' then (
    select t.relname from pg_index x join pg_class t on t.oid = x.indrelid where x.indexrelid = d.objoid) end as "table"
from pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) i,
  pg_identify_object_as_address(d.classoid, d.objoid, 0) a
  -- The address of a type, and of what hangs on a domain, has both names in one text.
  left join lateral (select array[n.nspname::text, t.typname::text] as names from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where t.oid = case d.classoid when 'pg_type'::regclass then d.objoid when 'pg_constraint'::regclass then (
      select nullif(contypid, 0) from pg_constraint where oid = d.objoid) end) y on true
where d.objoid >= ${firstUserOid} and i.identity is not null and not exists (
  select from pg_depend e where e.classid = d.classoid and e.objid = d.objoid
    and e.refclassid = 'pg_extension'::regclass and e.deptype = 'e')
  -- An extension brings its own comment along.
  and not (d.classoid = 'pg_extension'::regclass and exists (
    select from pg_extension x join pg_available_extensions v on v.name = x.extname
    where x.oid = d.objoid and v.comment = d.description))
order by d.classoid, d.objoid, d.objsubid`;

interface Comment {
  type: string;
  identity: string;
  names: string[];
  text: string;
  routine: string | null;
  arguments: string | null;
  table: string | null;
}

const partOf = /^((?:materialized )?view|composite type|domain) (?:column|constraint)$/;

/** The key of the object that the comment is on, or that what it is on is a part of. */
function keyOfCommented({ type, names, arguments: suffix, table }: Comment): string {
  const [schema, ...rest] = names;
  if (type === 'index') return keyOf('index', [schema, table, rest[0]]);
  const whole = partOf.exec(type)?.[1]?.replace('composite ', '');
  if (whole) return keyOf(whole as Kind, names.slice(0, 2));
  const kind = type.replace(/^(table|foreign table) (?=column|constraint)/, '').replace(/ object$/, '');
  return keyOf(kind as Kind, names, suffix ?? '');
}

/** The comments on everything, also on what is no item of a catalogue by itself. */
export async function readComments(
  client: Client,
  rank: number,
  ignore: ((schema: string, name: string) => boolean) | undefined,
): Promise<Entry[]> {
  const [rows] = await askPlainly(client, [comments]);
  return (rows as Comment[])
    .filter(({ names: [first = '', second], table }) =>
      second === undefined ? !ignore?.('', first) : !ignore?.(first, table ?? second),
    )
    .map(({ type, text, routine, ...one }) => {
      const identity =
        routine ??
        (type === 'domain constraint'
          ? one.identity.replace(/ on (?=[^"]*(?:"[^"]*"[^"]*)*$)/, ' on domain ')
          : one.identity);
      return {
        key: `comment on ${type} ${one.identity}`,
        of: keyOfCommented({ type, text, routine, ...one }),
        schema: one.names[0],
        table: one.names[1],
        phase: 'attached' as const,
        rank,
        statements: [`comment on ${words[type] ?? type} ${identity} is ${text}`],
      };
    });
}

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
export async function readRoles(client: Client): Promise<Entry[]> {
  const [rows] = await askPlainly(client, [
    `select name, quote_ident(name) as quoted, quote_literal(name) as literal from (${roles}) r`,
  ]);
  return (rows as { name: string; quoted: string; literal: string }[]).map(({ name, quoted, literal }) => ({
    key: `role ${name}`,
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

const onPublic = (reverse: boolean) =>
  grantStatements(`'schema public'`, { acl: 'n.nspacl', owner: 'n.nspowner', defaults: `(${initial})` }, { reverse });

/** Privileges on `public`, which is in every new database and in no catalogue. */
export async function readPublicSchema(client: Client): Promise<Entry[]> {
  const [rows] = await askPlainly(client, [
    `select coalesce(${onPublic(false)}, '{}') as statements, coalesce(${onPublic(true)}, '{}') as undo
     from pg_namespace n where n.nspname = 'public'`,
  ]);
  const { statements, undo } = (rows as { statements: string[]; undo: string[] }[])[0] ?? { statements: [], undo: [] };
  if (statements.length === 0) return [];
  return [
    {
      key: 'schema public',
      schema: 'public',
      table: undefined,
      phase: 'attached',
      rank: 0,
      statements,
      undo: undo.toReversed(),
    },
  ];
}
