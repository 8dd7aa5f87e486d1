/** How the objects of one kind are made again: the statements, as SQL expressions over the kind's own select. */
import { grantDifference, type Family } from '../../catalogue/kinds/family.ts';

/**
 * When a statement may run at the earliest. Rows come before triggers and foreign keys, which would act on them; what
 * gives privileges to objects still to come, or watches statements, comes when nothing else is to come.
 */
export const phases = ['structure', 'rows', 'attached', 'late', 'last'] as const;
export type Phase = (typeof phases)[number];

/** All texts are SQL expressions; one that is null is left out. `version` is server_version_num. */
export interface Recipe {
  /** Which objects there are, and the aliases that the expressions below use. */
  family: Family;
  /** Only these of the family. */
  where?: string;
  /** Left joins beyond the family's. `among` is a condition on a row of pg_class, by its alias: the tables that are asked for. */
  joins?: (version: number, among: (alias: string) => string) => string;
  phase: Phase;
  /** The statement that makes the object. */
  create?: (version: number) => string;
  /** Statements of the same object that wait until all structure is there. */
  after?: (version: number) => string[];
  /** More of these, as arrays: see {@link grantStatements}. */
  grants?: string[];
  /**
   * Where `create` fails at the end of all tries: the statements to use in its place, as one. In a recipe without `create`:
   * what its table then still lacks.
   */
  instead?: (version: number) => string[];
  /** The statement that drops it; false where it goes with something else; absent for `drop <kind> <identity>`. */
  drop?: string | false;
  /** An array of statements that take back what is no object of its own. */
  undo?: string;
  /** It goes with its table, so its own drop is only needed where things depend on each other in a circle. */
  part?: true;
}

/** The object's name as statements want it, qualified and quoted. */
export const identity = (catalogue: string, oid: string, column = '0') =>
  `(pg_identify_object('pg_catalog.${catalogue}'::regclass, ${oid}, ${column})).identity`;

/** Options as they are stored, `name=value` each, as `name 'value', …`. */
export const optionList = (options: string) => `(
  select string_agg(quote_ident(split_part(o, '=', 1)) || ' ' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ')
  from unnest(${options}) o)`;

/** Storage parameters, as `prefix.name='value', …`. */
export const parameterList = (options: string, prefix = '') => `(
  select string_agg('${prefix}' || split_part(o, '=', 1) || '=' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ')
  from unnest(${options}) o)`;

/** The role in a statement: whoever runs the revision is the owner of what it makes. */
const role = (oid: string, owner: string) =>
  `case ${oid} when 0 then 'public' when ${owner} then 'current_user' else quote_ident(pg_get_userbyid(${oid})) end`;

/**
 * An array of `grant` and `revoke` statements that lead from the built-in privileges to `acl`; with `reverse`, back.
 * `columns` follows each privilege; `head` and `on` are SQL expressions.
 */
export const grantStatements = (
  on: string,
  { acl, owner, ...more }: { acl: string; owner: string; defaults: string; columns?: string; head?: string },
  { reverse = false } = {},
) => {
  const [from, to] = reverse ? [acl, more.defaults] : [more.defaults, acl];
  return `case when ${acl} is not null then (
  select array_agg(statement order by verb desc, statement collate "C") from (
    select verb, concat_ws(' ', ${more.head ?? 'null'}, verb,
      string_agg(lower(privilege_type)${more.columns ? ` || ${more.columns}` : ''}, ', ' order by privilege_type collate "C"),
      'on', ${on}, case verb when 'grant' then 'to' else 'from' end, ${role('grantee', owner)},
      case when is_grantable and verb = 'grant' then 'with grant option' end) as statement
    from ${grantDifference(to, from)}
    group by verb, grantor, grantee, is_grantable) grouped) end`;
};

/** {@link grantStatements} for an object whose kind of privileges is `letter`, as acldefault() has it. */
export const grantsOn = (letter: string, on: string, acl: string, owner: string) =>
  grantStatements(on, { acl, owner, defaults: `acldefault('${letter}', ${owner})` });
