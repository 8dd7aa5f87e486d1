/**
 * What is in a database at one moment, by identity: a catalogue knows things by name, and cannot tell what was renamed from what
 * went and came. Counters are those of the open transaction.
 */
import type { Client } from 'pg';
import { ownText } from '../../sql/own.ts';

export interface Relation {
  id: string;
  schema: string;
  name: string;
  /** As in pg_class: r, p, i, I, S, v, m, f. */
  kind: string;
  /** The file node; null for what has no file. */
  file: string | null;
  /** p, u or t. */
  persistence: string;
  /** Of an index: its table. */
  table: string | null;
  isUnique: boolean | null;
  isValid: boolean | null;
  /** Of an index: the constraint that it belongs to, the columns that it reads, and its definition without its name. */
  constraint: string | null;
  columns: string[] | null;
  definition: string | null;
  rowSecurity: boolean;
  /** Row level security is for its owner, too. */
  isForced: boolean;
  /** Who may do what with it, its owner first. */
  access: string;
  /** Of a partition, or a child. */
  parent: string | null;
  /** Rows that this transaction has read and written so far. */
  read: number;
  written: number;
}

export interface TracedColumn {
  id: string;
  table: string;
  name: string;
  type: string;
  /** The type's category, as in pg_type. */
  category: string;
  notNull: boolean;
  /** A default, an identity or a computed value: an insert may leave it out. */
  isFilled: boolean;
  isComputed: boolean;
}

export interface Constraint {
  id: string;
  name: string;
  /** c, f, p, u, x or t, as in pg_constraint. */
  type: string;
  table: string | null;
  domain: string | null;
  /** Of a foreign key: the table that it points to. */
  to: string | null;
  columns: string[];
  text: string;
  isValid: boolean;
  isEnforced: boolean;
}

export interface Trigger {
  id: string;
  name: string;
  table: string;
  /** O, D, R or A, as in pg_trigger. */
  enabled: string;
  /** Of a foreign key. */
  isInternal: boolean;
}

export interface Routine {
  id: string;
  schema: string;
  name: string;
  /** p for a procedure. */
  kind: string;
  types: string[];
  defaults: number;
  isDefiner: boolean;
  hasPath: boolean;
  /** It returns a trigger: nobody calls it. */
  isOfTriggers: boolean;
}

interface Named {
  id: string;
  schema: string | null;
  name: string;
}

/** An enum's label, a policy: what belongs to something else. */
interface Part {
  id: string;
  of: string;
  name: string;
}

export interface TracedState {
  relations: Map<string, Relation>;
  columns: Map<string, TracedColumn>;
  constraints: Map<string, Constraint>;
  triggers: Map<string, Trigger>;
  policies: Map<string, Part>;
  routines: Map<string, Routine>;
  types: Map<string, Named & { kind: string; notNull: boolean }>;
  labels: Map<string, Part>;
  schemas: Map<string, Named>;
  extensions: Map<string, Named>;
  /** Where the write-ahead log was. */
  wal: string;
}

const user = (oid: string) => `${oid} >= 16384`;
// In the same order each time: a heap gives rows that changed later.
const list = (select: string) => `(select coalesce(json_agg(x order by x.id), '[]') from (${select}) x)`;

/** It is not an extension's. */
const ownMade = (catalogue: string, oid: string) =>
  `not exists (select from pg_depend e where e.classid = '${catalogue}'::regclass and e.objid = ${oid} and e.deptype = 'e')`;

/** Counts of the open transaction, and what was counted before and not yet handed over. */
const counters = `pg_stat_get_xact_tuples_returned(c.oid)
        + case when c.relkind in ('i', 'I') then 0 else pg_stat_get_xact_tuples_fetched(c.oid) end as read,
      pg_stat_get_xact_tuples_inserted(c.oid) + pg_stat_get_xact_tuples_updated(c.oid) + pg_stat_get_xact_tuples_deleted(c.oid)
        as written`;

