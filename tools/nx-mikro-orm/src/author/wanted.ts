/** What the models describe, as the server itself prints it. */
import { escapeIdentifier } from 'pg';
import { readCatalogue, readKey, type Catalogue, type Item } from '../catalogue/index.ts';
import { firstLine, problem } from '../errors.ts';
import { createStatements, rehearse } from '../orm.ts';
import type { Scratch } from '../scratch/database.ts';
import { isByHand } from './byhand.ts';
import { detailed, losesSomething, plain, type Ignore, type Side } from './change/side.ts';
import { ownerKinds, type Made, type Target } from './change/target.ts';
import { tryAll } from './ddl/attempt.ts';
import { othersHold, rememberUnits, staleUnits, type Parts } from './fresh.ts';
import { withPrivilegesOf } from './privileges.ts';
import { recognise, unitsOf } from './units.ts';
import { leaveUnmanaged, readUnmanaged, unmanagedColumns } from './unmanaged.ts';

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
  present: Catalogue,
  { ignore, whole = false }: { ignore?: Ignore | undefined; whole?: boolean } = {},
): Promise<Target> {
  const { session, client } = scratch;
  const statements = await createStatements(session);
  const { units, rest } = unitsOf(statements);
  const parts: Parts = { units, rest, present, handmade: isByHand(scratch.byHand, inUnits(units)) };
  const makes = makesOf(statements);
  const unmanaged = unmanagedColumns(session);
  const left = unmanaged.size > 0 ? await readUnmanaged(client, unmanaged) : undefined;
  const remake = (which: ReadonlySet<string> | undefined) =>
    rehearse(session, async () => {
      await dropModels(scratch, parts, which);
      await make(scratch, which ? statements.filter((sql) => which.has(recognise(sql)?.unit ?? '')) : statements);
      if (left) await leaveUnmanaged(client, unmanaged, left);
      const catalogue = withPrivilegesOf(present, await readCatalogue(client, ignore && { ignore }));
      const side = await detailed(client, catalogue, present);
      // Whatever it takes to make anew what the history has, or what MikroORM has no statement of its own for.
      if (losesSomething(present, catalogue) || lacksWords(catalogue, present, makes)) await side.load();
      mendComposites(parts, side);
      return { ...side, makes };
    });
  const stale = whole ? undefined : staleUnits(parts, scratch.remembered);
  const removed = [...present.values()].some((item) => isRemoved(parts, item));
  if (stale?.size === 0 && !removed) return { ...plain(present), makes };
  const some = await remake(stale);
  // Should something else have gone along after all, everything is made anew.
  const wanted = stale && !othersHold(parts, stale, some.catalogue) ? await remake(undefined) : some;
  await rememberUnits(scratch, parts, wanted.catalogue);
  return wanted;
}

/** Types that are dropped take their attributes out of composite types, which are made by hand. */
function mendComposites({ units, present }: Parts, { catalogue, entries }: Side): void {
  for (const [key, item] of present)
    if (item.kind === 'type' && !units.has(key) && catalogue.has(key)) {
      catalogue.set(key, item);
      entries.delete(key);
    }
}

const ofItsOwn = new Set<Item['kind']>([...ownerKinds, 'type']);

/** Whether models describe it, or what it hangs on may be theirs. */
const inUnits = (units: ReadonlyMap<string, unknown>) => (key: string) =>
  units.has(key) || !ofItsOwn.has(readKey(key).kind);

/** Whether something comes that is made in the server's words: a column has some of ours. */
const lacksWords = (catalogue: Catalogue, present: Catalogue, makes: ReadonlyMap<string, Made>): boolean =>
  [...catalogue.values()].some(({ key, kind }) => kind !== 'column' && !present.has(key) && !makes.has(key));

/** The catalogue alone, and the keys of the tables, views and types that the models describe. */
export async function readModels(
  scratch: Scratch,
  present: Catalogue,
): Promise<{ catalogue: Catalogue; keys: ReadonlySet<string> }> {
  const { units } = unitsOf(await createStatements(scratch.session));
  const { catalogue } = await wantedTarget(scratch, present, { whole: true });
  return { catalogue, keys: new Set(units.keys()) };
}

const dropped = new Set<Item['kind']>(['table', 'view', 'materialized view', 'type']);

/** Whether it was made from models, none of which describes it any more. */
const isRemoved = ({ units, handmade }: Parts, item: Item): boolean =>
  dropped.has(item.kind) && !units.has(item.key) && !handmade(item);

/** Drops what the models describe, or only some of it, and what they described once. */
async function dropModels(scratch: Scratch, parts: Parts, which: ReadonlySet<string> | undefined): Promise<void> {
  const { units, present, handmade } = parts;
  const schemas = new Set(scratch.session.orm.schema.getTargetSchema().getNamespaces());
  const drops: string[] = [];
  const attempts: string[] = [];
  for (const item of present.values()) {
    const { key, kind, schema, name } = item;
    const isModel = dropped.has(kind) && (units.has(key) || !handmade(item));
    if (isModel && (!which || which.has(key) || isRemoved(parts, item)))
      drops.push(`drop ${kind} if exists ${escapeIdentifier(schema ?? 'public')}.${escapeIdentifier(name)} cascade`);
    if (kind === 'constraint' && which?.has(key) && units.has(key))
      drops.push(
        `alter table if exists ${escapeIdentifier(schema ?? 'public')}.${escapeIdentifier(item.table ?? '')} drop constraint if exists ${escapeIdentifier(name)}`,
      );
    if (kind === 'schema' && !schemas.has(name) && !handmade(item))
      attempts.push(`drop schema ${escapeIdentifier(name)}`);
    if (!which && (kind === 'function' || kind === 'procedure') && !handmade(item)) attempts.push(`drop ${key}`);
  }
  if (drops.length > 0) await scratch.client.query(drops.join(';\n'));
  const pieces = attempts.map((sql) => ({ statements: [sql] }));
  // What something made by hand still uses stays.
  await tryAll(scratch.client, pieces, () => undefined);
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
    else if (!found.says) makes.set(found.key, { statements: [sql], rank });
  }
  return makes;
}
