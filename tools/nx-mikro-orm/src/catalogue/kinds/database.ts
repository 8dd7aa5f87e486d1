import { flag, grants, grantsOn, label, routine, type, userMade, userSchema } from './family.ts';
import type { Family } from './family.ts';

/** The database itself: its grants, settings and comment, where it has any. Its name is nowhere said. */
export const database: Family = {
  catalogue: 'pg_database',
  kind: `'database'`,
  suffix: `'itself'`,
  oid: 'd.oid',
  from: 'pg_database d',
  where: 'd.datname = current_database()',
  optional: true,
  lines: () => [
    `(select string_agg(line, chr(10) order by line collate "C") from (
      select concat_ws(' ', 'set', s, 'for role ' || quote_ident(pg_get_userbyid(nullif(setrole, 0)))) as line
      from pg_db_role_setting cross join unnest(setconfig) s where setdatabase = d.oid) settings)`,
    grantsOn('d', 'd.datacl', 'd.datdba'),
    `(select 'comment ' || quote_literal(description) from pg_shdescription
      where objoid = d.oid and classoid = 'pg_database'::regclass)`,
  ],
};

/** Schemas, but for public, which is everywhere. */
export const schemas: Family = {
  catalogue: 'pg_namespace',
  kind: `'schema'`,
  name: 'n.nspname',
  oid: 'n.oid',
  from: 'pg_namespace n',
  where: `${userSchema('n.nspname')} and n.nspname <> 'public' and ${userMade('pg_namespace', 'n.oid')}`,
  lines: () => [grantsOn('n', 'n.nspacl', 'n.nspowner')],
};

/** Extensions, but for plpgsql, which is everywhere. Their version is the server's business. */
export const extensions: Family = {
  catalogue: 'pg_extension',
  among: `extname <> 'plpgsql'`,
  kind: `'extension'`,
  name: 'e.extname',
  oid: 'e.oid',
  from: 'pg_extension e',
  where: `e.extname <> 'plpgsql'`,
  lines: () => [label('schema', 'e.extnamespace::regnamespace::text')],
};

export const collations: Family = {
  catalogue: 'pg_collation',
  kind: `'collation'`,
  schema: 'n.nspname',
  name: 'c.collname',
  oid: 'c.oid',
  from: 'pg_collation c join pg_namespace n on n.oid = c.collnamespace',
  where: `${userSchema('n.nspname')} and ${userMade('pg_collation', 'c.oid')}`,
  lines: () => [
    label('provider', 'c.collprovider'),
    label('collate', 'c.collcollate'),
    label('ctype', 'c.collctype'),
    label('locale', `coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale')`),
    label('rules', `to_jsonb(c) ->> 'collicurules'`),
    flag('not c.collisdeterministic', 'not deterministic'),
  ],
};

export const conversions: Family = {
  catalogue: 'pg_conversion',
  kind: `'conversion'`,
  schema: 'n.nspname',
  name: 'c.conname',
  oid: 'c.oid',
  from: 'pg_conversion c join pg_namespace n on n.oid = c.connamespace',
  where: `${userSchema('n.nspname')} and ${userMade('pg_conversion', 'c.oid')}`,
  lines: () => [
    label('for', `pg_encoding_to_char(c.conforencoding) || ' to ' || pg_encoding_to_char(c.contoencoding)`),
    label('from', routine('c.conproc')),
    flag('c.condefault', 'default'),
  ],
};

export const languages: Family = {
  catalogue: 'pg_language',
  kind: `'language'`,
  name: 'l.lanname',
  oid: 'l.oid',
  from: 'pg_language l',
  where: userMade('pg_language', 'l.oid'),
  lines: () => [
    flag('l.lanpltrusted', 'trusted'),
    label('handler', routine('l.lanplcallfoid')),
    label('inline', routine('l.laninline')),
    label('validator', routine('l.lanvalidator')),
    grantsOn('l', 'l.lanacl', 'l.lanowner'),
  ],
};

export const accessMethods: Family = {
  catalogue: 'pg_am',
  kind: `'access method'`,
  name: 'a.amname',
  oid: 'a.oid',
  from: 'pg_am a',
  where: userMade('pg_am', 'a.oid'),
  lines: () => [label('type', 'a.amtype'), label('handler', routine('a.amhandler'))],
};

export const transforms: Family = {
  catalogue: 'pg_transform',
  kind: `'transform'`,
  suffix: `'for ' || ${type('t.trftype')} || ' language ' || quote_ident(l.lanname)`,
  oid: 't.oid',
  from: 'pg_transform t join pg_language l on l.oid = t.trflang',
  where: userMade('pg_transform', 't.oid'),
  lines: () => [label('from sql', routine('t.trffromsql')), label('to sql', routine('t.trftosql'))],
};

const objects = `case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
  when 'T' then 'types' when 'n' then 'schemas' when 'L' then 'large objects' end`;

/** Default privileges; the role is named where it is not the one that asks. */
export const defaultPrivileges: Family = {
  catalogue: 'pg_default_acl',
  kind: `'default privileges'`,
  schema: 'n.nspname',
  suffix: `case when n.oid is null then '' else ' ' end || concat_ws(' ', 'on', ${objects},
    case when d.defaclrole <> current_user::regrole then 'for role ' || quote_ident(pg_get_userbyid(d.defaclrole)) end)`,
  oid: 'd.oid',
  from: 'pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace',
  where: userMade('pg_default_acl', 'd.oid'),
  lines: () => [
    grants(
      'd.defaclacl',
      `case when d.defaclnamespace = 0 then acldefault(case d.defaclobjtype when 'S' then 's' else d.defaclobjtype end,
        d.defaclrole) else acldefault('c', d.defaclrole) end`,
      'd.defaclrole',
    ),
  ],
};
