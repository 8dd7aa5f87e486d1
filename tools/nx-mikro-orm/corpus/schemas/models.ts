/** Models that a change edits in place, as somebody would in the files of a project. */
import { defineEntity, p, Routine, type EntitySchema, type RoutineConfig } from '@mikro-orm/core';

/** What the definitions say of a foreign key. */
interface Relation {
  fieldName(name: string): Relation;
  joinColumns(...names: string[]): Relation;
  referencedColumnNames(...names: string[]): Relation;
  ownColumns(...names: string[]): Relation;
  targetKey(name: string): Relation;
  primary(): Relation;
  nullable(): Relation;
  unique(): Relation;
  index(name?: string): Relation;
  deleteRule(rule: string): Relation;
  updateRule(rule: string): Relation;
  deferMode(mode: string): Relation;
  comment(text: string): Relation;
}

/** A column that refers to another table; its name is its key. */
export interface Reference {
  refersTo: string;
  say: (relation: Relation) => Relation;
}

type Column = object;

export interface Table {
  schema?: string;
  columns: Record<string, Column>;
  indexes?: object[];
  uniques?: object[];
  checks?: { name: string; expression: string }[];
  triggers?: object[];
  policies?: object[];
  rowLevelSecurity?: boolean | 'force';
  partitionBy?: object;
  comment?: string;
}

export interface View {
  schema?: string;
  columns: Record<string, Column>;
  as: string;
  materialized?: true;
}

/** A foreign key to the key of another table. */
export const refers = (refersTo: string, say: Reference['say'] = (relation) => relation): Reference => ({
  refersTo,
  say,
});

/** Tables by `name` or `schema.name`, and what stands beside them. */
export interface Parts {
  tables: Record<string, Table>;
  views?: Record<string, View>;
  routines?: Record<string, Omit<RoutineConfig, 'name'>>;
}

export class Models {
  tables: Record<string, Table>;
  views: Record<string, View>;
  routines: Record<string, Omit<RoutineConfig, 'name'>>;

  constructor({ tables, views = {}, routines = {} }: Parts) {
    this.tables = tables;
    this.views = views;
    this.routines = routines;
  }

  table(name: string): Table {
    return known(this.tables, name);
  }

  /** Adds columns, or says something else of those that are there. */
  set(table: string, columns: Record<string, Column>): void {
    Object.assign(this.table(table).columns, columns);
  }

  drop(table: string, ...columns: string[]): void {
    const found = this.table(table);
    for (const column of columns) {
      known(found.columns, column);
      delete found.columns[column];
    }
  }

  dropTable(name: string): void {
    this.table(name);
    delete this.tables[name];
  }

  /** Renames columns, in indexes and unique keys too; the texts of checks, views and routines are edited by themselves. */
  renameColumns(table: string, names: Record<string, string>): void {
    const found = this.table(table);
    for (const name of Object.keys(names)) known(found.columns, name);
    const now = (name: string) => names[name] ?? name;
    found.columns = Object.fromEntries(Object.entries(found.columns).map(([name, column]) => [now(name), column]));
    for (const index of [...(found.indexes ?? []), ...(found.uniques ?? [])] as { properties?: string[] }[])
      if (index.properties) index.properties = index.properties.map(now);
  }

  /** Renames a table, or moves it to another schema: `sales.invoice`. References follow. */
  renameTable(name: string, to: string): void {
    this.table(name);
    this.tables = Object.fromEntries(
      Object.entries(this.tables).map(([key, table]) => [key === name ? to : key, table]),
    );
    for (const { columns } of Object.values(this.tables))
      for (const column of Object.values(columns))
        if (isReference(column) && column.refersTo === name) column.refersTo = to;
  }

  view(name: string): View {
    return known(this.views, name);
  }

  dropView(name: string): void {
    this.view(name);
    delete this.views[name];
  }

  /** Replaces words in the queries of all views, and in the bodies of all routines. */
  reword(words: Record<string, string>): void {
    const pattern = new RegExp(`(?<![\\w"])(?:${Object.keys(words).map(escape).join('|')})(?![\\w"])`, 'g');
    const say = (sql: string) => sql.replace(pattern, (word) => words[word] ?? word);
    for (const view of Object.values(this.views)) view.as = say(view.as);
    for (const routine of Object.values(this.routines))
      if (typeof routine.body === 'string') routine.body = say(routine.body);
  }

  /** The options of MikroORM that say all this. */
  options(): { entities: EntitySchema[]; routines: Routine[] } {
    const entities = new Map<string, EntitySchema>();
    for (const [key, { columns, ...rest }] of Object.entries(this.tables))
      entities.set(key, define(key, { ...rest, properties: propertiesOf(columns, entities) }));
    for (const [key, { columns, as, materialized, ...rest }] of Object.entries(this.views))
      entities.set(
        `view ${key}`,
        define(key, {
          ...rest,
          view: materialized ? { materialized } : true,
          expression: as,
          properties: propertiesOf(columns, entities),
        }),
      );
    const routines = Object.entries(this.routines).map(([key, config]) => {
      const { schema, name } = split(key);
      return new Routine({ ...config, name, ...(schema !== undefined && { schema }) });
    });
    return { entities: [...entities.values()], routines };
  }
}

const escape = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const split = (key: string): { schema: string | undefined; name: string } => {
  const at = key.indexOf('.');
  return at < 0 ? { schema: undefined, name: key } : { schema: key.slice(0, at), name: key.slice(at + 1) };
};

function define(key: string, definition: object): EntitySchema {
  const { schema, name } = split(key);
  return defineEntity({
    name: key,
    tableName: name,
    ...(schema !== undefined && { schema }),
    ...definition,
  } as never) as never;
}

const isReference = (column: Column): column is Reference => 'refersTo' in column;

/** A property has the name of its column, so that both are said once. */
const propertiesOf = (
  columns: Record<string, Column>,
  entities: ReadonlyMap<string, EntitySchema>,
): Record<string, unknown> =>
  Object.fromEntries<unknown>(
    Object.entries(columns).map(([name, column]): [string, unknown] => {
      if (!isReference(column)) return [name, (column as Relation).fieldName(name)];
      const { refersTo, say } = column;
      return [
        name,
        () => {
          const target = entities.get(refersTo);
          if (!target) throw new Error(`${name} refers to ${refersTo}, which is no table`);
          return say((p.manyToOne(target) as unknown as Relation).fieldName(name));
        },
      ];
    }),
  );

function known<T>(record: Record<string, T>, name: string): T {
  const found = record[name];
  if (found === undefined) throw new Error(`the models have no ${name}`);
  return found;
}
