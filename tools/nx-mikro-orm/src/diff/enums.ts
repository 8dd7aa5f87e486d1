/** From the values of one enum to those of another of the same name. */
import type { Item } from '../catalogue/index.ts';
import { leadingLiteral, literal, literalValue, nameOf, quoted, typeParts } from '../catalogue/kinds/naming.ts';
import type { Column } from './column.ts';
import { asideOf } from './aside.ts';
import { alterColumn } from './columns.ts';
import type { Op } from './operation.ts';

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

/** How a column of the old type becomes one of the new, by the text of its values. */
function castThroughText(column: Column, mapping: Mapping, to: string): string {
  const name = quoted(column.name);
  const isArray = column.type.endsWith('[]');
  const text = `${name}::text${isArray ? '[]' : ''}`;
  const pairs = [...mapping].map(([old, next]) => [literal(old), literal(next)] as const);
  if (pairs.length === 0) return `${text}::${to}`;
  if (isArray)
    return `${pairs.reduce((inner, [old, next]) => `array_replace(${inner}, ${old}, ${next})`, text)}::${to}`;
  const cases = pairs.map(([old, next]) => ` when ${old} then ${next}`).join('');
  return `(case ${text}${cases} else ${text} end)::${to}`;
}

/** A default that is a value which goes becomes what rows get in its place: it was given by hand, or the models had another. */
export function mappedDefault(type: Item, printed: string | undefined, mapping: Mapping): string | undefined {
  const found = leadingLiteral(printed ?? '');
  if (!found?.rest.startsWith('::')) return printed;
  const of = found.rest.slice(2);
  const next = isOf(type, of) && !of.endsWith('[]') ? mapping.get(literalValue(found.literal)) : undefined;
  return next === undefined ? printed : `${literal(next)}::${of}`;
}

/** Whether a printed type is that type, or an array of it. */
export const isOf = (type: Item, printed: string): boolean => {
  const { schema, name } = typeParts(printed);
  return schema === (type.schema ?? 'public') && name === type.name;
};

/** The columns whose type it is, or an array of it. */
export const columnsOfType = (type: Item, columns: Iterable<Column>): Column[] =>
  [...columns].filter((column) => !column.inherited && isOf(type, column.type));

/**
 * Makes the type anew beside the old one, takes the columns over, and drops the old one. A value that is neither in the
 * new type nor mapped makes it fail where a row holds it, so nothing is lost.
 */
export function swapType(
  type: Item,
  labels: readonly string[],
  columns: readonly { from: Column; to: Column; fill: string | undefined }[],
  mapping: Mapping,
): Op[] {
  const name = nameOf(type.schema, type.name);
  const aside = asideOf(type.name);
  const op = (phase: Op['phase'], rank: number, statement: string): Op => ({
    key: type.key,
    phase,
    rank,
    statements: [statement],
  });
  return [
    op('structure', 0, `alter type ${name} rename to ${quoted(aside)}`),
    op('structure', 1, `create type ${name} as enum (${labels.map(literal).join(', ')})`),
    ...columns.flatMap(({ from, to, fill }) => {
      const isSame = isOf(type, to.type);
      const target = to.type.endsWith('[]') ? `${name}[]` : name;
      const wanted = { ...to, default: mappedDefault(type, to.default, mapping) };
      return alterColumn({ ...from, type: `${aside} (old)` }, wanted, {
        fill,
        ...(isSame && { using: castThroughText(from, mapping, target) }),
      });
    }),
    op('gone', -1, `drop type ${nameOf(type.schema, aside)}`),
  ];
}
