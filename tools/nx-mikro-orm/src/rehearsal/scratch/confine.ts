/** The connection to a scratch database: it reaches nothing else, as far as its server and its words can tell. */
import { createHash, randomBytes } from 'node:crypto';
import { escapeLiteral, type Client } from 'pg';
import { keepPlans } from '../../catalogue/index.ts';
import { open } from '../../postgres/connect/connect.ts';
import { firstLine, problem, type Problem } from '../../errors.ts';
import { isOwn } from '../../sql/own.ts';
import { loadParser } from '../../sql/parse.ts';
import { codeOf, isOfClass, isState, sqlstate } from '../../sql/sqlstate.ts';
import { rewrite, type Rights, type Terms } from './stand-in.ts';

/** The role that owns every scratch database, and that runs everything there. */
export const owner = 'nx_mikro_orm_scratch';

/** The comment on a role that was made for scratch. */
export const mark = 'made by nx-mikro-orm for scratch databases; it goes with the last of them';

/** What scratch left out, and where. */
export interface LeftOut {
  /** The revision; undefined for what is rehearsed before it is written. */
  revision: string | undefined;
  statement: string;
}

/** What became known on one connection. */
export interface Confinement {
  /** The revision that runs. */
  revision: { name: string; path: string } | undefined;
  /** Whether it has taken another role. */
  asOther: boolean;
  leftOut: LeftOut[];
  /** Roles that the database needs, and that were made for it where they were missing. */
  roles: Set<string>;
}

const confinements = new WeakMap<Client, Confinement>();

/** What is known of a connection to scratch. */
export const confinementOf = (client: Client): Confinement | undefined => confinements.get(client);

/** Whether the connecting role has rights to give away; one that has none is used as it is. */
export async function isSuperuser(admin: Client): Promise<boolean> {
  const { rows } = await admin.query<{ super: boolean }>(
    'select rolsuper as super from pg_catalog.pg_roles where rolname = current_user',
  );
  return rows[0]?.super ?? false;
}

/** Makes the owner of all scratch databases where it is missing, and takes from it what it should not have. */
export async function prepareOwner(admin: Client): Promise<void> {
  await admin.query(`do $$ begin
    if not exists (select from pg_catalog.pg_roles where rolname = '${owner}') then create role ${owner}; end if;
  exception when duplicate_object or unique_violation then null; end $$`);
  const { rows } = await admin.query<{ name: string }>(
    `select m.roleid::regrole::text as name from pg_catalog.pg_auth_members m
     where m.member = '${owner}'::regrole
       and pg_catalog.shobj_description(m.roleid, 'pg_authid') is distinct from ${escapeLiteral(mark)}`,
  );
  for (const { name } of rows) await admin.query(`revoke ${name} from ${owner}`);
}

/** What a new database is made with, of which all others are copies: nothing in it is the superuser's to use. */
export async function prepareDatabase(client: Client): Promise<void> {
  // The server shows nobody's options but one's own, and what is not seen would be lost; secrets are not in them here.
  await client.query(`begin; set local allow_system_table_mods = on;
    create or replace view pg_catalog.pg_user_mappings as
      select u.oid as umid, s.oid as srvid, s.srvname, u.umuser,
        case when u.umuser = 0 then 'public' else a.rolname end as usename, u.umoptions
      from pg_catalog.pg_user_mapping u join pg_catalog.pg_foreign_server s on u.umserver = s.oid
      left join pg_catalog.pg_authid a on a.oid = u.umuser;
    commit`);
  await client.query(`do $$ declare f regprocedure; begin
    if current_setting('server_version_num')::int < 150000 then alter schema public owner to ${owner}; end if;
    for f in select oid from pg_catalog.pg_proc
      where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^pg_(terminate|cancel)_backend$' loop
      execute format('revoke execute on function %s from public', f);
    end loop;
  end $$`);
}

/**
 * Opens a scratch database as its owner. The owner has no password but for the moment in which it connects, so that nobody
 * else comes in by it. @throws scratch-closed
 */
export async function openConfined(
  admin: Client,
  urlFor: (database: string) => string,
  database: string,
): Promise<Client> {
  const superuser = await isSuperuser(admin);
  const rights = superuser ? await giveRights(urlFor(database)) : undefined;
  const client = superuser ? await logIn(admin, urlFor(database)) : await open(urlFor(database));
  keepPlans(client);
  try {
    return await confine(client, rights);
  } catch (error) {
    await client.end();
    throw error;
  }
}

const lockKey = `hashtextextended('nx-mikro-orm scratch login', 0)`;

