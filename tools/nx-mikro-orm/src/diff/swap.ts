/** Types that are made anew while columns hold values of them: beside the old one, which goes when no column has it any more. */
import type { Item } from '../catalogue/index.ts';
import { factOf } from '../catalogue/item.ts';
import { literal, nameOf, quoted, typeParts } from '../catalogue/kinds/naming.ts';
import type { DomainFacts } from '../catalogue/kinds/domain.ts';
import type { TypeFacts } from '../catalogue/kinds/type.ts';
import { tableOf, type Column } from './column.ts';
import { asideOf } from './aside.ts';
import { alterColumn } from './columns.ts';
import { columnsOfType, isOf, mappedDefault, type Mapping } from './enums.ts';
import { alterTable, opOf, type Op } from './operation.ts';
import { asGiven } from './given-privileges.ts';
import type { DiffPlan } from './plan.ts';
import type { Side } from './side.ts';
import { makingOf } from './statements.ts';

/**
 * A column before and after, with the types that its values really have: a domain that is made of something else is another
 * type, though it is called the same.
 */
export function withValueTypes(before: Side, after: Side, from: Column, to: Column): [Column, Column] {
  if (from.type !== to.type) return [from, to];
  const { array } = typeParts(from.type);
  const baseIn = ({ catalogue }: Side) => {
    const domain = [...catalogue.values()].find((item) => item.kind === 'domain' && isOf(item, from.type));
    return domain && (domain.facts as DomainFacts).type + array;
  };
  const [old, next] = [baseIn(before), baseIn(after)];
  return old === undefined || next === undefined
    ? [from, to]
    : [
        { ...from, type: old },
        { ...to, type: next },
      ];
}

/** The columns whose values are of the type, before and after. */
const columnsOf = (plan: DiffPlan, type: Item): { from: Column; to: Column }[] =>
  columnsOfType(type, plan.remaining.columns.values()).flatMap((from) => {
    const to = plan.to.columns.get(from.key);
    return to ? [{ from, to }] : [];
  });

/**
 * Makes the type anew beside the old one, takes the columns over, and drops the old one. A value that the new type does not
 * have and that nobody mapped makes it fail where a row holds it, so nothing is lost.
 */
export function swapOps(plan: DiffPlan, key: string): Op[] {
  const [old, type] = [plan.from.catalogue.get(key), becomingOf(plan, key)];
  const making = type && makingOf(type, plan.to, asGiven(plan, type));
  if (!old || !type || !making?.create) return [];
  const { kind, schema, name } = old;
  const aside = asideOf(name);
  const op = (phase: Op['phase'], rank: number, statement: string): Op => ({
    key,
    phase,
    rank,
    statements: [statement],
  });
  const isRange = (old.facts as TypeFacts).range !== undefined;
  const named = `${kind} ${nameOf(schema, name)}`;
  return [
    ...(isRange ? throughText(plan, old) : []),
    op('structure', -5, isRange ? `drop ${named}` : `alter ${named} rename to ${quoted(aside)}`),
    ...making.create.map((statement) => op('structure', making.rank ?? -3, statement)),
    ...columnsOf(plan, old).flatMap((pair) => columnOps(plan, old, pair, aside)),
    ...(isRange ? [] : [op('gone', -1, `drop ${kind} ${nameOf(schema, aside)}`)]),
    ...(making.after ?? []).map((step) => opOf(type.key, step, { phase: 'attach', rank: 8 })),
  ];
}

/** What a type that is made anew becomes. */
const becomingOf = (plan: DiffPlan, key: string): Item | undefined =>
  plan.to.catalogue.get(plan.becomes.get(key) ?? key);

/**
 * A range cannot be made beside the old one: the functions that come with it are the server's, and nobody can call them
 * otherwise. Its values are texts in between.
 */
const throughText = (plan: DiffPlan, old: Item): Op[] =>
  columnsOf(plan, old).map(({ from }) =>
    alterTable(
      from.key,
      tableOf(from),
      [
        `alter column ${quoted(from.name)} type text${typeParts(from.type).array} using ${textOfRange(plan, from, old)}`,
      ],
      { phase: 'away', rank: 8 },
    ),
  );

function columnOps(plan: DiffPlan, type: Item, { from, to }: { from: Column; to: Column }, aside: string): Op[] {
  const { using, ...answers } = plan.answers.column(to.key);
  const isSame = isOf(type, to.type);
  const wanted = { ...to, default: mappedDefault(type, to.default, plan.answers.mapping(type.key)) };
  return alterColumn(withoutAside(plan, { ...from, type: `${aside} (old)` }), withoutAside(plan, wanted), {
    ...answers,
    using: using ?? (isSame ? swappedValue(plan, quoted(from.name), from.type, true) : undefined),
  });
}

