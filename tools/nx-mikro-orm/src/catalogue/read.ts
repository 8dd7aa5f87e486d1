/** Reads everything a migration can make, in two round trips, without a trace in the session but for plans where it keeps them. */
import { escapeLiteral } from 'pg';
import type { Catalogue, Client } from './item.ts';
import { modules } from './kinds/index.ts';
import { firstUserOid } from './kinds/reading.ts';
import { askAll, plannedIn, type NamedSelect } from './planned.ts';
import { inOrder, placedOf, remarks, remarksById, selectOf, type Remark, type Row } from './rows.ts';

export interface ReadOptions {
  /** Leaves an object out, and with a table all that belongs to it. `schema` is '' for things in no schema. */
  ignore?: ((schema: string, name: string) => boolean) | undefined;
  /** Only which things there are, without their facts: much cheaper. */
  names?: true;
}

/** Settings that change how the server prints a definition, and the value it is read with. */
const settings: Readonly<Record<string, string>> = {
  // What is not named is searched first: a temporary table could take the place of a catalogue.
  search_path: 'pg_catalog, pg_temp',
  timezone: 'UTC',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  xmloption: 'content',
  lc_monetary: 'C',
  quote_all_identifiers: 'off',
  standard_conforming_strings: 'on',
  jit: 'off',
  enable_nestloop: 'off',
  // The joins are written in a good order. Looking for a better one takes longer than running them.
  join_collapse_limit: '1',
  from_collapse_limit: '1',
  enable_seqscan: 'on',
  plan_cache_mode: 'auto',
};

/**
 * The same for selects of few of many things, which are found one by one: also by a plan from when there were few altogether.
 */
export const settingsForFew: Readonly<Record<string, string>> = {
  ...settings,
  enable_nestloop: 'on',
  enable_seqscan: 'off',
  plan_cache_mode: 'force_generic_plan',
  join_collapse_limit: '8',
  from_collapse_limit: '8',
};

/** A session as it is, and of which kinds its database has something at all. */
export interface Before {
  /** `server_version_num`. */
  version: number;
  settings: Record<string, string>;
  /** In the order of the modules. */
  asked: boolean[];
}

const questions = modules.map(({ catalogue, among }) =>
  catalogue === 'pg_database'
    ? 'true'
    : `exists (select from pg_catalog.${catalogue} where oid >= ${firstUserOid}${among ? ` and ${among}` : ''})`,
);

const session = `json_build_object(${Object.keys(settings).map((name) => `'${name}', current_setting('${name}')`)})`;

const before = `select current_setting('server_version_num')::int as version,
  ${session} as settings,
  array[${questions}] as asked`;

export async function lookAround(client: Client, planned: Set<string> | undefined): Promise<Before> {
  const [[found]] = (await askAll(client, planned, [{ name: 'before', sql: before }], { isOwn: true })) as [[Before]];
  return found;
}

/** One statement for all settings: each by itself takes the server as long as a small select. */
const set = (values: readonly (readonly [string, string])[]): string[] =>
  values.length === 0
    ? []
    : [
        `select ${values.map(([name, value]) => `pg_catalog.set_config('${name}', ${escapeLiteral(value)}, true)`).join(', ')}`,
      ];

/** Several selects at once: one implicit transaction, or part of the open one. */
export const ask = (
  client: Client,
  found: Pick<Before, 'settings'>,
  selects: readonly NamedSelect[],
  {
    planned,
    isOwn = false,
    wanted = settings,
  }: { planned?: Set<string> | undefined; isOwn?: boolean; wanted?: Readonly<Record<string, string>> } = {},
): Promise<unknown[][]> => {
  const changed = Object.entries(found.settings).filter(([name, value]) => wanted[name] !== value);
  return askAll(client, planned, selects, {
    isOwn,
    first: set(changed.map(([name]) => [name, wanted[name] ?? ''])),
    last: set(changed),
  });
};

/** What selects give when no setting of the session can change how values are printed: names are qualified, times UTC. */
export const askPlainly = async (client: Client, selects: string[]): Promise<unknown[][]> => {
  const found = (await client.query(`select ${session} as settings`)).rows[0] as Pick<Before, 'settings'>;
  return ask(
    client,
    found,
    selects.map((sql) => ({ name: '', sql })),
  );
};

/**
 * Everything a migration can make in this database, by key, each kind in the order of making. Reads only; takes no more than
 * access share locks.
 */
export const readCatalogue = async (client: Client, options: ReadOptions = {}): Promise<Catalogue> => {
  const names = options.names === true;
  const planned = await plannedIn(client);
  const found = await lookAround(client, planned);
  const asked = modules.filter((module, at) => found.asked[at] && !(names && module.optional));
  const selects = asked.map((module) => ({
    name: `${names ? 'names' : 'facts'}_${modules.indexOf(module)}`,
    sql: selectOf(module, { version: found.version, names }),
  }));
  const wanted = names ? selects : [{ name: 'remarks', sql: remarks }, ...selects];
  const results = await ask(client, found, wanted, { planned, isOwn: true });
  const said = remarksById(names ? [] : ((results.shift() ?? []) as Remark[]));
  const catalogue: Catalogue = new Map();
  for (const [index, module] of asked.entries()) {
    const rows = ((results[index] ?? []) as Row[]).filter((row) => !isLeftOut(row, options));
    for (const { item } of inOrder(placedOf(module, rows, said))) catalogue.set(item.key, item);
  }
  return catalogue;
};

const isLeftOut = ({ schema, table, name, signature }: Row, { ignore }: ReadOptions): boolean =>
  ignore?.(schema ?? '', table ?? (name ?? '') + (signature ?? '')) === true;
