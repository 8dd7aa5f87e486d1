/** What a catalogue is made of: things with facts, plain values that can be compared, printed and stored. */
import type { OwnText } from '../sql/own.ts';
import type { Kind } from './key.ts';

/** Facts of one thing by name, as JSON. A fact that is as it is by default is not there. Each kind has a type of its own for them. */
export type Facts = Readonly<Record<string, unknown>>;

/** One thing in a database. */
export interface Item<F extends object = object, L extends object = object> {
  /** `column public.teacher.name`; parts that are not plain lower-case words are quoted. */
  key: string;
  kind: Kind;
  schema?: string;
  /** The unqualified name of the table, view or foreign table it belongs to. */
  table?: string;
  /** As stored, unquoted. */
  name: string;
  /** What tells it from others of the same name: a routine's argument types, `(integer)`. */
  signature?: string;
  /** What counts in a comparison. */
  facts: F;
  /** What was read along and does not count, as the name of a column's own sequence. */
  layout: L;
}

/** Things by key: each kind in the order in which they were made, the columns of a table in theirs. */
export type Catalogue = Map<string, Item>;

/** The part of pg.Client that is needed. */
export interface Client {
  query(text: string | OwnText, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** A privilege beyond, or short of, what everybody has by default. */
export interface Privilege {
  verb: 'grant' | 'revoke';
  /** Sorted, as `SELECT`. */
  privileges: string[];
  /** Absent for everybody (`PUBLIC`), and for the owner. */
  role?: string;
  owner?: true;
  grantable?: true;
  /** Who gave it, where that is not the owner. */
  by?: string;
}

/** A storage parameter or another option: its name and value. */
export type Option = [name: string, value: string];

/** What every thing may be told beside its own facts. */
export interface Said {
  comment?: string;
  /** Security labels by provider. */
  'security labels'?: [provider: string, label: string][];
}

const texts = new WeakMap<object, string>();

/** A fact by its name, whatever the kind. */
export const factOf = ({ facts }: Pick<Item, 'facts'>, name: string): unknown => (facts as Facts)[name];

/** Facts as text: equal for equal facts, whatever their order. */
export function factsText(facts: object): string {
  let text = texts.get(facts);
  if (text === undefined) {
    const names = Object.keys(facts).sort();
    text = JSON.stringify(names.map((name) => [name, (facts as Facts)[name]]));
    texts.set(facts, text);
  }
  return text;
}

/** The item with other facts; those that are undefined go. */
export function withFacts(item: Item, facts: Facts): Item {
  const entries = Object.entries({ ...item.facts, ...facts }).filter(([, value]) => value !== undefined);
  return { ...item, facts: Object.fromEntries(entries) };
}
