import type { MikroORM } from '@mikro-orm/core';
import type { Options } from '@mikro-orm/postgresql';
import { mikroOrm } from '../../mikro-orm/mikro-orm.ts';
import { discover } from '../../orm.ts';
import type { Mistake } from './mistake.ts';
import type { Place } from './place.ts';
import { firstLine } from '../../errors.ts';

/** What MikroORM refuses to read, and what is left to look at without it. */
export interface Read {
  orm: MikroORM | undefined;
  mistakes: Mistake[];
}

/**
 * Reads the models that MikroORM rejects. It stops at the first mistake, so the entity that is named is left out and the rest
 * read again, as long as that leads on: what others refer to comes back by itself.
 */
export async function readRejected(options: Options, place: Place): Promise<Read> {
  const mistakes: Mistake[] = [];
  let entities = [...(options.entities ?? [])].filter((entity) => entity !== undefined && entity !== null);
  for (;;)
    try {
      return { orm: await discover({ ...options, entities }), mistakes };
    } catch (error) {
      const said = firstLine(error);
      const name = nameIn(said, entities, place);
      const left = entities.filter((entity) => nameOf(entity) !== name);
      if (mistakes.some(({ what }) => what.includes(said))) return { orm: undefined, mistakes };
      mistakes.push(inOurWords(said, entities, place));
      if (left.length === entities.length) return { orm: undefined, mistakes };
      entities = left;
    }
}

/** What MikroORM says of an entity, with its place. */
export function inOurWords(said: string, entities: readonly unknown[], place: Place): Mistake {
  const name = nameIn(said, entities, place);
  const property = name && new RegExp(`\\b${name}\\.([\\w$]+)`).exec(said)?.[1];
  const where = name === undefined ? undefined : place(name, ...(property ? [{ property }] : []));
  if (name === undefined || !said.endsWith('is missing @PrimaryKey()'))
    return {
      kind: 'rejected',
      place: where,
      what: `MikroORM rejects it: ${said.replace(/\.$/, '')}`,
      mend: `fix ${name ?? 'the model'}`,
    };
  const schema = entities.map(mikroOrm.schemaOf).find((one) => one?.meta.className === name);
  const isEmpty = schema && Object.keys(schema.meta.properties).length === 0;
  return {
    kind: 'tableless',
    place: where,
    what: `${name} has no ${isEmpty ? 'properties' : 'primary key'}, so it cannot be a table`,
    mend: `give ${name} a primary key: \`id: p.integer().primary()\``,
  };
}

/** The entity that a message is about: the first word of it that is the name of one. */
function nameIn(said: string, entities: readonly unknown[], place: Place): string | undefined {
  const names = new Set(entities.map(nameOf));
  const words = said.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
  return words.find((word) => names.has(word)) ?? words.find((word) => place(word) !== undefined);
}

const nameOf = (entity: unknown): string | undefined =>
  mikroOrm.schemaOf(entity)?.meta.className ?? (typeof entity === 'function' ? entity.name : undefined);
