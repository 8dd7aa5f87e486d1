import { EntitySchema } from '@mikro-orm/core';
import * as postgresql from '@mikro-orm/postgresql';
import { PostgresDialect, type PostgresPoolClient } from 'kysely';
import { TypeOverrides, type Client } from 'pg';
import array from 'postgres-array';
import type { Adapter, Attachment } from './adapter.ts';

/** A pool that always hands out the one connection, and never ends it. */
function attach(client: Client): Attachment {
  const types = new TypeOverrides();
  for (const [oid, parser] of Object.entries(postgresql.createPostgreSqlTypeParsers((text) => array.parse(text))))
    types.setTypeParser(Number(oid), parser);
  let count = 0;
  const query = async (text: string, values?: unknown[]) => {
    count++;
    try {
      return await client.query({ text, values: values ?? [], types });
    } finally {
      count--;
    }
  };
  const shared: PostgresPoolClient = { query: query as never, release: () => undefined };
  const pool = { connect: () => Promise.resolve(shared), end: () => Promise.resolve() } as never;
  // `driverOptions` may carry a ready dialect of Kysely.
  return { options: { driverOptions: new PostgresDialect({ pool }) } as never, unanswered: () => count };
}

/** MikroORM 7, of which 7.2.1 was read. */
export const seven: Adapter = {
  attach,
  /** It joins them into one text, which cannot be split again safely: `wrapSchema` is the last thing that is called. */
  async statementsOf({ schema }) {
    let statements: string[] = [];
    const capturing = Object.create(schema, {
      wrapSchema: {
        value: (sql: string | string[]) => {
          statements = [sql].flat();
          return '';
        },
      },
    }) as typeof schema;
    await capturing.getCreateSchemaSQL({ wrap: false });
    return statements;
  },
  viewsOf: (schema) => (schema as postgresql.DatabaseSchema).getViews(),
  schemaOf: (entity) => (EntitySchema.is(entity) ? entity : EntitySchema.REGISTRY.get(entity as never)),
  classOf: ({ meta }) => meta.class,
  instantiate: (orm, Class) => new Class(orm.em.getDriver() as never, orm.config),
  handles: ['getEntityManager'],
  textOf: () => undefined,
  emit: (migrator, name, event) => (migrator as { emit(name: string, event: object): Promise<void> }).emit(name, event),
  migratorNames: {},
  schemaNames: {},
};
