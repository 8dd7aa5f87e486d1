/** What only the server knows of a change, on scratch where it is made. */
import type { Item } from '../catalogue/index.ts';

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
  /** Whether it would take statements as things are now. Nothing is left of them. */
  wouldTake: (statements: readonly string[]) => Promise<boolean>;
}
