import { database as databaseFamily, defaultPrivileges as defaultFamily } from '../../../catalogue/kinds/database.ts';
import { grantStatements, type Recipe } from '../recipe.ts';

const objects = `case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
  when 'T' then 'types' when 'n' then 'schemas' when 'L' then 'large objects' end`;

const defaults = {
  acl: 'd.defaclacl',
  owner: 'd.defaclrole',
  defaults: `case when d.defaclnamespace = 0 then acldefault(case d.defaclobjtype when 'S' then 's' else d.defaclobjtype end,
    d.defaclrole) else acldefault('c', d.defaclrole) end`,
  head: `concat_ws(' ', 'alter default privileges',
    case when d.defaclrole <> current_user::regrole then 'for role ' || quote_ident(pg_get_userbyid(d.defaclrole)) end,
    'in schema ' || quote_ident(n.nspname))`,
};

/** Default privileges. They come when every object has its own, or they would add to those. */
export const defaultPrivileges: Recipe = {
  family: defaultFamily,
  phase: 'late',
  drop: false,
  grants: [grantStatements(objects, defaults)],
  undo: grantStatements(objects, defaults, { reverse: true }),
};

/** The name of the database is known when the revision runs. */
const named = (statement: string) =>
  `'do $$ begin execute format(' || quote_literal(${statement}) || ', current_database()); end $$'`;

const settings = (change: (name: string, value: string) => string) => `(
  select array_agg(${named(`'alter ' || coalesce('role ' || replace(quote_ident(pg_get_userbyid(nullif(setrole, 0))), '%', '%%') || ' in ', '') ||
    'database %I ' || ${change(`replace(quote_ident(split_part(s, '=', 1)), '%', '%%')`, `replace(substr(s, strpos(s, '=') + 1), '%', '%%')`)}`)}
    order by setrole, s)
  from pg_db_role_setting cross join unnest(setconfig) s where setdatabase = d.oid)`;

/** Settings that are lists of names are stored as they are typed; all others are values. */
const lists = `('search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries')`;

const privileges = { acl: 'd.datacl', owner: 'd.datdba', defaults: `acldefault('d', d.datdba)` };
const onDatabase = (options: { reverse?: boolean }) =>
  `(select array_agg(${named(`replace(replace(g, '%', '%%'), ' on database ', ' on database %I ')`)})
    from unnest(${grantStatements(`'database '`, privileges, options)}) g)`;

/** What is said of the database itself, whatever its name: settings and privileges. */
export const database: Recipe = {
  family: databaseFamily,
  phase: 'late',
  drop: false,
  grants: [
    settings(
      (name, value) =>
        `'set ' || ${name} || ' = ' || case when split_part(s, '=', 1) in ${lists} then ${value} else quote_literal(${value}) end`,
    ),
    onDatabase({}),
  ],
  undo: `${settings((name) => `'reset ' || ${name}`)} || ${onDatabase({ reverse: true })}`,
};
