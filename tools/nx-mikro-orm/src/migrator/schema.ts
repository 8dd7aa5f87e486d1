import type { MikroORM } from '@mikro-orm/core';
import { SqlSchemaGenerator } from '@mikro-orm/postgresql';
import { mikroOrm } from '../mikro-orm/mikro-orm.ts';

/** Refuses, by throwing, what a command would destroy. */
type Guard = (command: string) => Promise<void>;

type Method = (...options: unknown[]) => Promise<void>;

/** Whether nothing goes with it. */
type Harmless = (options: readonly unknown[]) => boolean;

const isSafe: Harmless = ([options]) => (options as { safe?: boolean } | undefined)?.safe === true;

const destroying: Readonly<Record<string, Harmless>> = {
  drop: () => false,
  dropDatabase: () => false,
  clear: () => false,
  update: isSafe,
};

/**
 * Has `schema:drop`, `schema:fresh`, `migration:fresh` and the like of MikroORM ask `guard` first: they drop what is there, the
 * journal with it, and go past every revision.
 */
export function guardSchema(orm: MikroORM, guard: Guard): void {
  class SchemaGenerator extends SqlSchemaGenerator {}
  const stock = SqlSchemaGenerator.prototype as unknown as Record<string, Method>;
  for (const [known, isHarmless] of Object.entries(destroying)) {
    const name = mikroOrm.schemaNames[known] ?? known;
    const method = stock[name];
    const guarded: Method = async function (this: SchemaGenerator, ...options) {
      if (!isHarmless(options)) await guard('fresh');
      await method?.apply(this, options);
    };
    Object.defineProperty(SchemaGenerator.prototype, name, { value: guarded });
  }
  orm.config.registerExtension('@mikro-orm/schema-generator', () => new SchemaGenerator(orm.em as never));
}
