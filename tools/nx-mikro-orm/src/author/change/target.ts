/** What a change is made from, to, and with. */
import { keyOf, type Catalogue, type Item } from '../../catalogue/index.ts';
import { withoutGrants } from '../privileges.ts';
import type { ColumnAnswers } from './columns.ts';
import type { Mapping } from './enums.ts';
import type { Op } from './op.ts';
import type { Side } from './side.ts';

/** The state that is wanted. */
export interface Target extends Side {
  /** How MikroORM itself makes an object, where it does: its statements, and their place among the others. */
  makes?: ReadonlyMap<string, Made>;
}

export interface Made {
  statements: string[];
  rank: number;
}

/** What only a person can know of a change. */
export interface Answers {
  /** By the key of the column. */
  column: (key: string) => ColumnAnswers;
  /** By the key of the type: what rows that hold a value which goes get in its place. */
  mapping: (key: string) => Mapping;
  /** Statements that bring values in line with a new check. */
  updates: Op[];
}

export interface Change {
  from: Side;
  to: Target;
  answers: Answers;
  /** Keys whose definition says more than any model can: only what a model says is compared there. */
  beyondModels: ReadonlySet<string>;
  /** Values that come to an enum have to be of use in the same transaction. */
  valuesAtOnce: boolean;
  /** A schema that is not ours to drop. */
  schemaStays: (name: string) => boolean;
}

const comment = /(?:\n|^)comment  ?E?'(?:[^']|'')*'$/;

/**
 * Whether an item is what a model wants, and only more was said of it by hand: privileges, settings, row level security, and
 * a comment where the model has none.
 */
export function alikeForModels(
  { kind, definition: wanted }: Pick<Item, 'kind' | 'definition'>,
  found: string,
): boolean {
  const [one, other] = [withoutGrants(wanted), withoutGrants(found)];
  if (one === other) return true;
  // It loses every table that is made anew on scratch; in the database the tables are altered, and stay in it.
  if (kind === 'publication') return true;
  // Each line says something by itself there; of a column, the first says all that a model can.
  if (kind === 'table' || kind === 'column') {
    const lines = new Set(other.split('\n'));
    return one.split('\n').every((line) => lines.has(line)) && !/^partition by|^unlogged/m.test(without(other, one));
  }
  const bare = kind === 'view' ? other.replace(/\nwith \(.*\)/, '') : other;
  return one === bare || (!comment.test(one) && one === bare.replace(comment, ''));
}

const without = (text: string, other: string): string => {
  const lines = new Set(other.split('\n'));
  return text
    .split('\n')
    .filter((line) => !lines.has(line))
    .join('\n');
};

/** Whether an item that both sides have is another one there, as far as the change has to see to it. */
export function differs({ beyondModels }: Pick<Change, 'beyondModels'>, from: Item, to: Item): boolean {
  if (from.definition === to.definition) return false;
  return !beyondModels.has(from.key) || !alikeForModels(to, from.definition);
}

/** What other things hang on. */
export const ownerKinds = ['table', 'view', 'materialized view', 'foreign table'] as const;

/** The table or view that an item hangs on. */
export function ownerOf({ schema, table }: Item, catalogue: Catalogue): Item | undefined {
  if (table === undefined) return undefined;
  for (const kind of ownerKinds) {
    const found = catalogue.get(keyOf(kind, [schema, table]));
    if (found) return found;
  }
  return undefined;
}
