/** Definitions that somebody may have typed into a database by hand, drawn from what is there. */
import { escapeIdentifier, type Client } from 'pg';
import { reader } from './base.ts';

export type Below = (limit: number) => number;

/** What is there to be changed: names as SQL. */
interface There {
  tables: string[];
  views: { name: string; kind: string; query: string }[];
  functions: { name: string; definition: string }[];
  enums: { name: string; labels: string[] }[];
  indexes: { name: string; bare: string }[];
  sequences: string[];
  constraints: { name: string; table: string }[];
  triggers: { name: string; table: string }[];
  policies: { name: string; table: string }[];
}

const own = (catalogue: string) => `${catalogue} !~ '^pg_' and ${catalogue} <> 'information_schema'`;
const relations = (
  kinds: string,
  what: string,
) => `(select coalesce(json_agg(${what} order by n.nspname, c.relname), '[]')
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in (${kinds}) and ${own('n.nspname')})`;
const name = "format('%I.%I', n.nspname, c.relname)";
const parts = (catalogue: string, column: string, relation: string, among: string) => `
  (select coalesce(json_agg(json_build_object('name', quote_ident(x.${column}), 'table', ${name}) order by x.${column}, ${name}), '[]')
  from ${catalogue} x join pg_class c on c.oid = x.${relation} join pg_namespace n on n.oid = c.relnamespace
  where ${among} and ${own('n.nspname')})`;

const there = `select json_build_object(
  'tables', ${relations("'r', 'p'", name)},
  'views', ${relations(
    "'v', 'm'",
    `json_build_object('name', ${name}, 'query', rtrim(pg_get_viewdef(c.oid), ';'), 'kind',
    case c.relkind when 'm' then 'materialized view' else 'view' end)`,
  )},
  'indexes', ${relations("'i', 'I'", `json_build_object('name', ${name}, 'bare', quote_ident(c.relname))`)},
  'sequences', ${relations("'S'", name)},
  'functions', (select coalesce(json_agg(json_build_object('name', p.oid::regprocedure::text,
      'definition', pg_get_functiondef(p.oid)) order by p.oid::regprocedure::text), '[]')
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.prokind = 'f' and ${own('n.nspname')}),
  'enums', (select coalesce(json_agg(json_build_object('name', format('%I.%I', n.nspname, t.typname), 'labels',
      (select json_agg(quote_literal(enumlabel) order by enumsortorder) from pg_enum where enumtypid = t.oid)) order by t.typname), '[]')
    from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype = 'e' and ${own('n.nspname')}),
  'constraints', ${parts('pg_constraint', 'conname', 'conrelid', "x.contype <> 'n'")},
  'triggers', ${parts('pg_trigger', 'tgname', 'tgrelid', 'not x.tgisinternal and x.tgparentid = 0')},
  'policies', ${parts('pg_policy', 'polname', 'polrelid', 'true')}) as there`;

const columns = `select quote_ident(attname) as name from pg_attribute
  where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`;

const types = [
  ...['int', 'bigint', 'smallint', 'numeric(12,3)', 'numeric', 'double precision', 'text', 'varchar(20)', 'char(8)'],
  ...['boolean', 'date', 'timestamptz', 'timestamp', 'interval', 'jsonb', 'uuid', 'bytea', 'inet', 'int4range'],
  ...['text[]', 'int[]', 'mood', 'app.kind', 'email', 'app.pos', 'address'],
];

/** One statement; whether the server takes it is not known. Undefined where there is nothing of its kind. */
export async function draw(client: Client, below: Below): Promise<string | undefined> {
  const found = (await client.query<{ there: There }>(there)).rows[0]?.there;
  const pick = <T>(list: readonly T[]): T | undefined => list[below(list.length)];
  const table = found && pick(found.tables);
  if (!found || table === undefined) return undefined;
  const { rows } = await client.query<{ name: string }>(columns, [table]);
  const kinds = Object.values(changes);
  const change = pick(pick(kinds) ?? []);
  return change?.({
    table,
    column: pick(rows)?.name ?? 'none',
    other: pick(rows)?.name ?? 'none',
    type: pick(types) ?? 'int',
    fresh: escapeIdentifier(`${pick(['x', 'neu', 'Big Name', 'order', '學生', "it's"])}${below(50)}`),
    number: below(9) + 1,
    of: (kind) => pick<There[typeof kind][number]>(found[kind]),
    one: (...texts) => pick(texts) ?? '',
  });
}

interface Drawn {
  table: string;
  /** Two columns of the table. */
  column: string;
  other: string;
  type: string;
  /** A name that is not there yet. */
  fresh: string;
  number: number;
  of: <K extends Exclude<keyof There, 'tables'>>(kind: K) => There[K][number] | undefined;
  one: (...texts: string[]) => string;
}

type Change = (drawn: Drawn) => string | undefined;

