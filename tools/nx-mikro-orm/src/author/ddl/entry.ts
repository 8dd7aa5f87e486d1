import type { Phase } from './recipe.ts';

/** Statements that belong together: all of them or none. */
export interface Entry {
  /** The key of the object in a catalogue. */
  key: string;
  /** The key of the object that it only says something of. */
  of?: string;
  schema: string | undefined;
  table: string | undefined;
  phase: Phase;
  /** Place in the order in which people read a schema; it counts where dependence leaves a choice. */
  rank: number;
  statements: string[];
  /** To be used where these fail at the end of all tries. */
  instead?: string[];
  /** Only for a table that had to use its `instead`. */
  dormant?: true;
  /** How to take the object away again, as one; absent where it goes with another. */
  undo?: string[];
  /** Its table takes it along. */
  part?: true;
}
