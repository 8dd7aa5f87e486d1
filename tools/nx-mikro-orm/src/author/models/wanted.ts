/** What the models describe, as the server itself prints it. */
import { escapeIdentifier } from 'pg';
import { readCatalogue, type Catalogue, type Client, type Item } from '../../catalogue/index.ts';
import { firstLine, problem } from '../../errors.ts';
import type { SchemaReader } from '../../mikro-orm/adapter.ts';
import { createStatements, rehearse } from '../../orm.ts';
import type { Scratch } from '../../rehearsal/scratch/database.ts';
import { sideOf, type Ignore, type Side } from '../../diff/side.ts';
import type { Made, DesiredState } from '../../diff/target.ts';
import { droppingOf } from '../../diff/statements.ts';
import { tryAll } from '../../rehearsal/attempt.ts';
import { isByHand } from '../../diff/desired.ts';
import { othersHold, rememberUnits, staleUnits, type Parts } from './fresh.ts';
import { itemsByUnit, recognise, unitsOf } from './units.ts';
import { leaveUnmanaged, unmanagedColumns } from './unmanaged.ts';

/**
 * The schema that the models would have, as the server prints it: in a transaction that is rolled back, what is not made
 * by hand is dropped and made anew from the models. Both sides of a comparison then speak the server's language, so that
 * a default, a check or an expression that is spelled in another way is no difference.
 *
 * What the server makes of a table's statements is remembered: where the history has just that, the table stays as it is.
 * With `whole`, nothing does, so that nothing made by hand is left on it. @throws models-not-buildable
 */
export async function wantedTarget(
  scratch: Scratch,
  present: Side,
  { ignore, whole = false }: { ignore?: Ignore | undefined; whole?: boolean } = {},
): Promise<DesiredState> {
  const { session, client } = scratch;
  const statements = await createStatements(session);
  const { units, rest } = unitsOf(statements);
  const { handwork } = scratch;
  const inModels = (key: string) => units.has(key);
  const handmade = isByHand(handwork, inModels);
  const stays = isByHand({ made: handwork.made.union(handwork.unclaimed) }, inModels);
  const makes = makesOf(statements);
  const parts: Parts = { units, rest, present, makes, handwork, handmade, stays };
  const unmanaged = unmanagedColumns(session);
  const remake = (which: ReadonlySet<string> | undefined) =>
    rehearse(session, async () => {
      await dropModels(scratch, parts, which);
      await make(scratch, which ? statements.filter((sql) => which.has(recognise(sql)?.unit ?? '')) : statements);
      await dropUnclaimed(client, parts);
      await leaveUnmanaged(client, unmanaged, present.columns);
      const catalogue = await readCatalogue(client, { ignore });
      return { ...sideOf(catalogue), makes, models: catalogue };
    });
  const stale = whole ? undefined : staleUnits(parts, scratch.remembered);
  const removed = [...present.catalogue.values()].some((item) => isRemoved(parts, item));
  if (stale?.size === 0 && !removed) return { ...present, makes };
  const some = await remake(stale);
  // Should something else have gone along after all, everything is made anew.
  const wanted = stale && !othersHold(parts, stale, some.catalogue) ? await remake(undefined) : some;
  await rememberUnits(scratch, parts, wanted.catalogue);
  return wanted;
}

/** The catalogue alone, and the keys of the tables, views and types that the models describe. */
export async function readModels(
  scratch: Scratch,
  present: Catalogue,
): Promise<{ catalogue: Catalogue; keys: ReadonlySet<string> }> {
  const { units } = unitsOf(await createStatements(scratch.session));
  const { catalogue } = await wantedTarget(scratch, sideOf(present), { whole: true });
  return { catalogue, keys: new Set(units.keys()) };
}

const dropped = new Set<Item['kind']>(['table', 'view', 'materialized view', 'type']);

/** Whether it was made from models, none of which describes it any more. */
const isRemoved = ({ units, handmade }: Parts, item: Item): boolean =>
  dropped.has(item.kind) && !units.has(item.key) && !handmade(item);

/**
 * Drops what came before `create` and no model describes, once the models are there: what they need of it, as the type of a
 * column or what a view reads, stays.
 */
