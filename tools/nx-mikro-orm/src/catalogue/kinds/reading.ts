/** Pieces of SQL that the kinds read their facts with. A fact that is null is left out. */

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

/** `true`, where the condition holds. */
export const flag = (condition: string) => `nullif(${condition}, false)`;

/** One of some words, by a letter. */
export const wordFor = (letter: string, words: Record<string, string>) =>
  `case ${letter} ${Object.entries(words)
    .map(([key, value]) => `when '${key}' then '${value}'`)
    .join(' ')} end`;

/** Names of things, qualified where they are not built in; null for 0. */
export const routineText = (oid: string) => `nullif(${oid}::oid, 0)::regprocedure::text`;
export const routineName = (oid: string) => `nullif(${oid}::oid, 0)::regproc::text`;
export const typeText = (oid: string) => `nullif(${oid}::oid, 0)::regtype::text`;
export const relation = (oid: string) => `nullif(${oid}::oid, 0)::regclass::text`;

/** Options, as pairs, sorted. Those that begin with `pg_` are the server's own notes: it lets nobody set them. */
export const options = (array: string, which = `o !~ '^pg_'`) => `(
  select json_agg(json_build_array(split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)) order by o collate "C")
  from unnest(${array}) o where ${which})`;

/** A text array as JSON, sorted. */
export const sorted = (array: string) => `(select json_agg(o order by o collate "C") from unnest(${array}) o)`;

/** The privileges by which a list differs from another, as {@link Privilege}s. */
export const privileges = (acl: string, defaults: string, owner: string) => `case when ${acl} is not null then (
  select json_agg(json_build_object('verb', verb, 'privileges', names,
      'role', case when grantee <> 0 and grantee <> ${owner} then pg_get_userbyid(grantee) end,
      'owner', ${flag(`grantee = ${owner}`)}, 'grantable', ${flag('is_grantable')},
      'by', case when grantor <> ${owner} then pg_get_userbyid(grantor) end)
    order by verb, case grantee when 0 then '' else pg_get_userbyid(grantee)::text end collate "C", names::text, is_grantable)
  from (
    select verb, grantor, grantee, is_grantable, json_agg(privilege_type order by privilege_type collate "C")::text::json as names
    from (
      (select 'grant' as verb, * from aclexplode(${acl}) except all select 'grant', * from aclexplode(${defaults}))
      union all
      (select 'revoke', * from aclexplode(${defaults}) except all select 'revoke', * from aclexplode(${acl}))
    ) difference
    group by verb, grantor, grantee, is_grantable) grouped) end`;

/** {@link privileges} on an object whose kind of privileges is `letter`, as acldefault() has it. */
export const privilegesOn = (letter: string, acl: string, owner: string) =>
  privileges(acl, `acldefault('${letter}', ${owner})`, owner);

/** A role as a statement names it; the one that reads is the one that runs the revision, whatever it is called there. */
export const roleNamed = (oid: string) =>
  `case ${oid} when 0 then 'PUBLIC' when quote_ident(current_user)::regrole then 'current_user' else quote_ident(pg_get_userbyid(${oid})) end`;

/** The comment of a part that is no item itself. */
export const comment = (catalogue: string, oid: string, column = '0') => `(
  select description from pg_description
  where objoid = ${oid} and classoid = ${constant(catalogue)} and objsubid = ${column})`;

/** `disabled`, `enabled for replica`, `enabled always`, or nothing. */
export const enabled = (letter: string) =>
  wordFor(letter, { D: 'disabled', R: 'enabled for replica', A: 'enabled always' });

/** Storage and compression by name. */
export const storage = (letter: string) => wordFor(letter, { p: 'plain', e: 'external', m: 'main', x: 'extended' });
export const compression = (letter: string) => wordFor(letter, { p: 'pglz', l: 'lz4' });

/** What is behind the first `head` of a text that begins with it. */
export const after = (text: string, head: string) => `substr(${text}, length(${head}) + 1)`;

/** What is before the last `tail` of a text that ends with it. */
export const before = (text: string, tail: string) => `left(${text}, length(${text}) - length(${tail}))`;

/** JSON of the fields, without those that are null. */
export const object = (fields: Readonly<Record<string, string>>) =>
  `json_strip_nulls(json_build_object(${Object.entries(fields)
    .map(([name, sql]) => `'${name.replaceAll("'", "''")}', ${sql}`)
    .join(', ')}))`;

/** Names of the columns of a table that a thing reads, whatever for. */
export const columnsRead = (catalogue: string, oid: string, relid: string) => `(
  select json_agg(distinct read.attname order by read.attname) from pg_depend d
  join pg_attribute read on read.attrelid = d.refobjid and read.attnum = d.refobjsubid
  where d.classid = ${constant(catalogue)} and d.objid = ${oid} and d.refclassid = ${constant('pg_class')}
    and d.refobjid = ${relid} and d.refobjsubid > 0)`;

/** Schema and name of a relation, as a JSON pair. */
export const relationNames = (oid: string) => `(
  select json_build_array(space.nspname, named.relname) from pg_class named
  join pg_namespace space on space.oid = named.relnamespace where named.oid = ${oid})`;

/** Schema and name of the index that one is a part of, as JSON. */
export const partOf = (index: string) =>
  `(select ${relationNames('inhparent')} from pg_inherits where inhrelid = ${index})`;
