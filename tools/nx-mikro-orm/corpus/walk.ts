/** Models as a plain value, and random changes of them: what nobody thought of writing down as an entry. */
import { defineEntity, p, type EntitySchema } from '@mikro-orm/core';
import { randomNumbers } from '../test/random.ts';

interface Column {
  name: string;
  type: 'integer' | 'bigint' | 'text' | 'varchar' | 'boolean' | 'date' | 'enum';
  nullable: boolean;
  hasDefault: boolean;
  index: boolean;
  unique: boolean;
  /** Of an enum: the name of its type. */
  of?: string;
  /** The table that it references. */
  to?: string;
}

interface Table {
  name: string;
  columns: Column[];
}

export interface State {
  tables: Table[];
  enums: Record<string, string[]>;
  /** How many names were given: none is given twice. */
  names: number;
}

/** A change: what the models are afterwards, and what somebody who makes it decides. */
export interface Step {
  title: string;
  state: State;
  decisions: string[];
}

export const nothing: State = { tables: [], enums: {}, names: 0 };

type Below = (below: number) => number;
type Move = (state: State, below: Below) => Omit<Step, 'state'> | undefined;

const pick = <T>(list: readonly T[], below: Below): T | undefined => list[below(list.length)];
const named = (state: State, what: string): string => `${what}${++state.names}`;
const types = ['integer', 'bigint', 'text', 'varchar', 'boolean', 'date'] as const;
const fills: Record<Column['type'], string> = {
  integer: '0',
  bigint: '0',
  text: "''",
  varchar: "''",
  boolean: 'false',
  date: "'2020-01-01'",
  enum: '',
};
/** Types that a value of one may become, and back; of a varchar it has to be said, as blanks at the end may go. */
const becomes: Partial<Record<Column['type'], Column['type']>> = {
  integer: 'bigint',
  bigint: 'integer',
  text: 'varchar',
  varchar: 'text',
};

/** Each of them changes the state that it is given. Undefined where there is nothing to change. */
const moves: Move[] = [
  (state, below) => {
    const name = named(state, 'table');
    state.tables.push({ name, columns: [newColumn(state, below), newColumn(state, below)] });
    return { title: `create table ${name}`, decisions: [] };
  },
  (state, below) => {
    const table = pick(state.tables, below);
    if (!table || state.tables.length < 2) return undefined;
    state.tables = state.tables.filter((other) => other !== table);
    for (const { columns } of state.tables)
      for (const column of columns) if (column.to === table.name) delete column.to;
    forgetEnums(state);
    return { title: `drop table ${table.name}`, decisions: [`drop ${table.name}`] };
  },
  (state, below) => {
    const table = pick(state.tables, below);
    if (!table) return undefined;
    const [old, name] = [table.name, named(state, 'table')];
    table.name = name;
    for (const { columns } of state.tables) for (const column of columns) if (column.to === old) column.to = name;
    return { title: `rename table ${old} to ${name}`, decisions: [`rename ${old}:${name}`] };
  },
  (state, below) => {
    const table = pick(state.tables, below);
    if (!table) return undefined;
    const column = newColumn(state, below);
    table.columns.push(column);
    const asked = !column.nullable && !column.hasDefault;
    const value = column.type === 'enum' ? `'${state.enums[column.of ?? '']?.[0]}'` : fills[column.type];
    return {
      title: `add ${table.name}.${column.name}`,
      decisions: asked ? [`fill ${table.name}.${column.name}:${value}`] : [],
    };
  },
  (state, below) => {
    const table = pick(state.tables, below);
    const column = table && pick(table.columns, below);
    if (!table || !column || table.columns.length < 2) return undefined;
    table.columns = table.columns.filter((other) => other !== column);
    forgetEnums(state);
    return { title: `drop ${table.name}.${column.name}`, decisions: [`drop ${table.name}.${column.name}`] };
  },
  (state, below) => {
    const table = pick(state.tables, below);
    const column = table && pick(table.columns, below);
    if (!table || !column) return undefined;
    const [old, name] = [column.name, named(state, 'column')];
    column.name = name;
    return { title: `rename ${table.name}.${old} to ${name}`, decisions: [`rename ${table.name}.${old}:${name}`] };
  },
  (state, below) => {
    const table = pick(state.tables, below);
    const column = table && pick(table.columns, below);
    const type = column && becomes[column.type];
    if (!table || !column || !type || column.to) return undefined;
    column.type = type;
    return {
      title: `${table.name}.${column.name} becomes ${type}`,
      decisions: type === 'varchar' ? [`using ${table.name}.${column.name}:"${column.name}"`] : [],
    };
  },
  (state, below) => {
    const table = pick(state.tables, below);
    const column = table && pick(table.columns, below);
    if (!table || !column) return undefined;
    const what = pick(['nullable', 'index', 'hasDefault'] as const, below) ?? 'index';
    if (what === 'nullable' && !column.nullable && column.to) return undefined;
    if (what === 'nullable' && column.nullable && (column.to || column.type === 'enum')) return undefined;
    if (what === 'hasDefault' && (column.to || column.unique)) return undefined;
    column[what] = !column[what];
    const tightened = what === 'nullable' && !column.nullable && !column.unique;
    if (what === 'nullable' && !column.nullable && column.unique) column.nullable = true;
    return {
      title: `${what} of ${table.name}.${column.name}`,
      decisions: tightened ? [`fill ${table.name}.${column.name}:${fills[column.type]}`] : [],
    };
  },
  (state, below) => {
    const table = pick(state.tables, below);
    const other = pick(state.tables, below);
    if (!table || !other) return undefined;
    const column: Column = {
      ...{ name: named(state, 'column'), type: 'integer', nullable: true, hasDefault: false, unique: false },
      index: below(2) === 0,
    };
    table.columns.push({ ...column, to: other.name });
    return { title: `${table.name}.${column.name} references ${other.name}`, decisions: [] };
  },
  (state, below) => {
    const name = pick(Object.keys(state.enums), below);
    const labels = name && state.enums[name];
    if (!name || !labels) return undefined;
    const label = named(state, 'value');
    state.enums[name] = labels.toSpliced(below(labels.length + 1), 0, label);
    return { title: `add ${name}.${label}`, decisions: [] };
  },
  (state, below) => {
    const name = pick(Object.keys(state.enums), below);
    const labels = name && state.enums[name];
    if (!name || !labels || labels.length < 3) return undefined;
    // The first is the default.
    const gone = labels[1 + below(labels.length - 1)] ?? '';
    state.enums[name] = labels.filter((label) => label !== gone);
    return { title: `drop ${name}.${gone}`, decisions: [`map ${name}.${gone}:${labels[0]}`] };
  },
  (state, below) => {
    const name = pick(Object.keys(state.enums), below);
    const labels = name && state.enums[name];
    if (!name || !labels) return undefined;
    const [at, label] = [below(labels.length), named(state, 'value')];
    const old = labels[at];
    state.enums[name] = labels.with(at, label);
    return { title: `rename ${name}.${old} to ${label}`, decisions: [`rename ${name}.${old}:${label}`] };
  },
];