const parts = (version: number): Record<Exclude<keyof TracedState, 'wal'>, string> => ({
  relations: `select c.oid::text as id, n.nspname as schema, c.relname as name, c.relkind as kind,
      pg_relation_filenode(c.oid)::text as file, c.relpersistence as persistence, i.indrelid::text as table,
      i.indisunique as "isUnique", i.indisvalid as "isValid", k.oid::text as constraint,
      case when i.indexrelid is not null then (select json_agg(a.attname order by a.attnum) from pg_attribute a
        where a.attrelid = i.indrelid and a.attnum = any (i.indkey)) end as columns,
      case when i.indexrelid is not null then regexp_replace(pg_get_indexdef(c.oid), '^.*? ON ', '') end as definition,
      c.relrowsecurity as "rowSecurity", c.relforcerowsecurity as "isForced",
      c.relowner::regrole || ' ' || coalesce(c.relacl::text, '') as access,
      (select h.inhparent::text from pg_inherits h where h.inhrelid = c.oid limit 1) as parent,
      ${counters}
    from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index i on i.indexrelid = c.oid
    left join pg_constraint k on k.conindid = c.oid and k.contype in ('p', 'u', 'x') and i.indexrelid is not null
    where ${user('c.oid')} and c.relkind in ('r', 'p', 'i', 'I', 'S', 'v', 'm', 'f', 'c') and n.nspname <> 'pg_toast'`,
  columns: `select a.attrelid || '.' || a.attnum as id, a.attrelid::text as table, a.attname as name,
      format_type(a.atttypid, a.atttypmod) as type, t.typcategory as category, a.attnotnull as "notNull",
      a.atthasdef or a.attidentity <> '' as "isFilled", a.attgenerated <> '' as "isComputed"
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
    where ${user('a.attrelid')} and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c')`,
  constraints: `select k.oid::text as id, k.conname as name, k.contype as type, nullif(k.conrelid, 0)::text as table,
      nullif(k.contypid, 0)::text as domain,
      nullif(k.confrelid, 0)::text as to, k.convalidated as "isValid",
      ${version >= 180000 ? 'k.conenforced' : 'true'} as "isEnforced", pg_get_constraintdef(k.oid) as text,
      (select coalesce(json_agg(a.attname order by a.attnum), '[]') from pg_attribute a
        where a.attrelid = k.conrelid and a.attnum = any (k.conkey)) as columns
    from pg_constraint k where ${user('k.oid')} and k.contype in ('c', 'f', 'p', 'u', 'x')`,
  triggers: `select oid::text as id, tgname as name, tgrelid::text as table, tgenabled as enabled, tgisinternal as "isInternal"
    from pg_trigger where ${user('oid')}`,
  policies: `select oid::text as id, polrelid::text as of, polname as name from pg_policy where ${user('oid')}`,
  routines: `select p.oid::text as id, n.nspname as schema, p.proname as name, p.prokind as kind, p.pronargdefaults as defaults,
      p.prosecdef as "isDefiner", coalesce(p.proconfig::text ~ 'search_path=', false) as "hasPath",
      p.prorettype in ('trigger'::regtype, 'event_trigger'::regtype) as "isOfTriggers",
      (select coalesce(json_agg(t.id::regtype::text order by t.at), '[]')
        from unnest(p.proargtypes) with ordinality t (id, at)) as types
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${user('p.oid')} and n.nspname <> 'pg_catalog' and ${ownMade('pg_proc', 'p.oid')}`,
  types: `select t.oid::text as id, n.nspname as schema, t.typname as name, t.typtype as kind, t.typnotnull as "notNull" from pg_type t
    join pg_namespace n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
    where ${user('t.oid')} and t.typtype in ('e', 'd', 'c', 'r') and (c.oid is null or c.relkind = 'c')
      and ${ownMade('pg_type', 't.oid')}`,
  labels: `select oid::text as id, enumtypid::text as of, enumlabel as name from pg_enum where ${user('enumtypid')}`,
  schemas: `select oid::text as id, null as schema, nspname as name from pg_namespace
    where nspname !~ '^pg_' and nspname <> 'information_schema'`,
  extensions: `select oid::text as id, null as schema, extname as name from pg_extension where ${user('oid')}`,
});

const questions = new Map<number, string>();

const questionFor = (version: number): string => {
  const known = questions.get(version);
  if (known) return known;
  const fields = Object.entries(parts(version)).map(([name, select]) => `'${name}', ${list(select)}`);
  const text = `select json_build_object(${fields.join(', ')}, 'wal', pg_current_wal_insert_lsn()::text) as state`;
  questions.set(version, text);
  return text;
};

/** Reads the state; takes no lock beyond what reading the system catalogues takes. */
export async function traceState(client: Client, version: number): Promise<TracedState> {
  const { rows } = await client.query<{ state: Record<string, { id: string }[]> & { wal: string } }>(
    ownText(questionFor(version)),
  );
  const { wal, ...found } = rows[0]!.state;
  const maps = Object.entries(found).map(([name, all]) => [name, new Map(all.map((one) => [one.id, one]))] as const);
  return { ...Object.fromEntries(maps), wal } as unknown as TracedState;
}

/** The same state with the counters as they are now. */
export async function withCounters(client: Client, state: TracedState): Promise<TracedState> {
  const { rows } = await client.query<{ id: string; read: string; written: string }>(
    `select c.oid::text as id, ${counters} from pg_class c where ${user('c.oid')} and c.relkind in ('r', 'p', 'm', 'i', 'I')`,
  );
  const counts = new Map(rows.map((row) => [row.id, row]));
  const relations = [...state.relations].map(([id, one]) => {
    const { read = 0, written = 0 } = counts.get(id) ?? {};
    return [id, { ...one, read: Number(read), written: Number(written) }] as const;
  });
  return { ...state, relations: new Map(relations) };
}

/** A name as it is shown: with its schema where that is not `public`. */
export const shown = ({ schema, name }: { schema: string | null; name: string }): string =>
  schema === null || schema === 'public' ? name : `${schema}.${name}`;

/** Tables, and what holds rows as they do. */
export const holdsRows = ({ kind }: Relation): boolean => 'rpm'.includes(kind);
