/** What a change comes to. */
import type { Rename } from './rename.ts';

/** The statements that take one state of a schema to another, and back. */
export interface Statements {
  up: string[];
  down: string[];
}

/** Rows that hold one value get another one. */
export interface ValueMove {
  /** Of the enum type, or of the column whose check is a list. */
  key: string;
  from: string;
  to: string;
  /** For a column with a check: the updates that do it, and that undo it where it was a rename. */
  sql: string[];
  back: string[];
}

/** What a change does to names and values. */
export interface Moves {
  renames: Rename[];
  values: ValueMove[];
  /** Keys of columns whose rows get a value where they have none. */
  filled: string[];
  /** Keys of tables that are made anew: their rows may go to other partitions. */
  recreated: string[];
}