/** Without the default where that comes by itself, when all that it needs is there. */
export const withoutAside = (plan: DiffPlan, column: Column): Column =>
  plan.defaultsAside.has(column.key) ? { ...column, default: undefined } : column;

/** The swapped type that a printed type is, or an array of. */
const swappedIn = (plan: DiffPlan, printed: string): Item | undefined =>
  [...plan.swapped].flatMap((key) => plan.from.catalogue.get(key) ?? []).find((type) => isOf(type, printed));

/**
 * An expression for the new value out of the old one, where the type of it, or a type within it, is made anew. `assigned`:
 * it is put into a column, where the server converts what it converts without a cast, and refuses what does not fit.
 */
export function swappedValue(plan: DiffPlan, value: string, printed: string, assigned = false): string {
  const type = swappedIn(plan, printed);
  if (!type) return value;
  const name = nameOf(type.schema, type.name);
  const mapping = mappingOf(plan, type);
  if (typeParts(printed).array) return `${replacedIn(`${value}::text[]`, mapping)}::${name}[]`;
  const { labels, attributes, range } = type.facts as TypeFacts;
  if (!isOfOneShape(type, becomingOf(plan, type.key))) return `${value}::text::${name}`;
  if (labels) return `${chosen(`${value}::text`, mapping)}::${name}`;
  if (attributes) return rowOf(plan, value, type);
  if (range) return `${value}::text::${name}`;
  const { type: base } = type.facts as DomainFacts;
  if (swappedIn(plan, base)) return `${swappedValue(plan, value, base)}::${name}`;
  return assigned ? value : `${value}::${name}`;
}

/** Whether both are domains, or both types of the same kind. */
const isOfOneShape = (one: Item, other: Item | undefined): boolean =>
  one.kind === other?.kind &&
  ['labels', 'attributes', 'range'].every(
    (fact) => (factOf(one, fact) === undefined) === (factOf(other, fact) === undefined),
  );

/** What values that go become, of the enum or of the one that a domain or a range is made of. */
function mappingOf(plan: DiffPlan, type: Item): Mapping {
  const { labels, range } = type.facts as TypeFacts;
  if (labels) return plan.answers.mapping(type.key);
  const below = swappedIn(plan, range?.of ?? (type.facts as Partial<DomainFacts>).type ?? '');
  return below ? mappingOf(plan, below) : new Map();
}

const literals = (mapping: Mapping) => [...mapping].map(([old, next]) => [literal(old), literal(next)] as const);

const replacedIn = (array: string, mapping: Mapping): string =>
  literals(mapping).reduce((inner, [old, next]) => `array_replace(${inner}, ${old}, ${next})`, array);

function chosen(text: string, mapping: Mapping): string {
  const cases = literals(mapping).map(([old, next]) => ` when ${old} then ${next}`);
  return cases.length === 0 ? text : `(case ${text}${cases.join('')} else ${text} end)`;
}

/** Field by field, by their names. */
function rowOf(plan: DiffPlan, value: string, type: Item): string {
  const next = plan.to.catalogue.get(type.key);
  const { attributes: all = [] } = (next?.facts ?? {}) as TypeFacts;
  const old = new Map((type.facts as TypeFacts).attributes?.map((one) => [one.name, one]));
  const order = (next?.layout as { order?: string[] } | undefined)?.order ?? all.map(({ name }) => name);
  const fields = order.map((name) => {
    const was = old.get(name);
    return was ? swappedValue(plan, `(${value}).${quoted(name)}`, was.type) : 'null';
  });
  const name = nameOf(type.schema, type.name);
  return `case when ${value} is distinct from null then row(${fields.join(', ')})::${name} end`;
}

/** A range as a text of the new values: its own has the old ones in it. */
function textOfRange(plan: DiffPlan, { name, type: printed }: Column, type: Item): string {
  const value = quoted(name);
  const { array } = typeParts(printed);
  const mapping = mappingOf(plan, type);
  if (array || mapping.size === 0) return `${value}::text${array}`;
  // A JSON string is quoted as a bound may be.
  const [low, high] = ['lower', 'upper'].map(
    (end) => `coalesce(to_json(${chosen(`${end}(${value})::text`, mapping)})::text, '')`,
  );
  const [open, close] = [
    `case when lower_inc(${value}) then '[' else '(' end`,
    `case when upper_inc(${value}) then ']' else ')' end`,
  ];
  return `case when isempty(${value}) then 'empty' when not isempty(${value}) then (${open}) || ${low} || ',' || ${high} || (${close}) end`;
}
