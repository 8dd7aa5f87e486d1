/** The parts that a schema falls into, each of which can be made by itself: a table, a type, a view, a foreign key. */
import { createHash } from 'node:crypto';
import { keyOf, type Catalogue, type Item, type Kind } from '../catalogue/index.ts';
import { factsText } from '../catalogue/item.ts';

/** MikroORM's statements of one part. */
export interface Unit {
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

const name = '("(?:[^"]|"")+"(?:\\."(?:[^"]|"")+")?)';
const own = '("(?:[^"]|"")+")';

const partsOf = (quoted: string): string[] =>
  [...quoted.matchAll(/"((?:[^"]|"")+)"/g)].map(([, part = '']) => part.replaceAll('""', '"'));

/** Schema and name. */
const namesIn = (quoted = ''): string[] => {
  const parts = partsOf(quoted);
  return parts.length === 1 ? ['public', ...parts] : parts;
};

const itself = (kind: Kind, quoted: string | undefined): Recognised => {
  const key = keyOf(kind, namesIn(quoted));
  return { key, unit: key };
};

const ofTable = (kind: Kind, table: string | undefined, quoted: string | undefined): Recognised => ({
  key: keyOf(kind, [...namesIn(table), ...partsOf(quoted ?? '')]),
  unit: keyOf('table', namesIn(table)),
});

const saying = (table: string | undefined): Recognised => ({ ...itself('table', table), says: true });

/** The forms of MikroORM 7.2.1's statements. */
const forms: [RegExp, (match: readonly string[], sql: string) => Recognised][] = [
  [new RegExp(`^create table ${name} partition of ${name}`), ([, part]) => itself('table', part)],
  [new RegExp(`^create table ${name}`), ([, table]) => itself('table', table)],
  [new RegExp(`^create type ${name} as enum`), ([, type]) => itself('type', type)],
  [new RegExp(`^create materialized view ${name} as`), ([, view]) => itself('materialized view', view)],
  [new RegExp(`^create view ${name} as`), ([, view]) => itself('view', view)],
  [
    new RegExp(`^alter table ${name} add constraint ${own} foreign key`),
    ([, table, constraint]) => {
      const key = keyOf('constraint', [...namesIn(table), ...partsOf(constraint ?? '')]);
      return { key, unit: key };
    },
  ],
  [
    new RegExp(`^alter table ${name} add constraint ${own}`),
    ([, table, constraint], sql) => ({
      ...ofTable('constraint', table, constraint),
      action: sql.slice(`alter table ${table} `.length),
    }),
  ],
  [new RegExp(`^create (?:unique )?index ${own} on ${name}`), ([, index, table]) => ofTable('index', table, index)],
  [new RegExp(`^create policy ${own} on ${name}`), ([, policy, table]) => ofTable('policy', table, policy)],
  [new RegExp(`^comment on table ${name} is`), ([, table]) => saying(table)],
  [
    new RegExp(`^comment on column ((?:"(?:[^"]|"")+"\\.)?"(?:[^"]|"")+")\\."(?:[^"]|"")+" is`),
    ([, table]) => saying(table),
  ],
  [new RegExp(`^alter table ${name} (?:enable|force) row level security$`), ([, table]) => saying(table)],
];

/** Undefined for a statement that has another form; MikroORM lets people write some of their own. */
export function recognise(sql: string): Recognised | undefined {
  for (const [form, read] of forms) {
    const match = form.exec(sql);
    if (match) return read(match, sql);
  }
  return undefined;
}

/** Statements by what they belong to; `rest` are those that are not recognised. */
export function unitsOf(statements: readonly string[]): { units: Map<string, Unit>; rest: string[] } {
  const units = new Map<string, Unit>();
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
export function itemsByUnit(catalogue: Catalogue, units: ReadonlyMap<string, Unit>): Map<string, Item[]> {
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