/** The lock holds for those who come by the same database; from another one, somebody may give another password meanwhile. */
async function logIn(admin: Client, address: string): Promise<Client> {
  await admin.query(`select pg_advisory_lock(${lockKey})`);
  try {
    for (let attempt = 1; ; attempt++)
      try {
        return await logInOnce(admin, address);
      } catch (error) {
        // An internal error: “tuple concurrently updated”.
        if (attempt < 5 && isState(error, sqlstate.internalError, sqlstate.invalidPassword)) continue;
        if (!isOfClass(error, 'invalidAuthorizationSpecification')) throw error;
        throw problem('scratch-closed', { role: owner, detail: firstLine(error) }, error);
      }
  } finally {
    await admin.query(`alter role ${owner} with password null`).catch(() => undefined);
    await admin.query(`select pg_advisory_unlock(${lockKey})`);
  }
}

async function logInOnce(admin: Client, address: string): Promise<Client> {
  const url = new URL(address);
  const password = randomBytes(24).toString('base64url');
  url.username = owner;
  url.password = password;
  for (const name of ['user', 'password']) url.searchParams.delete(name);
  // Row security is passed by as by a superuser, which is no more than what an owner does by `no force`.
  await admin.query(
    `alter role ${owner} with login nosuperuser nocreatedb nocreaterole noreplication bypassrls connection limit -1
       password ${escapeLiteral(password)} valid until 'infinity'`,
  );
  // A revision may have given its own role a setting for good.
  await admin.query(`alter role ${owner} reset all`);
  return open(url.href);
}

/**
 * Puts functions into the database that run a statement with a superuser's rights, for whoever has the secret of this
 * connection. They are in the server's own schema, where no catalogue of ours looks. The user's event triggers do not
 * fire on what they run: their functions would have its rights.
 */
async function giveRights(url: string): Promise<Rights> {
  const secret = randomBytes(18).toString('base64url');
  const digest = createHash('sha256').update(secret).digest('hex');
  const insist = `if pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(secret, 'UTF8')), 'hex') <> '${digest}' then
      raise insufficient_privilege using message = 'only scratch itself may do this'; end if;`;
  const define = (signature: string, options: string, declare: string, body: string, returns = 'void') =>
    `create or replace function pg_catalog.nx_mikro_orm_${signature} returns ${returns} language plpgsql security definer ${options}
     as ${escapeLiteral(`${declare} begin ${insist} ${body} end`)}`;
  const client = await open(url);
  try {
    await client.query(
      [
        define('run(statement text, secret text)', 'set session_replication_role = replica', 'declare o record;', run),
        define(
          'set(secret text, name text, value text, is_local boolean)',
          '',
          '',
          'return pg_catalog.set_config(name, value, is_local);',
          'text',
        ),
        define('role(name text, secret text)', 'set session_replication_role = replica', '', role),
      ].join(';\n'),
    );
  } finally {
    await client.end();
  }
  const call = (name: string, ...values: string[]) =>
    `select pg_catalog.nx_mikro_orm_${name}(${[...values, escapeLiteral(secret)].join(', ')})`;
  const setting = (name: string) => `pg_catalog.nx_mikro_orm_set(${escapeLiteral(secret)}, ${escapeLiteral(name)},`;
  return {
    run: (statement) => call('run', escapeLiteral(statement)),
    set: (name, value, local) =>
      `select ${setting(name)} ${value === undefined ? 'null' : escapeLiteral(value)}, ${String(local)})`,
    setConfig: setting,
    makeRole: (name) => call('role', escapeLiteral(name)),
  };
}

/** Event triggers that fire always would; and what comes of a statement is the owner's, where it need not be a superuser's. */
const run = `
  if exists (select from pg_catalog.pg_event_trigger where evtenabled in ('A', 'R')) then
    raise insufficient_privilege using message = 'an event trigger that fires always would run with more than its rights';
  end if;
  execute statement;
  for o in
    select case when made.class = 'pg_catalog.pg_proc'::regclass then 'routine' else i.type end as type,
      case when made.class = 'pg_catalog.pg_proc'::regclass then made.oid::regprocedure::text else i.identity end as identity
    from (
      select 'pg_catalog.pg_proc'::regclass as class, oid, proowner as owner from pg_catalog.pg_proc
        where pronamespace <> 'pg_catalog'::regnamespace
      union all select 'pg_catalog.pg_type'::regclass, oid, typowner from pg_catalog.pg_type
        where typtype = 'b' and typisdefined and typelem = 0
      union all select 'pg_catalog.pg_opclass'::regclass, oid, opcowner from pg_catalog.pg_opclass
      union all select 'pg_catalog.pg_opfamily'::regclass, oid, opfowner from pg_catalog.pg_opfamily
      union all select 'pg_catalog.pg_language'::regclass, oid, lanowner from pg_catalog.pg_language
      union all select 'pg_catalog.pg_foreign_server'::regclass, oid, srvowner from pg_catalog.pg_foreign_server
    ) made, pg_catalog.pg_identify_object(made.class, made.oid, 0) i
    where made.oid >= 16384 and made.owner = current_user::regrole and not exists (
      select from pg_catalog.pg_depend d
      where d.classid = made.class and d.objid = made.oid and d.deptype in ('e', 'i'))
  loop
    execute pg_catalog.format('alter %s %s owner to ${owner}', replace(o.type, 'foreign server', 'server'), o.identity);
  end loop;
  for o in
    select p.oid::regprocedure::text as name from pg_catalog.pg_proc p
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
    join pg_catalog.pg_extension x on x.oid = d.refobjid and d.refclassid = 'pg_catalog.pg_extension'::regclass
    where x.extname = 'dblink' and pg_catalog.has_function_privilege('${owner}', p.oid, 'execute')
  loop
    execute pg_catalog.format('revoke execute on function %s from public', o.name);
  end loop;`;

