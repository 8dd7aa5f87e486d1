/** The desired state: what the models describe, with what somebody added by hand, and what is nobody's but his. */
import {
  compareCatalogues,
  keyOf,
  withFacts,
  type Catalogue,
  type Difference,
  type Item,
  type Kind,
} from '../catalogue/index.ts';
import { factOf } from '../catalogue/item.ts';
import { asTable } from '../catalogue/kinds/table.ts';
import type { PublicationFacts } from '../catalogue/kinds/publication.ts';
import { factsByHand, type Handwork } from './handwork.ts';
import { ownerKinds, ownerOf, sideOf, type Side } from './side.ts';
import type { DesiredState } from './target.ts';

/**
 * Whether an item was made by hand: it, or the table or view that it hangs on, where no model describes that. What hangs
 * on a table of the models counts by itself.
 */
export const isByHand =
  ({ made }: Pick<Handwork, 'made'>, inModels: (key: string) => boolean): ((item: Item) => boolean) =>
  ({ key, schema, table }) =>
    made.has(key) ||
    (table !== undefined &&
      ownerKinds.map((kind) => keyOf(kind, [schema, table])).some((owner) => made.has(owner) && !inModels(owner)));

/** Kinds that models describe. Everything else is on both sides only because scratch has it. */
const ofModels: ReadonlySet<Kind> = new Set([
  'schema',
  'type',
  'table',
  'column',
  'constraint',
  'index',
  'view',
  'materialized view',
  'function',
  'procedure',
  'trigger',
  'policy',
]);

/** What no model says anything of. */
const never = ['privileges', 'sequence privileges'];

/** A thing as the models describe it, with the facts that somebody added where they say nothing. */
function withHandwork(model: Item, present: Item, handwork: Handwork): Item {
  const facts: Record<string, unknown> = {};
  for (const name of never) facts[name] = factOf(present, name);
  for (const name of factsByHand(handwork, present.key))
    if (factOf(model, name) === undefined && factOf(present, name) !== undefined) facts[name] = factOf(present, name);
  return Object.keys(facts).every((name) => facts[name] === factOf(model, name)) ? model : withFacts(model, facts);
}

/** What the desired state is made from. */
export interface StateSources {
  /** What the models describe, or what a database is. */
  wanted: DesiredState;
  from: Side;
  handwork: Handwork;
  /** What stays though no model describes it. */
  isLeftAlone: (item: Item) => boolean;
}

/** The state that a change has to lead to. Of a database that is adopted, nothing is left to the history. */
export function desiredState(wish: StateSources): DesiredState {
  const { wanted, from, isLeftAlone } = wish;
  const models = wanted.models ?? wanted.catalogue;
  const catalogue: Catalogue = new Map([...models].map(([key, item]) => [key, wantedItem(wish, item)]));
  for (const item of from.catalogue.values()) {
    if (catalogue.has(item.key) || !isLeftAlone(item)) continue;
    // What hangs on a table that goes cannot stay.
    const owner = ownerOf(item, from.catalogue);
    if (owner && !models.has(owner.key) && !isLeftAlone(owner)) continue;
    catalogue.set(item.key, item);
  }
  if (wanted.makes) for (const item of catalogue.values()) catalogue.set(item.key, asFarAsThere(item, catalogue));
  return { ...sideOf(catalogue), makes: wanted.makes, models, called: wanted.called };
}

/** A thing that is wanted, with what the history says of it beyond the models; what no model can describe is as it is there. */
function wantedItem({ wanted: { makes }, from, handwork }: StateSources, item: Item): Item {
  const present = makes && from.catalogue.get(item.key);
  if (!present) return item;
  const isTheirs = ofModels.has(item.kind) && (item.kind !== 'type' || makes.has(item.key));
  return isTheirs ? withHandwork(item, present, handwork) : present;
}

/** Without what it says of things that go. */
function asFarAsThere(item: Item, catalogue: Catalogue): Item {
  if (item.kind === 'publication') return publishedAsFarAsThere(item, catalogue);
  const table = asTable(item);
  if (!table) return item;
  const identity = table.facts['replica identity'];
  const isGone = (index: string | undefined) => index !== undefined && !hasIndex(item, index, catalogue);
  const gone = {
    ...(isGone(table.facts['cluster on']) && { 'cluster on': undefined }),
    ...(isGone(typeof identity === 'object' ? identity.index : undefined) && { 'replica identity': undefined }),
  };
  return Object.keys(gone).length === 0 ? item : withFacts(item, gone);
}

function publishedAsFarAsThere(item: Item, catalogue: Catalogue): Item {
  const { tables = [] } = item.facts as PublicationFacts;
  const left = tables.filter(({ table }) => catalogue.has(keyOf('table', table)));
  return left.length === tables.length ? item : withFacts(item, { tables: left.length > 0 ? left : undefined });
}

const hasIndex = ({ schema, name }: Item, index: string, catalogue: Catalogue): boolean =>
  (['index', 'constraint'] as const).some((kind) => catalogue.has(keyOf(kind, [schema, name, index])));

/** What differs between the desired state and a catalogue of the history. */
export const differencesFrom = (desired: Catalogue, present: Catalogue): Difference[] =>
  compareCatalogues(desired, present).filter(({ kind }) => kind !== 'database');
