import { ReferenceKind, type EntityMetadata, type EntitySchema } from '@mikro-orm/core';
import { mikroOrm } from '../../mikro-orm/mikro-orm.ts';
import type { Mistake } from './mistake.ts';
import type { ModelName } from './named.ts';
import type { Place } from './place.ts';

const tableOf = (meta: EntityMetadata): string => `${meta.schema ?? 'public'}.${meta.collection}`;

/** Whether an entity has a table of its own: not that of the root it inherits from, no view, no part of another. */
const hasOwnTable = (meta: EntityMetadata): boolean =>
  !meta.abstract &&
  !meta.embeddable &&
  !meta.virtual &&
  Boolean(meta.collection) &&
  meta.schema !== '*' &&
  (meta.root === meta || meta.inheritanceType === 'tpt' || meta.root.class === meta.class);

/** Entities that share a table without inheriting it: each would make it. */
export function sharedTables(metadata: readonly EntityMetadata[], place: Place): Mistake[] {
  const first = new Map<string, EntityMetadata>();
  const mistakes: Mistake[] = [];
  for (const meta of metadata.filter(hasOwnTable).toSorted((a, b) => (a.className < b.className ? -1 : 1))) {
    const other = first.get(tableOf(meta));
    if (!other) {
      first.set(tableOf(meta), meta);
      continue;
    }
    const there = place(other.className, { text: other.collection });
    mistakes.push({
      kind: 'shared',
      place: place(meta.className, { text: meta.collection }),
      what: `${meta.className} is on the table ${tableOf(meta)}, and so is ${other.className}${there ? ` (${there})` : ''}`,
      mend: `give ${meta.className} or ${other.className} another \`tableName\``,
    });
  }
  return mistakes;
}

/** What is registered and will never have a table, though somebody seems to think so. */
export function tableless(entities: readonly unknown[], metadata: readonly EntityMetadata[], place: Place): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const value of entities) {
    const schema = mikroOrm.schemaOf(value);
    if (!schema) continue;
    const { className: name, abstract, embeddable } = schema.meta;
    const tableName = schema.meta.tableName ?? schema.meta.collection;
    const add = (what: string, mend: string) =>
      mistakes.push({
        kind: 'tableless',
        place: place(name, ...(tableName ? [{ text: tableName }] : [])),
        what: `${name} ${what}`,
        mend,
      });
    if ((abstract || embeddable) && tableName)
      add(
        `is ${abstract ? 'abstract' : 'embeddable'}, so it has no table, though it says \`tableName: '${tableName}'\``,
        `take out \`${abstract ? 'abstract' : 'embeddable'}\` or \`tableName\` of ${name}`,
      );
    else if (abstract && !metadata.some((meta) => extendsIt(meta, schema)))
      add(
        `is abstract, and no entity extends it, so it has no table`,
        `register what extends ${name}, or take it out of \`entities\``,
      );
  }
  return mistakes;
}

const extendsIt = (meta: EntityMetadata, schema: EntitySchema): boolean => {
  const base = mikroOrm.classOf(schema);
  for (let at: unknown = meta.class; typeof at === 'function'; at = Object.getPrototypeOf(at))
    if (at === base && meta.class !== base) return true;
  // A class, its schema, or its name.
  const parent: unknown = meta.extends;
  const its = mikroOrm.schemaOf(parent);
  return its ? its.meta.className === schema.meta.className : parent === base || parent === schema.meta.className;
};

/** Properties that would be one column. */
export function sharedColumns(metadata: readonly EntityMetadata[], place: Place): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const meta of metadata) {
    const first = new Map<string, string>();
    for (const { name, fieldNames, persist, inherited, kind, object } of Object.values(meta.properties)) {
      const [field, more] = fieldNames ?? [];
      // As MikroORM 7.2.1 counts them: a column of a composite key may belong to several relations.
      if (field === undefined || more !== undefined || persist === false || inherited) continue;
      if (kind === ReferenceKind.EMBEDDED && !object) continue;
      const other = first.get(field);
      if (other === undefined) first.set(field, name);
      else
        mistakes.push({
          kind: 'twice',
          place: place(meta.className, { property: name }),
          what: `${meta.className}.${name} and ${meta.className}.${other} are both the column ${field}`,
          mend: `give one of the two another \`fieldName\`, or \`persist: false\``,
        });
    }
  }
  return mistakes;
}

/** Tables and views of the models that the configuration leaves to others. */
export const ignored = (
  named: readonly ModelName[],
  isIgnored: (schema: string, name: string) => boolean,
  place: Place,
): Mistake[] =>
  named
    .filter(({ kind, schema, name }) => (kind === 'table' || kind === 'view') && isIgnored(schema, name))
    .map(({ kind, schema, name, entity }) => ({
      kind: 'ignored' as const,
      place: entity === undefined ? undefined : place(entity, { text: name }),
      what: `${entity ?? 'a model'} has the ${kind} ${schema}.${name}, which \`ignore\` leaves to others`,
      mend: `take ${entity ?? name} out of \`entities\`, or its ${kind} out of \`ignore\``,
    }));
