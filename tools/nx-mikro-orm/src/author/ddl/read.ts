/** From a database to the statements that make another one like it. */
import { askPlainly, keyOf, type Client, type Kind } from '../../catalogue/index.ts';
import { constantKind, firstUserOid } from '../../catalogue/kinds/family.ts';
import { ownedBy } from './owned.ts';
import type { Entry } from './entry.ts';
import { readComments, readPublicSchema, readRoles } from './beside.ts';
import { recipes } from './kinds/index.ts';
import { identity, type Recipe } from './recipe.ts';

interface Row {
  kind?: Kind;
  schema?: string | null;
  table?: string | null;
  name?: string;
  suffix?: string;
  create: string | null;
  after: string[];
  instead: string[];
  drop: string | null;
  undo: string[] | null;
}

export interface ReadOptions {
  /** Leaves an object out, and with a table all that belongs to it. */
  ignore?: ((schema: string, name: string) => boolean) | undefined;
  /** Only what belongs to these tables, views, types and routines (`[schema, name]` as JSON), and what is in no schema. */
  only?: ReadonlySet<string>;
}

/**
 * The statements that make everything a catalogue tells of this database, in no order that could be relied on. Reads
 * only. What the server prints itself is taken as it is; the rest is put together from its catalogues.
 */
export async function readEntries(client: Client, options: ReadOptions = {}): Promise<Entry[]> {
  const { rows } = await client.query(
    `select current_setting('server_version_num')::int as version, array[${recipes.map(hasRows)}] as present`,
  );
  const { version, present } = rows[0] as { version: number; present: boolean[] };
  const asked = recipes.flatMap((recipe, rank) => (present[rank] ? [{ recipe, rank }] : []));
  const results = await askPlainly(
    client,
    asked.map(({ recipe }) => selectOf(recipe, version, options.only)),
  );
  const entries: Entry[] = options.only ? [] : await readRoles(client);
  if (!options.only) entries.push(...(await readPublicSchema(client)));
  for (const [at, { recipe, rank }] of asked.entries())
    for (const row of (results[at] ?? []) as Row[]) {
      const name = row.table ?? (row.name ?? '') + (row.suffix ?? '');
      if (!options.ignore?.(row.schema ?? '', name)) entries.push(...entriesOf(recipe, rank, row));
    }
  const leftOut = (schema: string, name: string) =>
    options.ignore?.(schema, name) === true || options.only?.has(JSON.stringify([schema, name])) === false;
  entries.push(...(await readComments(client, recipes.length, leftOut)));
  return entries;
}

function entriesOf(recipe: Recipe, rank: number, row: Row): Entry[] {
  const kind = row.kind ?? (constantKind(recipe.family) as Kind);
  const common = {
    key: keyOf(kind, [row.schema, row.table, row.name], row.suffix ?? ''),
    schema: row.schema ?? undefined,
    table: row.table ?? row.name,
    rank,
    ...(recipe.part && { part: true as const }),
  };
  const entries: Entry[] = [];
  if (row.create)
    entries.push({
      ...common,
      phase: recipe.phase,
      statements: [row.create],
      ...(row.instead.length > 0 && { instead: row.instead }),
      ...(row.drop && { undo: [row.drop] }),
    });
  else if (row.instead.length > 0)
    entries.push({
      ...common,
      phase: recipe.phase,
      statements: row.instead,
      dormant: true,
      ...(row.drop && { undo: [row.drop] }),
    });
  const phase = recipe.phase === 'structure' ? 'attached' : recipe.phase;
  for (const statement of row.after) entries.push({ ...common, phase, statements: [statement] });
  if (row.undo?.length) entries.push({ ...common, phase: recipe.phase, statements: [], undo: row.undo.toReversed() });
  return entries;
}

const arrayOf = (texts: readonly string[]) =>
  texts.length ? `array_remove(array[${texts.join(',\n    ')}]::text[], null)` : `'{}'::text[]`;

/** Of which kinds the database has something at all: the others need not be asked for. */
const hasRows = ({ family: { catalogue, among } }: Recipe): string =>
  catalogue === 'pg_database'
    ? 'true'
    : `exists (select from pg_catalog.${catalogue} where oid >= ${firstUserOid}${among ? ` and ${among}` : ''})`;

/** Without it, a subquery would be worked out for every table there is. */
const tablesAmong = (alias: string, only: ReadOptions['only']): string =>
  only
    ? `${alias}.oid in (select o.oid from pg_class o join pg_namespace s on s.oid = o.relnamespace
        where ${ownedBy(only, 's.nspname', 'o.relname')})`
    : 'true';

function selectOf({ family, ...recipe }: Recipe, version: number, only: ReadOptions['only']): string {
  const owner = family.table ?? family.name;
  const among = only && family.schema && owner ? ` and ${ownedBy(only, family.schema, owner)}` : '';
  const fields = {
    kind: constantKind(family) ? undefined : family.kind,
    schema: family.schema,
    table: family.table,
    name: family.name,
    suffix: family.suffix,
    create: recipe.create?.(version) ?? 'null',
    after: [
      arrayOf(recipe.after?.(version) ?? []),
      ...(recipe.grants ?? []).map((one) => `coalesce(${one}, '{}')`),
    ].join(' || '),
    instead: arrayOf(recipe.instead?.(version) ?? []),
    drop:
      recipe.drop === false
        ? 'null'
        : (recipe.drop ?? `'drop ' || ${family.kind} || ' ' || ${identity(family.catalogue, family.oid)}`),
    undo: recipe.undo ?? 'null::text[]',
  };
  const columns = Object.entries(fields).flatMap(([name, sql]) => (sql === undefined ? [] : [`${sql} as "${name}"`]));
  return `
select ${columns.join(',\n  ')}
from ${family.from}
${family.joins?.(version) ?? ''}
${recipe.joins?.(version, (alias) => tablesAmong(alias, only)) ?? ''}
where ${family.where}${recipe.where ? ` and ${recipe.where}` : ''}${among}
order by ${family.oid}`;
}