function newColumn(state: State, below: Below): Column {
  const isEnum = below(5) === 0;
  const of = isEnum ? (pick(Object.keys(state.enums), below) ?? named(state, 'enum')) : undefined;
  if (of !== undefined) state.enums[of] ??= [named(state, 'value'), named(state, 'value')];
  const nullable = below(2) === 0;
  const hasDefault = below(3) === 0;
  return {
    name: named(state, 'column'),
    type: isEnum ? 'enum' : (pick(types, below) ?? 'text'),
    nullable,
    hasDefault,
    index: below(3) === 0,
    // Rows that are there would all get the same.
    unique: nullable && !hasDefault && below(6) === 0,
    ...(of !== undefined && { of }),
  };
}

/** A type goes with its last column. */
function forgetEnums(state: State): void {
  const used = new Set(state.tables.flatMap(({ columns }) => columns.map(({ of }) => of)));
  for (const name of Object.keys(state.enums)) if (!used.has(name)) delete state.enums[name];
}

/** So many random changes, one after the other, from nothing. */
export function walk(seed: number, length: number): Step[] {
  const below = randomNumbers(seed);
  const steps: Step[] = [];
  let last = nothing;
  while (steps.length < length) {
    const state = structuredClone(last);
    const move = steps.length === 0 ? moves[0] : pick(moves, below);
    const change = move?.(state, below);
    if (!change || JSON.stringify({ ...state, names: 0 }) === JSON.stringify({ ...last, names: 0 })) continue;
    last = state;
    steps.push({ ...change, state });
  }
  return steps;
}

const properties: Record<Exclude<Column['type'], 'enum'>, () => ReturnType<typeof p.integer>> = {
  integer: () => p.integer(),
  bigint: () => p.bigint() as never,
  text: () => p.text() as never,
  varchar: () => p.string() as never,
  boolean: () => p.boolean() as never,
  date: () => p.date() as never,
};
const defaults: Record<Exclude<Column['type'], 'enum'>, unknown> = {
  integer: 7,
  bigint: 7,
  text: 'x',
  varchar: 'x',
  boolean: true,
  date: '2020-02-02',
};

/** The models as MikroORM has them. */
export function entitiesOf({ tables, enums }: State): EntitySchema[] {
  const made = new Map<string, EntitySchema>();
  const property = ({ type, of, to, ...column }: Column) => {
    if (to !== undefined)
      return () => {
        const reference = p
          .manyToOne(made.get(to) as never)
          .joinColumn(column.name)
          .nullable();
        return (column.index ? reference.index() : reference) as never;
      };
    const labels = enums[of ?? ''] ?? [];
    let chain = (type === 'enum' ? p.enum(labels).nativeEnumName(of ?? '') : properties[type]()) as ReturnType<
      typeof p.text
    >;
    if (column.nullable) chain = chain.nullable() as never;
    if (column.hasDefault) chain = chain.default((type === 'enum' ? labels[0] : defaults[type]) as never) as never;
    if (column.index) chain = chain.index() as never;
    if (column.unique) chain = chain.unique() as never;
    return chain as never;
  };
  for (const { name, columns } of tables) {
    const own = Object.fromEntries(columns.map((column) => [column.name, property(column)]));
    const options = { name: `${name}_entity`, tableName: name, properties: { id: p.integer().primary(), ...own } };
    made.set(name, defineEntity(options as never) as never);
  }
  return [...made.values()];
}
