/** What a change is made from, to, and with. */
import { keyOf, type Catalogue, type Item } from '../../catalogue/index.ts';
import type { Handwork } from '../../scratch/handwork.ts';
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
  /** What was made by hand, or added to what models made: it is brought along. */
  handwork: Handwork;
  /** Values that come to an enum have to be of use in the same transaction. */
  valuesAtOnce: boolean;
  /** A schema that is not ours to drop. */
  schemaStays: (name: string) => boolean;
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