const role = `
  if not exists (select from pg_catalog.pg_roles where rolname = name) then
    begin
      execute pg_catalog.format('create role %I', name);
      execute pg_catalog.format('comment on role %I is %L', name, '${mark}');
    exception when duplicate_object or unique_violation then null;
    end;
  end if;
  if exists (select from pg_catalog.pg_authid where rolname = name
      and pg_catalog.shobj_description(oid, 'pg_authid') = '${mark}') then
    begin
      execute pg_catalog.format('grant %I to ${owner}', name);
    exception when unique_violation then null;
    end;
  end if;`;

/** Has every text that goes out on the connection rewritten; what the server then refuses to its owner is said by name. */
async function confine(client: Client, rights: Rights | undefined): Promise<Client> {
  const parser = await loadParser();
  const { rows } = await client.query<{ name: string; ours: boolean; me: boolean }>(
    `select rolname as name, rolname = current_user as me,
       coalesce(pg_catalog.shobj_description(oid, 'pg_authid') = ${escapeLiteral(mark)}, false) as ours
     from pg_catalog.pg_roles`,
  );
  const roles = new Set(rows.map(({ name }) => name));
  const standIns = new Set(rows.filter(({ ours }) => ours).map(({ name }) => name));
  const terms: Terms = { owner: rows.find(({ me }) => me)?.name ?? owner, roles, standIns, rights };
  const known: Confinement = { revision: undefined, asOther: false, leftOut: [], roles: new Set() };
  confinements.set(client, known);
  const send = client.query.bind(client) as (...args: unknown[]) => unknown;
  const query = (first: unknown, ...more: unknown[]): unknown => {
    if (isOwn(first)) return send(first, ...more);
    const text = typeof first === 'string' ? first : (first as { text?: unknown }).text;
    if (typeof text !== 'string') return send(first, ...more);
    const { sql, leftOut, roles: made } = rewrite(text, parser, terms);
    known.leftOut.push(...leftOut.map((statement) => ({ revision: known.revision?.name, statement })));
    for (const name of made) {
      known.roles.add(name);
      if (!roles.has(name)) standIns.add(name);
      roles.add(name);
    }
    const changed =
      sql === text ? first : typeof first === 'string' ? sql : { ...(first as object), text: sql, values: [] };
    const answer = send(changed, ...more);
    if (!(answer instanceof Promise)) return answer;
    if (leavesRole.test(text)) known.asOther = true;
    const { revision, asOther } = known;
    return answer.catch((error: unknown) => {
      const said = (error as Error).message;
      throw (revision && (!asOther || wantsRole.test(said)) && refusalOf(error, text, revision)) || error;
    });
  };
  client.query = query as typeof client.query;
  return client;
}

/** After this, what is refused is refused to another role, as it is everywhere. */
const leavesRole = /\bset\s+(local\s+|session\s+)?role\b/i;
/** PostgreSQL's words (commands/variable.c); the code is that of every refusal. */
const wantsRole = /\bset (role|session authorization)\b/;

/** The problem that is told where the server refused a statement to the owner of scratch. */
export function refusalOf(
  error: unknown,
  sql: string,
  { name, path }: { name: string; path: string },
): Problem | undefined {
  // The second is what postgres_fdw says to whom has no password for the other server.
  if (!isState(error, sqlstate.insufficientPrivilege, sqlstate.prohibitedSqlStatementAttempted)) return undefined;
  const { message } = error as Error;
  return problem('reaches-out', { name, path, statement: sql, message, sqlstate: codeOf(error) }, error);
}
