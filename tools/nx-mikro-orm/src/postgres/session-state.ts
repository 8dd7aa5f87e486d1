import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { problem } from '../errors.ts';
import type { Linked } from '../history/revision.ts';
import { askOnOwnPath } from './connect/own-path.ts';
import { codeOf } from '../sql/sqlstate.ts';

/** What statements have set for their session and made in it: it is gone when that ends. */
export interface SessionState {
  /** By name: what they set it to; null where they took back what the session had begun with. */
  settings: Record<string, string | null>;
  /** What cannot be set again: temporary tables, prepared statements, cursors, advisory locks. */
  made: string[];
}

/** Ours alone, or no setting that can be given back. */
const isOurs = `name ~ '^(lock_timeout|transaction_(isolation|read_only|deferrable)|nx_mikro_orm[.].*)$'`;

/** A name with a dot, as a text or as what `set` sets. */
const dotted = String.raw`[a-z_][\w$]*(?:\.[a-z_][\w$]*)+`;
const mentioned = new RegExp(`'(${dotted})'|\\bset\\s+(?:session\\s+|local\\s+)?(${dotted})\\s*(?:=|to\\b)`, 'gi');

/** So many are followed; a text of data may hold thousands of names with dots. */
const most = 500;

/** What may be a setting that nobody has declared: the server has no list of those, and only answers for a name. */
const undeclared = (texts: readonly string[]): string[] => {
  const found = texts.flatMap((text) => [...text.matchAll(mentioned)].map(([, text, set]) => text ?? set ?? ''));
  return [...new Set(found.map((name) => name.toLowerCase()))]
    .filter((name) => !name.startsWith('nx_mikro_orm.'))
    .slice(0, most);
};

/** Bodies of functions that set something by a name with a dot. */
const setting = `
  select coalesce(pg_get_function_sqlbody(oid), prosrc) as body from pg_proc
  where pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    and coalesce(pg_get_function_sqlbody(oid), prosrc) ~* 'set_config|\\mset\\s+((session|local)\\s+)?[a-z_]\\w*\\.'`;

/** The question what a session holds, when such statements, and functions of the database, may set something there. */
export async function questionFor(client: Client, statements: readonly string[]): Promise<string> {
  const bodies = await askOnOwnPath<{ body: string }>(client, setting);
  return heldBySession(undeclared([...statements, ...bodies.map(({ body }) => body)]));
}

/** Everything that a session holds, as one row. Qualified throughout: it runs on the path that a revision has set. */
const heldBySession = (names: readonly string[]): string => `
  select (select pg_catalog.jsonb_object_agg(name, value) from (
      select name, pg_catalog.current_setting(name) as value from pg_catalog.pg_settings
      where source operator(pg_catalog.=) 'session' and context operator(pg_catalog.<>) 'internal'
        and not ${isOurs.replace('~', 'operator(pg_catalog.~)')}
      union all
      select name, value from pg_catalog.unnest(array[${names.map(escapeLiteral).join(', ')}]::pg_catalog.text[]) as found (name),
        lateral (select pg_catalog.current_setting(name, true)) as answered (value)
      where value operator(pg_catalog.<>) ''
    ) as every) as settings,
    pg_catalog.current_setting('session_authorization') as login, pg_catalog.current_setting('role') as role,
    array(
      select pg_catalog.concat('the temporary relation ', relname) from pg_catalog.pg_class
      where relnamespace operator(pg_catalog.=) pg_catalog.pg_my_temp_schema() and relkind in ('r', 'v', 'S', 'p', 'f')
      union all select pg_catalog.concat('the prepared statement ', name) from pg_catalog.pg_prepared_statements
      where from_sql and name operator(pg_catalog.!~) '^nx_mikro_orm_'
      union all select pg_catalog.concat('the cursor ', name) from pg_catalog.pg_cursors where is_holdable and name operator(pg_catalog.<>) ''
      union all select 'an advisory lock' from pg_catalog.pg_locks
      where locktype operator(pg_catalog.=) 'advisory' and pid operator(pg_catalog.=) pg_catalog.pg_backend_pid()
    ) as made`;

/** What that question is answered. */
export interface Held {
  settings: Record<string, string> | null;
  login: string;
  role: string;
  made: string[];
}

/** What a session holds beyond what it had begun with; undefined where that is nothing. Pure. */
export function stateSince(before: Held, now: Held): SessionState | undefined {
  const all = ({ settings, login, role }: Held) => ({ ...settings, session_authorization: login, role });
  const [was, is] = [all(before) as Record<string, string>, all(now) as Record<string, string>];
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  const settings = Object.fromEntries(
    [...names].filter((name) => was[name] !== is[name]).map((name) => [name, is[name] ?? null]),
  );
  const made = now.made.filter((one) => !before.made.includes(one));
  return Object.keys(settings).length + made.length > 0 ? { settings, made } : undefined;
}

/** Whose session it is comes before what that may set, and another role behind it. */
const order = (name: string): number => (name === 'session_authorization' ? 0 : name === 'role' ? 2 : 1);

/**
 * Gives a session what an earlier one held, so that what comes next means the same there.
 * @throws session-gone where it cannot
 */
export async function restoreState(client: Client, state: SessionState, revision: Linked): Promise<void> {
  const gone = (what: string, cause?: unknown) =>
    problem('session-gone', { name: revision.name, path: revision.path, what }, cause);
  if (state.made[0] !== undefined) throw gone(state.made.join(', '));
  const settings = Object.entries(state.settings).sort(([left], [right]) => order(left) - order(right));
  for (const [name, value] of settings)
    await (
      value === null
        ? client.query(`reset ${name.split('.').map(escapeIdentifier).join('.')}`)
        : client.query('select pg_catalog.set_config($1, $2, false)', [name, value])
    ).catch((error: unknown) => {
      throw codeOf(error) === '' ? error : gone(`the setting ${name} = ${value ?? 'default'}`, error);
    });
}
