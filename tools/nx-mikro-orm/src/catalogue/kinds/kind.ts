/** What is known of a kind of thing: how it is read, printed, made, changed and dropped. */
import type { Catalogue, Item } from '../item.ts';
import type { Phase } from '../phase.ts';

/** A statement and when it may run; or an action on a table, which can be joined with others. */
export interface AlterStep {
  sql: string;
  /** The same as `alter table <table> <action>`. */
  action?: { table: string; action: string };
  phase?: Phase;
  rank?: number;
  /** `create or replace`: only the server knows whether it takes one text for the other. */
  replaces?: true;
  /** It gives values another type, which the server refuses where rows have some. */
  retypes?: true;
}

/** How a thing comes. */
export interface Making {
  /** All of them or none. */
  create?: string[];
  /** To be used where these fail at the end of all tries. */
  instead?: string[];
  /** It is made with its table; by this only where the table had to be made by its `instead`. */
  dormant?: string[];
  /** What waits until all structure is there. */
  after?: AlterStep[];
  /** When `create` may run. */
  phase?: Phase;
  rank?: number;
}

/** The state that a thing is part of. */
export interface World {
  catalogue: Catalogue;
  /** Of a table or view: its columns, constraints and all else that hangs on it. */
  partsOf: (owner: Item) => readonly Item[];
}

/** How one thing becomes another of the same kind and key. */
export interface Altering<F extends object, L extends object> {
  from: Item<F, L>;
  to: Item<F, L>;
  /** Names of the facts that differ. */
  changed: ReadonlySet<string>;
  before: World;
  after: World;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each kind has facts of its own
export interface KindModule<F extends object = any, L extends object = any> {
  /** Its place in the order in which people like to read a schema; also that in which things are made, as far as it matters. */
  order: number;
  /** The catalogue that holds its objects and their comments. Nothing of the user's in it: it is not asked. */
  catalogue: string;
  /** A condition on the columns of that catalogue, where only some of its rows are meant. */
  among?: string;
  /** SQL: which kind it is, where the module knows several. */
  kind?: string;
  /** SQL, as all that follows. */
  schema?: string;
  table?: string;
  name?: string;
  /** What follows the name in a key as it is, such as argument types. */
  signature?: string;
  oid: string;
  /** The oid of the relation that it is, or that it belongs to; absent for what belongs to none. */
  relation?: string;
  /** The column number, where comments are per column. */
  column?: string;
  from: string;
  /** Left joins that only the facts need. `version` is server_version_num. */
  joins?: (version: number) => string;
  where: string;
  facts: (version: number) => Record<string, string>;
  layout?: (version: number) => Record<string, string>;
  /** It is an item only where it has facts (and so is not in a list of names). */
  optional?: true;
  /** The definition for people, line by line; by default, the name of each fact and its value. */
  print?: (facts: F, item: Item<F, L>) => (string | undefined)[];
  /** How statements name it: after `comment on` (the default of the others), after `on` in a grant, after `drop`. */
  named?: (item: Item<F, L>) => string;
  grantedOn?: (item: Item<F, L>) => string;
  dropped?: (item: Item<F, L>) => string;
  make: (item: Item<F, L>, world: World) => Making | undefined;
  /** Undefined where it cannot go by itself. */
  drop?: (item: Item<F, L>, world: World) => string | AlterStep | undefined;
  /** It goes with its table, or with a column. */
  part?: true | ((item: Item<F, L>) => boolean);
  /** Undefined where it has to be made anew. Comment and privileges are none of the changed facts. */
  alter?: (change: Altering<F, L>) => AlterStep[] | undefined;
  rename?: (item: Item<F, L>, to: string) => string;
  /** What tells it from a thing of another name; undefined where a new name means a new thing. */
  likeness?: (facts: F) => unknown;
  /** Facts that somebody may add by hand to a thing of the models; comment, security labels and privileges always are. */
  addable?: readonly string[];
  /** Facts that are printed expressions, or have some in them: see fixed-point.ts. */
  sql?: readonly string[];
  /** What takes back that which is no object of its own. */
  undo?: (item: Item<F, L>) => string[];
}

/** A kind with its types: for the inference of what its functions get. */
export const defineKind = <F extends object, L extends object = object>(module: KindModule<F, L>): KindModule<F, L> =>
  module;
