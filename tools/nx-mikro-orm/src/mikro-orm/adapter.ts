import type { EntitySchema, MikroORM } from '@mikro-orm/core';
import type { Migration } from '@mikro-orm/migrations';
import type { Options } from '@mikro-orm/postgresql';
import type { Client } from 'pg';

/** MikroORM's generator of schemas, as far as it is called here. */
export interface SchemaReader {
  getTargetSchema(): TargetSchema;
}

/** What the models describe, put together by MikroORM. */
interface TargetSchema {
  getNamespaces(): Iterable<string>;
  getTables(): TargetTable[];
  getNativeEnums(): Record<string, { name: string; schema?: string | undefined }>;
}

export interface TargetTable {
  name: string;
  schema?: string | undefined;
  getColumns(): { name: string }[];
  getIndexes(): { keyName: string; columnNames: string[]; primary: boolean; constraint: boolean }[];
  getForeignKeys(): Record<string, { constraintName: string; columnNames: string[] }>;
}

/** MikroORM on one connection: the options that have it there, and how many of its questions are open. */
export interface Attachment {
  options: Partial<Options>;
  unanswered: () => number;
}

/** The methods of MikroORM's own classes that are called, or replaced, by their names in version 7. */
type MethodNames = Readonly<Partial<Record<string, string>>>;

/**
 * What this engine needs of MikroORM, and what its majors have in different forms. Types are those of version 7; no package
 * is imported that only one of them has.
 */
export interface Adapter {
  /** Has MikroORM use a connection that the caller keeps and ends. Values are read as MikroORM reads them. */
  attach(client: Client): Attachment;
  /** The statements that make everything the models describe, each by itself. */
  statementsOf(orm: MikroORM): Promise<string[]>;
  /** The views that the models describe. */
  viewsOf(schema: TargetSchema): { name: string; schema?: string | undefined }[];
  /** The schema of an entity that was defined by one, whether it is given itself or its class. */
  schemaOf(entity: unknown): EntitySchema | undefined;
  /** The class of an entity that was defined by a schema. */
  classOf(schema: EntitySchema): unknown;
  /** Makes the instance of a revision's class that `up()` and `down()` are called on. */
  instantiate(orm: MikroORM, Class: new (...args: ConstructorParameters<typeof Migration>) => Migration): Migration;
  /** The methods of a revision that give it something to ask the database through, without asking by themselves. */
  handles: readonly string[];
  /** A query that was built, as the text that is sent; undefined where that is not known beforehand. */
  textOf(query: unknown): string | undefined;
  /** Tells those who listen to a migrator. */
  emit(migrator: object, name: string, event: object): Promise<void>;
  /** How the migrator's methods are called. */
  migratorNames: MethodNames;
  /** How the methods of the generator of schemas are called. */
  schemaNames: MethodNames;
}
