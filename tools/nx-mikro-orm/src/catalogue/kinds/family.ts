/** How one kind of item is asked for, and the pieces of SQL all of them share. */

/** One select over the system catalogues. All texts are SQL; those that print a definition are left out for names. */
export interface Family {
  /** The catalogue that holds its objects and their comments. Nothing of the user's in it: it is not asked. */
  catalogue: string;
  /** A condition on the columns of that catalogue, where only some of its rows are meant. */
  among?: string;
  /** An SQL expression: a quoted literal, or a case over several. */
  kind: string;
  schema?: string;
  table?: string;
  name?: string;
  /** What follows the name in a key as it is, such as argument types. */
  suffix?: string;
  oid: string;
  /** The column number, where comments are per column. */
  column?: string;
  from: string;
  /** Left joins only the definition needs. */
  joins?: (version: number) => string;
  where: string;
  /** Lines of the definition; those that are null are left out. `version` is server_version_num. */
  lines: (version: number) => string[];
  /** It is an item only where it has lines (and so is not in a list of names). */
  optional?: true;
}

/** Everything below was made by initdb. */
export const firstUserOid = 16384;

const constant = (catalogue: string) => `'pg_catalog.${catalogue}'::pg_catalog.regclass`;

/** True for schemas of the user. */
export const userSchema = (schema: string) => `(${schema} !~ '^pg_' and ${schema} <> 'information_schema')`;

const madeWith = (catalogue: string, oid: string, which: string) => `exists (
  select from pg_depend member
  where ${which} and member.classid = ${constant(catalogue)} and member.objid = ${oid})`;

/** True for objects made by a user, and not by an extension. */
export const userMade = (catalogue: string, oid: string) =>
  `(${oid} >= ${firstUserOid} and not ${madeWith(
    catalogue,
    oid,
    `member.refclassid = ${constant('pg_extension')} and member.deptype = 'e'`,
  )})`;

/** True for objects that did not come with another one, as the functions of a range type do. */
export const onItsOwn = (catalogue: string, oid: string) => `not ${madeWith(catalogue, oid, `member.deptype = 'i'`)}`;

/** `text`, where the condition holds. */
export const flag = (condition: string, text: string) => `case when ${condition} then '${text}' end`;

/** `label` and a value, where there is a value. */
export const label = (text: string, value: string) => `'${text} ' || (${value})::text`;

/** A text array as one sorted line. */
export const sorted = (label: string, array: string) => `case when ${array} is not null then (
  select '${label} (' || string_agg(o, ', ' order by o collate "C") || ')' from unnest(${array}) o) end`;

/** Names of things, qualified where they are not built in; null for 0. */
export const routine = (oid: string) => `nullif(${oid}::oid, 0)::regprocedure::text`;
export const type = (oid: string) => `nullif(${oid}::oid, 0)::regtype::text`;
export const relation = (oid: string) => `nullif(${oid}::oid, 0)::regclass::text`;

const role = (oid: string, owner: string) =>
  `case ${oid} when 0 then 'PUBLIC' when ${owner} then 'owner' else quote_ident(pg_get_userbyid(${oid})) end`;

/** A role that a statement names; the one that reads is the one that runs the revision, whatever it is called there. */
export const roleNamed = (oid: string) =>
  `case ${oid} when 0 then 'PUBLIC' when quote_ident(current_user)::regrole then 'current_user' else quote_ident(pg_get_userbyid(${oid})) end`;

/** The privileges by which a list differs from another, each with its `verb`. */
export const grantDifference = (acl: string, defaults: string) => `(
      (select 'grant' as verb, * from aclexplode(${acl}) except all select 'grant', * from aclexplode(${defaults}))
      union all
      (select 'revoke', * from aclexplode(${defaults}) except all select 'revoke', * from aclexplode(${acl}))
    ) difference`;

/** Grants that differ from what the owner (and PUBLIC) have by default, one line for each grantee, sorted. */
export const grants = (acl: string, defaults: string, owner: string) => `case when ${acl} is not null then (
  select string_agg(line, chr(10) order by line collate "C") from (
    select concat_ws(' ', verb, string_agg(privilege_type, ', ' order by privilege_type collate "C"),
      case verb when 'grant' then 'to' else 'from' end, ${role('grantee', owner)},
      case when is_grantable then 'with grant option' end,
      case when grantor <> ${owner} then 'granted by ' || quote_ident(pg_get_userbyid(grantor)) end) as line
    from ${grantDifference(acl, defaults)}
    group by verb, grantor, grantee, is_grantable) grouped) end`;

/** {@link grants} for an object whose kind of privileges is `letter`, as acldefault() has it. */
export const grantsOn = (letter: string, acl: string, owner: string) =>
  grants(acl, `acldefault('${letter}', ${owner})`, owner);

/** `disabled`, `enabled for replica`, `enabled always`, or nothing. */
export const enabled = (letter: string) =>
  `case ${letter} when 'D' then 'disabled' when 'R' then 'enabled for replica' when 'A' then 'enabled always' end`;

/** The comment of a part that is no item itself. */
export const comment = (catalogue: string, oid: string, column = '0') => `(
  select 'comment ' || quote_literal(description) from pg_description
  where objoid = ${oid} and classoid = ${constant(catalogue)} and objsubid = ${column})`;

/** The kind, where it is the same for all rows and need not be sent. */
export const constantKind = (family: Family) => /^'([^']*)'$/.exec(family.kind)?.[1];

/** The select of a family: only what differs from row to row, as every field sent takes its time. */
export const selectOf = (family: Family, version: number, names: boolean): string => {
  const fields = {
    kind: constantKind(family) ? undefined : family.kind,
    schema: family.schema,
    table: family.table,
    name: family.name,
    suffix: family.suffix,
    ...(names ? {} : { oid: family.oid, column: family.column }),
    definition: names ? undefined : `concat_ws(chr(10), ${family.lines(version).join(',\n    ')})`,
  };
  const sent = Object.entries(fields).flatMap(([name, sql]) => (sql === undefined ? [] : [`${sql} as "${name}"`]));
  return `
select ${sent.join(',\n  ')}
from ${family.from}${names ? '' : `\n${family.joins?.(version) ?? ''}`}
where ${family.where}`;
};
