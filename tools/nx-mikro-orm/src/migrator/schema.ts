import type { MikroORM } from '@mikro-orm/core';
import { SqlSchemaGenerator } from '@mikro-orm/sql';

/** Refuses, by throwing, what a command would destroy. */
type Guard = (command: string) => Promise<void>;

/**
 * Has `schema:drop`, `schema:fresh`, `migration:fresh` and the like of MikroORM ask `guard` first: they drop what is there, the
 * journal with it, and go past every revision.
 */
export function guardSchema(orm: MikroORM, guard: Guard): void {
  class SchemaGenerator extends SqlSchemaGenerator {
    override async drop(...options: Parameters<SqlSchemaGenerator['drop']>): Promise<void> {
      await guard('fresh');
      await super.drop(...options);
    }

    override async dropDatabase(name?: string): Promise<void> {
      await guard('fresh');
      await super.dropDatabase(name);
    }

    override async clear(...options: Parameters<SqlSchemaGenerator['clear']>): Promise<void> {
      await guard('fresh');
      await super.clear(...options);
    }

    override async update(...[options]: Parameters<SqlSchemaGenerator['update']>): Promise<void> {
      // The safe one drops nothing.
      if (options?.safe !== true) await guard('fresh');
      await super.update(options);
    }
  }
  orm.config.registerExtension('@mikro-orm/schema-generator', () => new SchemaGenerator(orm.em as never));
}
