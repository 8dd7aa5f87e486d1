import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EntitySchema, MetadataStorage, type MikroORM } from '@mikro-orm/core';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import { firstLine } from '../orm.ts';

/**
 * Insists that the set of models is complete: at least one, and every entity of every model file registered. An entity
 * that nobody registered would look like a table that somebody removed.
 * @throws no-entities, entity-not-registered, model-file-broken
 */
export async function checkModelSet(project: Project, orm: MikroORM): Promise<void> {
  const registered = new Set<unknown>();
  for (const meta of orm.getMetadata().getAll().values()) registered.add(meta.class);
  if (registered.size === 0) throw problem('no-entities', { file: project.file });
  const lost: { file: string; entity: string }[] = [];
  for (const folder of project.models)
    for (const file of globSync('**/*.{ts,mts,js,mjs}', { cwd: folder }).sort()) {
      if (/\.(d|test|spec)\.[mc]?[jt]s$/.test(file) || file.includes('node_modules')) continue;
      const path = join(folder, file);
      const exported = await importModels(path);
      for (const value of Object.values(exported)) {
        const entity = entityOf(value);
        if (entity && !registered.has(entity) && !lost.some((other) => other.entity === entity.name))
          lost.push({ file: path, entity: entity.name });
      }
    }
  if (lost.length > 0) throw problem('entity-not-registered', { lost });
}

async function importModels(path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    throw problem('model-file-broken', { file: path, detail: firstLine(error) }, error);
  }
}

/** The class of an exported entity, however it was defined; undefined for anything else, and for embeddables. */
function entityOf(value: unknown): { name: string } | undefined {
  if (EntitySchema.is(value)) return isTable(value) ? (value.meta.class as { name: string }) : undefined;
  if (typeof value !== 'function') return undefined;
  const schema = EntitySchema.REGISTRY.get(value);
  if (schema) return isTable(schema) ? value : undefined;
  return Object.hasOwn(value, MetadataStorage.PATH_SYMBOL) ? value : undefined;
}

const isTable = (schema: EntitySchema): boolean => !schema.meta.embeddable && !schema.meta.abstract;
