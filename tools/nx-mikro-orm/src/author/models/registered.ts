import { MetadataStorage, type EntityMetadata, type EntitySchema } from '@mikro-orm/core';
import { mikroOrm } from '../../mikro-orm/mikro-orm.ts';
import type { ModelFile } from './files.ts';
import type { Mistake } from './mistake.ts';
import type { Place } from './place.ts';

type Class = (abstract new (...args: never[]) => object) & { name: string };

/**
 * Entities that are defined and not registered, and what is registered and is no entity. MikroORM leaves the latter
 * out without a word, and their tables would look like some that somebody removed.
 */
export function unregistered(
  files: readonly ModelFile[],
  entities: readonly unknown[],
  metadata: readonly EntityMetadata[],
  place: Place,
): Mistake[] {
  const known = new Set<unknown>([...metadata.map((meta) => meta.class), ...entities.map(entityOf)]);
  const found = new Map<string, Mistake>();
  const add = (name: string, what: string, mend: string) => {
    if (!found.has(name)) found.set(name, { kind: 'unregistered', place: place(name), what: `${name} ${what}`, mend });
  };
  for (const [at, entity] of entities.entries())
    if (entity === undefined || entity === null)
      add(`number ${at + 1} of \`entities\``, 'is undefined', 'look for two model files that import each other');
    else if (typeof entity === 'function' && !isEntity(entity)) notAnEntity(entity as Class, add);
  for (const value of files.flatMap(({ exported }) => exported)) {
    const entity = entityOf(value);
    if (entity && !known.has(entity))
      add(
        entity.name,
        'is not in the list `entities`, so its table would look like one to drop',
        `add ${entity.name} to \`entities\``,
      );
    else if (typeof value === 'function' && isForgotten(value as Class)) notAnEntity(value as Class, add);
  }
  return [...found.values()];
}

function notAnEntity(value: Class, add: (name: string, what: string, mend: string) => void): void {
  if (isForgotten(value))
    add(
      value.name,
      'extends the class of a schema that does not know it, so it gives no table',
      `call setClass(${value.name}) of that schema`,
    );
  else
    add(
      value.name,
      'is in the list `entities`, but nothing says what its table is',
      `define ${value.name} with defineEntity(), or take it out of \`entities\``,
    );
}

const isEntity = (value: unknown): boolean =>
  mikroOrm.schemaOf(value) !== undefined || Object.hasOwn(value as object, MetadataStorage.PATH_SYMBOL);

/** `class Teacher extends TeacherSchema.class` without `TeacherSchema.setClass(Teacher)`: both bear one name. */
function isForgotten(value: Class): boolean {
  const parent = Object.getPrototypeOf(value) as { name?: string } | null;
  return !isEntity(value) && parent?.name === value.name && value.name !== '';
}

/** The class of an exported entity, however it was defined; undefined for anything else, and for what has no table. */
function entityOf(value: unknown): Class | undefined {
  const schema = mikroOrm.schemaOf(value);
  if (schema)
    return hasTable(schema) ? ((typeof value === 'function' ? value : mikroOrm.classOf(schema)) as Class) : undefined;
  if (typeof value !== 'function') return undefined;
  return Object.hasOwn(value, MetadataStorage.PATH_SYMBOL) ? (value as Class) : undefined;
}

const hasTable = (schema: EntitySchema): boolean => !schema.meta.embeddable && !schema.meta.abstract;
