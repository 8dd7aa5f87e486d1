/** What only the server knows of a change, on scratch where it is made. */
import type { Item } from '../catalogue/index.ts';
import type { Side } from './side.ts';

/** Something that is dropped, or a column that gets another type. */
export interface Start {
  item: Item;
  does: 'drop' | 'retype';
}

export interface Dependent {
  key: string;
  /** The server drops it without being asked. */
  goesAlong: boolean;
  /** It is only the default of the column that has to go. */
  isDefault: boolean;
}

/** The questions that a change puts to the server. */
export interface ScratchServer {
  /** All that hangs on the starts, directly or through others. */
  dependentsOf: (starts: readonly Start[]) => Promise<Dependent[]>;
  /** The state that statements lead to. Nothing is left of them. */
  stateAfter: (statements: readonly string[]) => Promise<Side>;
  /** The SQLSTATE of its refusal of statements, as things are now; undefined where it takes them. Nothing is left of them. */
  refusalOf: (statements: readonly string[]) => Promise<string | undefined>;
}
