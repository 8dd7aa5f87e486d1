/** Tables that let go of a parent, or of the type they are made of: what came from it is their own from then on. */
import { keyOf, type Item } from '../catalogue/index.ts';
import { nameOf } from '../catalogue/kinds/naming.ts';
import { asTable } from '../catalogue/kinds/table.ts';
import type { Op } from './operation.ts';
import type { ScratchServer } from './server.ts';
import type { Transition } from './target.ts';

/**
 * Lets them go before all else, and continues from what the server makes of that: keys, indexes and columns that belonged to
 * the parent become things with names of their own.
 */
export async function partFirst(
  server: ScratchServer,
  change: Transition,
): Promise<{ change: Transition; parted: Op[] }> {
  const parted = [...change.from.catalogue.values()].flatMap((item) => partings(change, item));
  if (parted.length === 0) return { change, parted };
  const from = await server.stateAfter(parted.flatMap(({ statements }) => statements));
  return { change: { ...change, from }, parted };
}

const namesOf = (parent: [string, string]): string => nameOf(...parent);

function partings(change: Transition, item: Item): Op[] {
  const { to, answers } = change;
  const [was, is] = [asTable(item)?.facts, asTable(to.catalogue.get(item.key))?.facts];
  if (!was || !is) return [];
  const named = nameOf(item.schema, item.name);
  const op = (sql: string): Op => ({ key: item.key, phase: 'away', rank: -1, statements: [sql] });
  const leaves = parentLeft(change, was['partition of']?.parent, is['partition of']?.parent);
  const isFree = was.of !== undefined && is.of === undefined && !answers.recreated(item.key);
  const kept = new Set(is.inherits?.map(namesOf));
  return [
    ...(leaves === undefined ? [] : [op(`alter table ${leaves} detach partition ${named}`)]),
    ...(isFree ? [op(`alter table ${named} not of`)] : []),
    ...(was.inherits ?? [])
      .map(namesOf)
      .filter((one) => !kept.has(one))
      .map((one) => op(`alter table ${named} no inherit ${one}`)),
  ];
}

/** The name of the parent that a partition leaves; undefined where it stays, or has none. One that is made anew takes its own along. */
function parentLeft(
  { answers }: Transition,
  parent: [string, string] | undefined,
  next: [string, string] | undefined,
): string | undefined {
  if (!parent || answers.recreated(keyOf('table', parent))) return undefined;
  return next && namesOf(next) === namesOf(parent) ? undefined : namesOf(parent);
}
