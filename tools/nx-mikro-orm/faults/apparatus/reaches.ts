/** Revisions that reach out of their database, each in a disguise of its own, and what has to come of it on scratch. */
import type { Content } from './project.ts';

/** What another database, role, session and file of the server is called, which nothing may touch. */
export interface Witness {
  database: string;
  role: string;
  /** A connection string of libpq's for the database `postgres`. */
  connection: string;
  /** A session that somebody has there. */
  backend: number;
  /** A folder into which the server may write. */
  folder: string;
}

export interface ReachingRevision {
  title: string;
  content: Content;
  /**
   * - `left out`: everything else of the revision is run, and it is said what was not
   * - `refused`: the revision is named, with the server's words
   * - `made`: it only makes roles, which scratch makes for itself
   * - `told`: only rows that `create` generates meet it, and it says that there are none
   */
  comes: 'left out' | 'refused' | 'made' | 'told';
}

const plpgsql = (body: string) => `do $body$ begin ${body}; end $body$`;

export function reachingRevisions({ database, role, connection, backend, folder }: Witness): ReachingRevision[] {
  const file = (name: string) => `${folder}/${name}`;
  const remote = `dblink_exec('${connection}', 'drop database ${database}')`;
  const text = (title: string, comes: ReachingRevision['comes'], ...up: string[]) => ({
    title,
    comes,
    content: { up },
  });
  const code = (title: string, comes: ReachingRevision['comes'], statement: string) => ({
    title,
    comes,
    content: {
      body: `override async up() { await this.execute(${JSON.stringify(statement)}); }\n  override down() {}`,
    },
  });
  const outside = (title: string, comes: ReachingRevision['comes'], ...up: string[]) => ({
    title,
    comes,
    content: { up, transactional: false },
  });
  return [
    outside('drop database', 'left out', `drop database if exists ${database}`),
    outside('create database', 'left out', 'create database made_by_a_revision'),
    text('alter database … set', 'left out', `alter database ${database} set work_mem = '99MB'`),
    text('alter database … owner', 'left out', `alter database ${database} owner to current_user`),
    outside('alter database … rename', 'left out', `alter database ${database} rename to renamed`),
    text('comment on database', 'left out', `comment on database ${database} is 'mine'`),
    text('grant on database', 'left out', `revoke connect on database ${database} from public`),
    text(
      'in a text with others',
      'left out',
      `create table one (); alter database ${database} set work_mem = '98MB'; create table two ()`,
    ),
    text(
      'after a comment and in other letters',
      'left out',
      `/* tidy */ ALTER -- up\n DATABASE "${database}" RESET ALL`,
    ),
    code('from code', 'left out', `alter database ${database} set work_mem = '97MB'`),
    outside('alter system', 'left out', "alter system set work_mem = '96MB'"),
    text('reloading the settings', 'left out', 'select pg_reload_conf()'),
    text('create role', 'made', 'create role made_plain login superuser'),
    text('create user with a password', 'made', "create user made_user password 'secret'"),
    text(
      'create role in a do block that looks first',
      'made',
      "do $$ begin if not exists (select from pg_roles where rolname = 'made_do') then create role made_do; end if; end $$",
    ),
    text(
      'create role in a do block that catches',
      'made',
      'do $$ begin create role made_caught; exception when duplicate_object then null; end $$',
    ),
    text('create role executed in a do block', 'made', plpgsql("execute 'create role made_executed'")),
    text(
      'a role, its grants and what it owns',
      'made',
      'create role made_owner',
      'create table owned (); grant select on owned to made_owner; alter table owned owner to made_owner; alter table owned add a int',
    ),
    text('alter role', 'left out', `alter role ${role} superuser`),
    text('alter role … set', 'left out', `alter role ${role} set work_mem = '95MB'`),
    text('alter role of its own', 'left out', "alter role current_user set work_mem = '94MB'"),
    text('drop role', 'left out', `drop role if exists ${role}`),
    text('grant of a role', 'left out', `grant pg_execute_server_program to ${role}`),
    text(
      'create role with a name put together',
      'refused',
      plpgsql("execute format('create role %I', 'made_formatted')"),
    ),
    text(
      'alter database in a do block, put together',
      'refused',
      plpgsql(`execute format('alter database %I set work_mem = %L', '${database}', '93MB')`),
    ),
    text(
      'alter role in a do block, put together',
      'refused',
      plpgsql(`execute 'alter role ' || quote_ident('${role}') || ' superuser'`),
    ),
    text(
      'in a function that the revision calls',
      'refused',
      `create function f() returns void language plpgsql as $$ begin execute 'drop role ${role}'; end $$`,
      'select f()',
    ),
    text(
      'in a procedure that the revision calls',
      'refused',
      `create procedure p() language plpgsql as $$ begin execute 'alter role ${role} nologin'; end $$`,
      'call p()',
    ),
    text(
      'in a function with the rights of its owner',
      'refused',
      `create function f() returns void language plpgsql security definer as $$ begin execute 'drop role ${role}'; end $$`,
      'select f()',
    ),
    text(
      'in a trigger that the revision fires',
      'refused',
      `create table fired (a int); create function f() returns trigger language plpgsql as $$ begin execute 'drop role ${role}'; return new; end $$; create trigger t before insert on fired for each row execute function f()`,
      'insert into fired values (1)',
    ),
    text(
      'in a check that generated rows meet',
      'told',
      `create function f(text) returns boolean language plpgsql as $$ begin execute 'drop role ${role}'; return true; end $$; alter table pupil add check (f(name))`,
    ),
    text(
      'after leaving the role',
      'refused',
      plpgsql(`execute 'reset ses' || 'sion authorization'; execute 'reset role'; execute 'drop ' || 'role ${role}'`),
    ),
    text('another role for the session', 'refused', 'set session authorization postgres'),
    text('dblink', 'left out', 'create extension dblink', `select ${remote}`),
    text('dblink in a do block', 'refused', 'create extension dblink', plpgsql(`perform ${remote}`)),
    text(
      'dblink in a check that generated rows meet',
      'told',
      `create extension dblink; create function f(text) returns boolean language plpgsql as $$ begin perform ${remote}; return true; end $$; alter table pupil add check (f(name))`,
    ),
    text(
      'a foreign table',
      'refused',
      `create extension postgres_fdw; create server s foreign data wrapper postgres_fdw options (${fdwOptions(connection)}); create user mapping for current_user server s options (${mappingOptions(connection)}); create foreign table beyond (rolname name) server s options (schema_name 'pg_catalog', table_name 'pg_roles')`,
      'insert into beyond values ($$x$$)',
    ),
    text('copy to a program', 'left out', `copy (select 1) to program 'touch ${file('program')}'`),
    text(
      'copy to a program in a do block',
      'refused',
      plpgsql(`execute 'copy (select 1) to program ''touch ${file('program')}'''`).replace(
        "execute 'copy",
        "execute 'co' || 'py",
      ),
    ),
    text('copy to a file of the server', 'left out', `copy (select 1) to '${file('copied')}'`),
    text('lo_export', 'left out', `select lo_export(lo_from_bytea(0, 'x'), '${file('exported')}')`),
    text(
      'lo_export in a function',
      'refused',
      `create function f() returns int language sql as $$ select lo_export(lo_from_bytea(0, 'x'), '${file('exported')}') $$`,
      'select f()',
    ),
    text('a file that is read', 'refused', plpgsql("perform pg_read_file('PG_VERSION')")),
    text('ending a session', 'left out', `select pg_terminate_backend(${backend})`),
    text('ending a session in a do block', 'refused', plpgsql(`perform pg_terminate_backend(${backend})`)),
    text('a replication slot', 'left out', "select pg_create_physical_replication_slot('made_slot')"),
    text(
      'a replication slot in a do block',
      'refused',
      plpgsql("perform pg_create_physical_replication_slot('made_slot')"),
    ),
    outside('a tablespace', 'left out', `create tablespace made_space location '${file('space')}'`),
    outside('a subscription', 'left out', `create subscription made_sub connection '${connection}' publication p`),
    text('a checkpoint', 'left out', 'checkpoint'),
  ];
}

const part = (connection: string, name: string) => new RegExp(`\\b${name}=(\\S+)`).exec(connection)?.[1] ?? '';
const fdwOptions = (connection: string) =>
  `host '${part(connection, 'host')}', port '${part(connection, 'port')}', dbname 'postgres'`;
const mappingOptions = (connection: string) =>
  `user '${part(connection, 'user')}', password '${part(connection, 'password')}'`;
