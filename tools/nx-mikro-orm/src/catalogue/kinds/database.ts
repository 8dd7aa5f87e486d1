import type { Privilege } from '../item.ts';
import { defineKind } from './kind.ts';
import { grantStatements, literal, privilegeLines, quoted } from './naming.ts';
import { privilegesOn } from './reading.ts';

interface Setting {
  name: string;
  value: string;
  role?: string;
}

interface Facts {
  settings?: Setting[];
  privileges?: Privilege[];
}

/** Settings that are lists of names are stored as they are typed; all others are values. */
const lists = new Set(['search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries']);

/** The name of the database is known when the revision runs. */
const named = (statement: string): string =>
  `do $$ begin execute format(${literal(statement)}, current_database()); end $$`;

const doubled = (text: string): string => text.replaceAll('%', '%%');

const alter = ({ role }: Setting): string =>
  `alter ${role === undefined ? '' : `role ${doubled(quoted(role))} in `}database %I`;

const set = (one: Setting): string =>
  named(
    `${alter(one)} set ${doubled(quoted(one.name))} = ${doubled(lists.has(one.name) ? one.value : literal(one.value))}`,
  );
const reset = (one: Setting): string => named(`${alter(one)} reset ${doubled(quoted(one.name))}`);

const grants = (was: readonly Privilege[] | undefined, is: readonly Privilege[] | undefined): string[] =>
  grantStatements(was?.map(escaped), is?.map(escaped), 'database %I').map(named);

const escaped = (one: Privilege): Privilege => (one.role === undefined ? one : { ...one, role: doubled(one.role) });

/** The database itself: its privileges, settings and comment, where it has any. Its name is nowhere said. */
export const database = defineKind<Facts>({
  order: 360,
  catalogue: 'pg_database',
  signature: `'itself'`,
  oid: 'd.oid',
  from: 'pg_database d',
  where: 'd.datname = current_database()',
  optional: true,
  facts: () => ({
    settings: `(select json_agg(json_strip_nulls(json_build_object('name', split_part(s, '=', 1), 'value', substr(s, strpos(s, '=') + 1),
        'role', pg_get_userbyid(nullif(setrole, 0)))) order by setrole, s collate "C")
      from pg_db_role_setting cross join unnest(setconfig) s where setdatabase = d.oid)`,
    privileges: privilegesOn('d', 'd.datacl', 'd.datdba'),
    comment: `(select description from pg_shdescription where objoid = d.oid and classoid = 'pg_database'::regclass)`,
  }),
  print: ({ settings = [], privileges }) => [
    ...settings.map(({ name, value, role }) => `set ${name}=${value}${role === undefined ? '' : ` for role ${role}`}`),
    ...privilegeLines(privileges),
  ],
  make: ({ facts: { settings = [], privileges } }) => ({
    after: [...settings.map(set), ...grants(undefined, privileges)].map((sql) => ({ sql, phase: 'late' })),
  }),
  drop: () => undefined,
  undo: ({ facts: { settings = [], privileges } }) => [...settings.map(reset), ...grants(privileges, undefined)],
});
