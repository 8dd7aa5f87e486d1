/** From the values of one enum to those of another of the same name. */
import type { Item } from '../catalogue/index.ts';
import type { DomainFacts } from '../catalogue/kinds/domain.ts';
import { leadingLiteral, literal, literalValue, nameOf, typeParts } from '../catalogue/kinds/naming.ts';
import type { TypeFacts } from '../catalogue/kinds/type.ts';
import type { Column } from './column.ts';

/** Whether all that happens is that values come, so that the type need not be made anew. */
export function onlyGrows(from: readonly string[], to: readonly string[]): boolean {
  const kept = to.filter((label) => from.includes(label));
  return kept.length === from.length && kept.every((label, at) => label === from[at]);
}

/** `alter type … add value`, each in its place. */
export function addedValues(type: Item, from: readonly string[], to: readonly string[]): string[] {
  const present = new Set(from);
  return to.flatMap((label, at) => {
    if (present.has(label)) return [];
    present.add(label);
    const before = to[at - 1];
    const after = to.slice(at + 1).find((other) => present.has(other));
    // At the end, where nothing has to be said, nothing is.
    const place =
      after === undefined ? '' : before === undefined ? ` before ${literal(after)}` : ` after ${literal(before)}`;
    return [`alter type ${nameOf(type.schema, type.name)} add value ${literal(label)}${place}`];
  });
}

/** What rows that hold a value which goes get in its place. */
export type Mapping = ReadonlyMap<string, string>;

/** A default that is a value which goes becomes what rows get in its place: it was given by hand, or the models had another. */
export function mappedDefault(type: Item, printed: string | undefined, mapping: Mapping): string | undefined {
  const found = leadingLiteral(printed ?? '');
  if (!found?.rest.startsWith('::')) return printed;
  const of = found.rest.slice(2);
  const next = isOf(type, of) && !of.endsWith('[]') ? mapping.get(literalValue(found.literal)) : undefined;
  return next === undefined ? printed : `${literal(next)}::${of}`;
}

/** Whether a printed type is that type, or an array of it. */
export const isOf = (type: Pick<Item, 'schema' | 'name'>, printed: string): boolean => {
  const { schema, name } = typeParts(printed);
  return schema === (type.schema ?? 'public') && name === type.name;
};

/** The columns whose type it is, or an array of it. */
export const columnsOfType = (type: Item, columns: Iterable<Column>): Column[] =>
  [...columns].filter((column) => !column.inherited && isOf(type, column.type));

/** The types that one is made of, as they are printed: that of a domain, of a range's bounds, of a composite type's fields. */
export const madeOf = ({ facts }: Item): string[] => {
  const { type, range, attributes = [] } = facts as Partial<DomainFacts> & TypeFacts;
  return [type, range?.of, ...attributes.map((one) => one.type)].filter((one) => typeof one === 'string');
};