/** By what they are about; each kind is drawn as often as any other. */
const changes: Record<string, Change[]> = {
  columns: [
    ({ table, fresh, type }) => `alter table ${table} add column ${fresh} ${type}`,
    ({ table, fresh, number }) => `alter table ${table} add column ${fresh} int not null default ${number}`,
    ({ table, fresh, column }) =>
      `alter table ${table} add column ${fresh} boolean generated always as (${column} is null) stored`,
    ({ table, fresh }) => `alter table ${table} add column ${fresh} serial`,
    ({ table, fresh }) => `alter table ${table} add column ${fresh} int references person`,
    ({ table, column }) => `alter table ${table} drop column ${column} cascade`,
    ({ table, column, fresh }) => `alter table ${table} rename column ${column} to ${fresh}`,
    ({ table, column, type }) => `alter table ${table} alter column ${column} type ${type} using null`,
    ({ table, column, one }) => `alter table ${table} alter column ${column} type ${one('bigint', 'text', 'numeric')}`,
  ],
  settings: [
    ({ table, column, one }) =>
      `alter table ${table} alter column ${column} ${one('drop default', 'set default null', 'set not null', 'drop not null', 'drop identity', 'drop expression', 'add generated always as identity')}`,
    ({ table, column, one, number }) =>
      `alter table ${table} alter column ${column} ${one(`set statistics ${number}0`, 'set storage external', 'set compression pglz')}`,
    ({ table, one, number }) =>
      `alter table ${table} ${one(`set (fillfactor = ${number}0)`, 'set logged', 'set unlogged', 'replica identity full', 'set (autovacuum_enabled = false)')}`,
    ({ table, one }) => `alter table ${table} ${one('enable', 'disable', 'force', 'no force')} row level security`,
    ({ of, table }) => `alter table ${table} cluster on ${of('indexes')?.bare}`,
  ],
  tables: [
    ({ table, fresh }) => `alter table ${table} rename to ${fresh}`,
    ({ table }) => `drop table ${table} cascade`,
    ({ table, one }) => `alter table ${table} set schema ${one('app', '"Odd One"', 'public')}`,
    ({ table, fresh }) => `create table ${fresh} (like ${table} including all)`,
    ({ table, fresh }) => `create table ${fresh} (id int primary key, ref int references ${table})`,
    ({ table, fresh }) => `create table ${fresh} () inherits (${table})`,
    () => 'alter table dog no inherit animal',
  ],
  partitions: [
    ({ one }) => `alter table event detach partition ${one('event_25', 'event_26', 'event_rest')}`,
    ({ one }) => `alter table event_25 detach partition ${one('event_25_eu', 'event_25_us')}`,
    ({ fresh, one }) =>
      `create table ${fresh} partition of event for values from ('${one('2027', '2028')}-01-01') to ('2029-01-01')`,
    ({ fresh, one }) => `create table ${fresh} partition of event_25 ${one('default', "for values in ('as', 'af')")}`,
  ],
  constraints: [
    ({ table, column, fresh, one }) =>
      `alter table ${table} add constraint ${fresh} check (${column} is not null) ${one('', 'not valid', 'no inherit')}`,
    ({ table, column, other, fresh, one }) =>
      `alter table ${table} add constraint ${fresh} unique ${one('', 'nulls not distinct')} (${column}) ${one('', 'deferrable', `include (${other})`)}`,
    ({ table, column, fresh, one }) =>
      `alter table ${table} add constraint ${fresh} foreign key (${column}) references person ${one('', 'on delete cascade', 'not valid', 'deferrable')}`,
    ({ table, column }) => `alter table ${table} add primary key (${column})`,
    ({ of }) => on(of('constraints'), (it) => `alter table ${it.table} drop constraint ${it.name} cascade`),
    ({ of, fresh }) =>
      on(of('constraints'), (it) => `alter table ${it.table} rename constraint ${it.name} to ${fresh}`),
    ({ of }) =>
      on(
        of('constraints'),
        (it) => `alter table ${it.table} alter constraint ${it.name} deferrable initially deferred`,
      ),
  ],
  indexes: [
    ({ table, column, one }) =>
      `create ${one('', 'unique')} index on ${table} (${column} ${one('', 'desc', 'collate "C"')})`,
    ({ table, column, fresh, one }) =>
      `create index ${fresh} on ${table} using ${one('hash', 'brin', 'gin')} (${column})`,
    ({ table, column, other, fresh }) =>
      `create index ${fresh} on ${table} ((${column} is null)) where ${other} is not null`,
    ({ of }) => on(of('indexes'), (it) => `drop index ${it.name} cascade`),
    ({ of, fresh }) => on(of('indexes'), (it) => `alter index ${it.name} rename to ${fresh}`),
    ({ of }) => on(of('indexes'), (it) => `alter index ${it.name} set (fillfactor = 60)`),
    ({ table, column, other, fresh }) => `create statistics ${fresh} on ${column}, ${other} from ${table}`,
    () => 'drop statistics person_name_m',
  ],
  views: [
    ({ of }) => on(of('views'), (it) => `drop ${it.kind} ${it.name} cascade`),
    ({ of, fresh }) => on(of('views'), (it) => `alter ${it.kind} ${it.name} rename to ${fresh}`),
    ({ of, one }) => on(of('views'), (it) => `alter ${it.kind} ${it.name} set schema ${one('app', 'public')}`),
    ({ table, fresh, one }) => `create ${one('view', 'materialized view')} ${fresh} as select * from ${table}`,
    ({ of, fresh }) => on(of('views'), (it) => `create view ${fresh} as select count(*) as "N n" from ${it.name}`),
    ({ of, fresh, number }) =>
      on(
        of('views'),
        (it) => `create or replace view ${it.name} as select v.*, ${number} as ${fresh} from (${it.query}) v`,
      ),
  ],
  functions: [
    ({ of }) => on(of('functions'), (it) => `drop function ${it.name} cascade`),
    ({ of, fresh }) => on(of('functions'), (it) => `alter function ${it.name} rename to ${fresh}`),
    ({ of, one }) => on(of('functions'), (it) => `alter function ${it.name} set schema ${one('app', 'public')}`),
    ({ of, one }) =>
      on(
        of('functions'),
        (it) => `alter function ${it.name} ${one('volatile', 'strict', 'security definer', 'cost 7')}`,
      ),
    ({ of }) => on(of('functions'), (it) => it.definition.replace('lower(t)', 'upper(t)')),
    ({ table, fresh }) => `create function ${fresh}(x ${table}) returns int language sql as 'select 1'`,
    ({ of }) => on(of('triggers'), (it) => `drop trigger ${it.name} on ${it.table}`),
    ({ of, fresh }) => on(of('triggers'), (it) => `alter trigger ${it.name} on ${it.table} rename to ${fresh}`),
    ({ of }) => on(of('triggers'), (it) => `alter table ${it.table} disable trigger ${it.name}`),
    ({ table, column, fresh, one }) =>
      `create trigger ${fresh} after ${one('insert', 'delete', `update of ${column}`)} on ${table} for each row execute function touch()`,
  ],
  types: [
    ({ of, fresh, one }) =>
      on(
        of('enums'),
        (it) =>
          `alter type ${it.name} add value '${fresh.replaceAll(/["']/g, '')}' ${one('', `before ${it.labels[0]}`)}`,
      ),
    ({ of, number }) =>
      on(
        of('enums'),
        (it) => `alter type ${it.name} rename value ${it.labels[number % it.labels.length]} to 'new ${number}'`,
      ),
    ({ of, fresh }) => on(of('enums'), (it) => `alter type ${it.name} rename to ${fresh}`),
    ({ fresh, one }) =>
      `alter domain ${one('email', 'app.pos')} add constraint ${fresh} check (value is not null) ${one('', 'not valid')}`,
    ({ one }) =>
      `alter domain ${one('email drop constraint email_check', 'app.pos drop default', 'app.pos set not null')}`,
    ({ fresh, one }) =>
      `alter type address ${one(`add attribute ${fresh} int`, 'drop attribute zip', 'alter attribute zip type bigint')} cascade`,
    ({ of, one, fresh }) =>
      on(
        of('sequences'),
        (it) => `alter sequence ${it} ${one('increment 3', 'cycle', 'cache 9', 'owned by none', `rename to ${fresh}`)}`,
      ),
    ({ of }) => on(of('sequences'), (it) => `drop sequence ${it} cascade`),
    ({ table, column, fresh }) => `create sequence ${fresh} owned by ${table}.${column}`,
  ],
  access: [
    ({ table, fresh, one }) => `create policy ${fresh} on ${table} for ${one('all', 'select', 'insert')} to ${reader}`,
    ({ of }) => on(of('policies'), (it) => `drop policy ${it.name} on ${it.table}`),
    ({ of }) => on(of('policies'), (it) => `alter policy ${it.name} on ${it.table} using (false)`),
    ({ table, one }) => `grant ${one('select', 'insert', 'all')} on ${table} to ${reader}`,
    ({ table, column }) => `grant update (${column}) on ${table} to ${reader} with grant option`,
    ({ table }) => `revoke all on ${table} from ${reader}`,
    ({ one }) => `alter default privileges in schema ${one('app', 'public')} grant select on tables to ${reader}`,
    ({ table, column, one }) =>
      `comment on column ${table}.${column} is ${one("'c''x'", 'null', String.raw`E'two\nlines'`)}`,
    ({ table, one }) => `alter publication everybody ${one('add', 'drop', 'set')} table ${table}`,
    ({ table, fresh }) => `create rule ${fresh} as on insert to ${table} do also notify x`,
  ],
};

/** Nothing where there is none. */
const on = <T>(found: T | undefined, say: (found: T) => string): string | undefined => found && say(found);