async function dropUnclaimed(client: Client, parts: Parts): Promise<void> {
  const { units, present, handwork } = parts;
  const doomed = [...present.catalogue.values()].filter(
    (item) => handwork.unclaimed.has(item.key) && isRemoved(parts, item),
  );
  if (doomed.length === 0) return;
  const made = async () => {
    const items = itemsByUnit(await readCatalogue(client), units);
    return [...units.keys()].flatMap((key) => items.get(key) ?? []).map(({ key }) => key);
  };
  const before = await made();
  const keepsModels = async (items: readonly Item[]): Promise<boolean> => {
    await client.query('savepoint unclaimed');
    for (const item of items) await client.query(dropping(item));
    const after = new Set(await made());
    const isGood = before.every((key) => after.has(key));
    await client.query(`${isGood ? 'release savepoint' : 'rollback to savepoint'} unclaimed`);
    return isGood;
  };
  if (await keepsModels(doomed)) return;
  for (const item of doomed) await keepsModels([item]);
}

const dropping = ({ kind, schema = 'public', name }: Item): string =>
  `drop ${kind} if exists ${escapeIdentifier(schema)}.${escapeIdentifier(name)} cascade`;

/** Drops what the models describe, or only some of it, and what they described once. */
async function dropModels(scratch: Scratch, parts: Parts, which: ReadonlySet<string> | undefined): Promise<void> {
  const schemas = new Set((scratch.session.orm.schema as SchemaReader).getTargetSchema().getNamespaces());
  const items = [...parts.present.catalogue.values()];
  const drops = items.flatMap((item) => dropOf(parts, which, item) ?? []);
  if (drops.length > 0) await scratch.client.query(drops.join(';\n'));
  const attempts = items.flatMap((item) => dropWhereUnused(parts, which, schemas, item) ?? []);
  const pieces = attempts.map((sql) => ({ statements: [sql] }));
  // What something made by hand still uses stays.
  await tryAll(scratch.client, pieces, () => undefined);
}

/** How a table, a view, a type or a constraint goes with the models; undefined where it stays. */
function dropOf(parts: Parts, which: ReadonlySet<string> | undefined, item: Item): string | undefined {
  const { units, stays } = parts;
  const { key, kind, name } = item;
  const isMeant = !which || which.has(key);
  if (dropped.has(kind) && (units.has(key) || !stays(item)) && (isMeant || isRemoved(parts, item)))
    return dropping(item);
  // Where everything goes, it goes with its table.
  if (kind === 'constraint' && which?.has(key) && units.has(key))
    return `alter table if exists ${escapeIdentifier(item.schema ?? 'public')}.${escapeIdentifier(item.table ?? '')} drop constraint if exists ${escapeIdentifier(name)}`;
  return undefined;
}

/** How a schema or a routine goes that was made from models, unless something still uses it; undefined where it stays. */
function dropWhereUnused(
  { present, handmade }: Parts,
  which: ReadonlySet<string> | undefined,
  schemas: ReadonlySet<string>,
  item: Item,
): string | undefined {
  const { kind, name } = item;
  if (handmade(item)) return undefined;
  if (kind === 'schema' && !schemas.has(name)) return `drop schema ${escapeIdentifier(name)}`;
  if (!which && (kind === 'function' || kind === 'procedure')) return droppingOf(item, present)?.sql ?? '';
  return undefined;
}

/** MikroORM's own order does not know what a default or a trigger needs: where it fails, the server finds one. */
async function make({ client }: Scratch, statements: readonly string[]): Promise<void> {
  if (statements.length === 0) return;
  await client.query('savepoint models');
  try {
    await client.query(statements.join(';\n'));
    return;
  } catch {
    await client.query('rollback to savepoint models');
  }
  let open = statements.map((sql) => ({ statements: [sql] }));
  for (;;) {
    let first: unknown;
    const { done, left } = await tryAll(client, open, (_, refusal) => (first ??= refusal));
    if (left.length === 0) return;
    if (done.length === 0) throw problem('models-not-buildable', { detail: firstLine(first) }, first);
    open = left;
  }
}

/** Which of MikroORM's statements makes which object. What is not recognised is made in the server's words. */
function makesOf(statements: readonly string[]): Map<string, Made> {
  const makes = new Map<string, Made>();
  for (const [rank, sql] of statements.entries()) {
    const found = recognise(sql);
    if (!found) continue;
    const made = makes.get(found.key);
    if (made) made.statements.push(sql);
    else if (!found.says)
      makes.set(found.key, { statements: [sql], rank, ...(found.action && { action: found.action }) });
  }
  return makes;
}
