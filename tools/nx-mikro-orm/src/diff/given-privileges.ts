/** Privileges that a new thing has by the default privileges which are in force when it comes. */
import type { Catalogue, Item, Kind, Privilege } from '../catalogue/index.ts';
import { withFacts } from '../catalogue/index.ts';
import type { Transition } from './target.ts';

/** What default privileges call the things of a kind. */
const objectsOf: Partial<Record<Kind, string>> = {
  table: 'tables',
  'foreign table': 'tables',
  view: 'tables',
  'materialized view': 'tables',
  sequence: 'sequences',
  function: 'functions',
  procedure: 'functions',
  aggregate: 'functions',
  type: 'types',
  domain: 'types',
  schema: 'schemas',
};

/** The thing as the server makes it, as far as privileges go; undefined where it gets none by default. */
export function asGiven({ from, to }: Transition, item: Item): Item | undefined {
  const objects = objectsOf[item.kind];
  if (objects === undefined) return undefined;
  const privileges = inForce(from.catalogue, to.catalogue, objects).flatMap((one) =>
    one.schema === undefined || one.schema === item.schema
      ? ((one.facts as { privileges?: Privilege[] }).privileges ?? [])
      : [],
  );
  return privileges.length === 0 ? undefined : withFacts({ ...item, facts: {} }, { privileges });
}

/** Those of before that do not go: they go before anything comes, and new ones come after. */
const inForce = (before: Catalogue, after: Catalogue, objects: string): Item[] =>
  [...before.values()].filter((one) => {
    if (one.kind !== 'default privileges' || !after.has(one.key)) return false;
    const layout = one.layout as { objects: string; role?: string };
    return layout.objects === objects && layout.role === undefined;
  });
