/** From the values of one enum to those of another of the same name. */
import { escapeLiteral } from 'pg';
import type { Item } from '../../catalogue/index.ts';
import type { Column } from './column.ts';
import { alterColumn } from './columns.ts';
import { nameOf, quoted } from './names.ts';
import type { Op } from './op.ts';

/** The values of an enum, in their order; undefined for another type. */
export function labelsOf({ kind, definition }: Item): string[] | undefined {
  const list = kind === 'type' ? /^enum \((.*)\)$/m.exec(definition)?.[1] : undefined;
  if (list === undefined) return undefined;
  return [...list.matchAll(/'((?:[^']|'')*)'/g)].map(([, label = '']) => label.replaceAll("''", "'"));
}

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
      after === undefined
        ? ''
        : before === undefined
          ? ` before ${escapeLiteral(after)}`
          : ` after ${escapeLiteral(before)}`;
    return [`alter type ${nameOf(type.schema, type.name)} add value ${escapeLiteral(label)}${place}`];
  });
}

/** What rows that hold a value which goes get in its place. */
export type Mapping = ReadonlyMap<string, string>;

/** How a column of the old type becomes one of the new, by the text of its values. */
function castThroughText(column: Column, mapping: Mapping, to: string): string {
  const name = quoted(column.name);
  const isArray = column.type.endsWith('[]');
  const text = `${name}::text${isArray ? '[]' : ''}`;
  const pairs = [...mapping].map(([old, next]) => [escapeLiteral(old), escapeLiteral(next)] as const);
  if (pairs.length === 0) return `${text}::${to}`;
  if (isArray)
    return `${pairs.reduce((inner, [old, next]) => `array_replace(${inner}, ${old}, ${next})`, text)}::${to}`;
  const cases = pairs.map(([old, next]) => ` when ${old} then ${next}`).join('');
  return `(case ${text}${cases} else ${text} end)::${to}`;
}

/** A default that is a value which goes becomes what rows get in its place: it was given by hand, or the models had another. */
function mappedDefault(type: Item, printed: string | undefined, mapping: Mapping): string | undefined {
  const [, label = '', of = ''] = /^'((?:[^']|'')*)'::(.*)$/s.exec(printed ?? '') ?? [];
  const next = isOf(type, of) && !of.endsWith('[]') ? mapping.get(label.replaceAll("''", "'")) : undefined;
  return next === undefined ? printed : `${escapeLiteral(next)}::${of}`;
}

/** The columns whose type it is, or an array of it. */
const isOf = (type: Item, printed: string): boolean =>
  printed.replace(/\[\]$/, '').replaceAll('"', '') === `${type.schema ?? 'public'}.${type.name}`;

export const columnsOf = (type: Item, columns: Iterable<Column>): Column[] =>
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
  const aside = `${type.name.slice(0, 58)}__old`;
  const op = (phase: Op['phase'], rank: number, statement: string): Op => ({
    key: type.key,
    phase,
    rank,
    statements: [statement],
  });
  return [
    op('structure', 0, `alter type ${name} rename to ${quoted(aside)}`),
    op('structure', 1, `create type ${name} as enum (${labels.map(escapeLiteral).join(', ')})`),
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
