/** The parts that a schema falls into, each of which can be made by itself: a table, a type, a view, a foreign key. */
import { createHash } from 'node:crypto';
import { keyOf, readNames, type Catalogue, type Item, type Kind } from '../../catalogue/index.ts';
import { factsText } from '../../catalogue/item.ts';

/** MikroORM's statements of one part. */
export interface ModelUnit {
  /** The key of the table, type, view or constraint. */
  key: string;
  statements: string[];
}

export interface Recognised {
  /** What the statement makes or is about, as a key of the catalogue. */
  key: string;
  /** What it belongs to: itself, or the table that it is on. */
  unit: string;
  /** It only says something of its unit. */
  says?: true;
  /** Of a statement `alter table <table> <action>`. */
  action?: string;
}

/** A text that begins with some words: the names behind them, and what stands behind those. */
function behind(text: string, words: string): { names: string[]; rest: string } | undefined {
  if (!text.startsWith(words)) return undefined;
  const found = readNames(text, words.length);
  return found && { names: found.names, rest: text.slice(found.end) };
}

/** Schema and name. */
const whole = (names: readonly string[]): string[] => (names.length === 1 ? ['public', ...names] : [...names]);

const itself = (kind: Kind, names: readonly string[]): Recognised => {
  const key = keyOf(kind, whole(names));
  return { key, unit: key };
};

const ofTable = (kind: Kind, table: readonly string[], names: readonly string[]): Recognised => ({
  key: keyOf(kind, [...whole(table), ...names]),
  unit: keyOf('table', whole(table)),
});

const saying = (table: readonly string[]): Recognised => ({ ...itself('table', table), says: true });

type Form = (sql: string) => Recognised | undefined;

/** A statement that makes one thing by itself. */
const making =
  (words: string, kind: Kind, next = ''): Form =>
  (sql) => {
    const found = behind(sql, words);
    return found?.rest.startsWith(next) ? itself(kind, found.names) : undefined;
  };

/** A statement that makes something on a table: `create index … on …`. */
const makingOn =
  (words: string, kind: Kind): Form =>
  (sql) => {
    const found = behind(sql, words);
    const table = found && behind(found.rest, ' on ');
    return table && ofTable(kind, table.names, found.names);
  };

const alteringTable: Form = (sql) => {
  const table = behind(sql, 'alter table ');
  if (!table) return undefined;
  if ([' enable row level security', ' force row level security'].includes(table.rest)) return saying(table.names);
  const constraint = behind(table.rest, ' add constraint ');
  if (!constraint) return undefined;
  const one = ofTable('constraint', table.names, constraint.names);
  if (constraint.rest.startsWith(' foreign key')) return { ...one, unit: one.key };
  return { ...one, action: table.rest.trimStart() };
};

const commenting: Form = (sql) => {
  const table = behind(sql, 'comment on table ');
  if (table) return saying(table.names);
  const column = behind(sql, 'comment on column ');
  return column && saying(column.names.slice(0, -1));
};

/** The forms of MikroORM 7.2.1's statements. */
const forms: readonly Form[] = [
  making('create table ', 'table'),
  making('create type ', 'type', ' as enum'),
  making('create materialized view ', 'materialized view', ' as'),
  making('create view ', 'view', ' as'),
  makingOn('create index ', 'index'),
  makingOn('create unique index ', 'index'),
  makingOn('create policy ', 'policy'),
  alteringTable,
  commenting,
];

/** Undefined for a statement that has another form; MikroORM lets people write some of their own. */
export function recognise(sql: string): Recognised | undefined {
  for (const form of forms) {
    const found = form(sql);
    if (found) return found;
  }
  return undefined;
}

/** Statements by what they belong to; `rest` are those that are not recognised. */
export function unitsOf(statements: readonly string[]): { units: Map<string, ModelUnit>; rest: string[] } {
  const units = new Map<string, ModelUnit>();
  const rest: string[] = [];
  for (const sql of statements) {
    const found = recognise(sql);
    if (!found) {
      rest.push(sql);
      continue;
    }
    const unit = units.get(found.unit) ?? { key: found.unit, statements: [] };
    unit.statements.push(sql);
    units.set(found.unit, unit);
  }
  return { units, rest };
}

/** The items of a catalogue by the unit that they belong to. */
export function itemsByUnit(catalogue: Catalogue, units: ReadonlyMap<string, ModelUnit>): Map<string, Item[]> {
  const found = new Map<string, Item[]>();
  for (const item of catalogue.values()) {
    const { key, kind, schema, table } = item;
    const owner = table === undefined || units.has(key) ? key : keyOf('table', [schema, table]);
    const unit = units.has(owner) ? owner : kind === 'index' ? keyOf('materialized view', [schema, table]) : owner;
    const list = found.get(unit);
    if (list) list.push(item);
    else found.set(unit, [item]);
  }
  return found;
}

const digest = (texts: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('base64').slice(0, 12);
};

/** What is remembered of a unit: its statements, and what the server made of them. */
export const traceOf = (statements: readonly string[], items: readonly Item[]): string =>
  `${digest(statements)} ${digest(items.map(({ key, facts }) => `${key}\n${factsText(facts)}`).sort())}`;
