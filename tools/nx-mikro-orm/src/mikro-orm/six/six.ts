import { EntitySchema, type MikroORM } from '@mikro-orm/core';
import type { Migration } from '@mikro-orm/migrations';
import type { Adapter } from '../adapter.ts';
import { attach } from './attach.ts';

/** A statement that Knex builds. */
interface Built {
  generateDdlCommands(): Promise<Record<'pre' | 'sql' | 'post', (string | { sql: string })[]>>;
}

interface SchemaGenerator {
  getCreateSchemaSQL(options: { wrap: boolean }): Promise<string>;
}

/** The parts of a migration that MikroORM gives to its subclasses only. */
interface Inside {
  ctx?: unknown;
  getKnex(): unknown;
}

async function textsOf(statement: string | Built): Promise<string[]> {
  if (typeof statement === 'string') return [statement];
  const { pre, sql, post } = await statement.generateDdlCommands();
  return [...pre, ...sql, ...post].map((one) => (typeof one === 'string' ? one : one.sql));
}

/** MikroORM 6, of which 6.6.16 was read. */
export const six: Adapter = {
  attach,
  /** It joins them into one text, which cannot be split again safely: each goes through `dump`. */
  async statementsOf(orm: MikroORM) {
    const statements: string[] = [];
    const capturing = Object.create(orm.schema, {
      dump: {
        value: async (statement: string | Built) => {
          statements.push(...(await textsOf(statement)));
          return '';
        },
      },
    }) as SchemaGenerator;
    await capturing.getCreateSchemaSQL({ wrap: false });
    return statements;
  },
  // A view is an entity with an expression there, and nothing in the database.
  viewsOf: () => [],
  schemaOf: (entity) => (entity instanceof EntitySchema ? entity : EntitySchema.REGISTRY.get(entity as never)),
  /** It has one from discovery on. */
  classOf: (schema) => schema.meta.class ?? schema.init().meta.class,
  /** Of a transaction, `getKnex()` gives just that: another connection would wait for it, or see nothing of it. */
  instantiate(orm, Class) {
    const migration = new Class(orm.em.getDriver() as never, orm.config) as Migration & Inside;
    const outside = migration.getKnex.bind(migration);
    migration.getKnex = () => migration.ctx ?? outside();
    return migration;
  },
  handles: ['getEntityManager', 'getKnex'],
  textOf: (query) => (query as { toQuery?: () => string }).toQuery?.(),
  emit: (migrator, name, event) =>
    (migrator as { umzug: { emit(name: string, event: object): Promise<void> } }).umzug.emit(name, event),
  migratorNames: {
    create: 'createMigration',
    createInitial: 'createInitialMigration',
    checkSchema: 'checkMigrationNeeded',
    getExecuted: 'getExecutedMigrations',
    getPending: 'getPendingMigrations',
  },
  schemaNames: { drop: 'dropSchema', clear: 'clearDatabase', update: 'updateSchema' },
};
