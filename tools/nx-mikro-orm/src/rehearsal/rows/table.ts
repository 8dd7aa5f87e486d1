/** What has to be known of a table before rows can be made for it. Plain values. */

export interface TableName {
  schema: string;
  name: string;
}

export interface RowTable extends TableName {
  id: number;
  /** As in pg_class: `r` for a table, `p` for a partitioned one; nothing else holds rows that we could put there. */
  kind: string;
  /** In their order, without those the server computes. */
  columns: RowColumn[];
  /** Columns the server computes. */
  generated: string[];
  keys: Key[];
  checks: Check[];
  references: Reference[];
  /** Of a partitioned table: what each partition asks of a row, and the columns that decide. */
  partitions: { columns: string[]; conditions: string[] } | undefined;
  /** Its files are not empty: there may be rows. */
  isUsed: boolean;
}

export interface RowColumn {
  name: string;
  type: number;
  /** The type as it is printed, with its modifiers: `numeric(10,2)`. */
  format: string;
  notNull: boolean;
  hasDefault: boolean;
  sequence: RowSequence | undefined;
  /** Of an enum, or of an array of one. */
  labels: string[] | null;
}

/** What counts for a column. Its numbers may be larger than those of JavaScript. */
export interface RowSequence {
  /** Qualified and quoted. */
  name: string;
  increment: string;
  min: string;
  max: string;
}

/** No two rows may have the same values here. */
export interface Key {
  columns: string[];
  nullsNotDistinct: boolean;
  /** The server would look at the end of the transaction only, and does not while its triggers are off. */
  deferrable: boolean;
  /** It asks for more than to be different: ranges that do not overlap. */
  exclusion: boolean;
}

export interface Check {
  /** Undefined where it looks at the row as a whole. */
  columns: string[] | undefined;
  expression: string;
}

export interface Reference {
  columns: string[];
  to: number;
  toColumns: string[];
  /** Either all columns are null or none. */
  full: boolean;
  /** Qualified operators, `parent operator child`; empty: those of the types. */
  operators: string[];
}

export const sameTable = (a: TableName, b: TableName): boolean => a.schema === b.schema && a.name === b.name;
