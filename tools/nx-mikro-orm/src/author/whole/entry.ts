import { phases, type Phase } from '../../catalogue/phase.ts';

export { phases };

/** Statements that belong together: all of them or none. */
export interface BuildEntry {
  /** The key of the object in a catalogue, or what it is where it is none. */
  key: string;
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
  /** The role that it makes where there is none. */
  role?: string;
  /** Its table takes it along. */
  part?: true;
}
