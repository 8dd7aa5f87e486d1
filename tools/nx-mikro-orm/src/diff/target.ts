/** What a change is made from, to, and with. */
import type { Catalogue } from '../catalogue/index.ts';
import type { ColumnAnswers } from './columns.ts';
import type { Mapping } from './enums.ts';
import type { Op } from './operation.ts';
import type { Side } from './side.ts';

/** The state that is wanted. */
export interface DesiredState extends Side {
  /** How MikroORM itself makes an object, where it does: its statements, and their place among the others. */
  makes?: ReadonlyMap<string, Made> | undefined;
  /** What the models describe, without what somebody added by hand. */
  models?: Catalogue | undefined;
  /** What it is called in sentences; the models, where it is not said. */
  called?: string | undefined;
}

export interface Made {
  statements: string[];
  rank: number;
  /** Of a statement `alter table <table> <action>`. */
  action?: string;
}

/** What only a person can know of a change. */
export interface Answers {
  /** By the key of the column. */
  column: (key: string) => ColumnAnswers;
  /** By the key of the type: what rows that hold a value which goes get in its place. */
  mapping: (key: string) => Mapping;
  /** By the key of a table: it is made anew with its rows. */
  recreated: (key: string) => boolean;
  /** Statements that bring values in line with a new check. */
  updates: Op[];
}

export interface Transition {
  from: Side;
  to: DesiredState;
  answers: Answers;
  /** Values that come to an enum have to be of use in the same transaction. */
  valuesAtOnce: boolean;
  /** A schema that is not ours to drop. */
  schemaStays: (name: string) => boolean;
}
