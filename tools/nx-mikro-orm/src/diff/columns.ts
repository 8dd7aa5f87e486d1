/** From one column to another of the same name, and from none to one. */
import { escapeLiteral } from 'pg';
import { serialTypes } from '../catalogue/kinds/column.ts';
import { defaultText, literalName, nameOf, optionList, quoted, typeName } from '../catalogue/kinds/naming.ts';
import { changedSequence } from '../catalogue/kinds/sequence.ts';
import {
  columnName,
  createSequence,
  identityOptions,
  isSerial,
  tableOf,
  type Column,
  type Sequence,
} from './column.ts';
import { asideOf } from './aside.ts';
import { alterTable, type Op, type Phase } from './operation.ts';

/** What only a person can know of a column that changes. */
export interface ColumnAnswers {
  /** An expression: what rows that are there already get. */
  fill?: string | undefined;
  /** It says something of other columns, so that it cannot be a default. */
  fillReads?: boolean | undefined;
  /** An expression: how the old value becomes the new one. */
  using?: string | undefined;
  /** No old value becomes a new one: the column is dropped and begins anew. */
  anew?: boolean | undefined;
}

const collate = ({ collation }: Column): string => (collation === undefined ? '' : ` collate ${collation}`);

const commentOn = (column: Column): string =>
  `comment on column ${columnName(column)} is ${column.comment === undefined ? 'null' : escapeLiteral(column.comment)}`;

/** Its type as `add column` says it, with what computes its values. */
const typeText = (to: Column): string =>
  [
    isSerial(to) ? serialTypes[to.type] : typeName(to.type),
    to.item.facts.compression && `compression ${to.item.facts.compression}`,
    to.item.facts['foreign options'] && `options (${optionList(to.item.facts['foreign options'])})`,
    to.collation && `collate ${to.collation}`,
    to.generated && `generated always as (${to.generated.as}) ${to.generated.stored ? 'stored' : 'virtual'}`,
    to.identity && `generated ${to.identity} as identity${identityOptions(to)}`,
  ]
    .filter(Boolean)
    .join(' ');

/** The sequence that its default uses, where that is not said by `serial`. */
const ownSequence = (to: Column): Sequence | undefined => (to.identity || isSerial(to) ? undefined : to.sequence);

const defaultOf = (to: Column): string | undefined => {
  const own = ownSequence(to);
  if (own) return `default nextval(${literalName(own.schema, own.name)})`;
  return to.default === undefined ? undefined : `default ${defaultText(to.default, to.type)}`;
};

/** Statements by themselves, in their place. */
const opsAt = (key: string, phase: Phase, rank: number, statements: readonly (string | undefined)[]): Op[] =>
  statements.flatMap((sql) => (sql === undefined ? [] : [{ key, phase, rank, statements: [sql] }]));

/** The statements that bring a new column to a table that is there. `waits`: it is computed from values that come later. */
export function addColumn(to: Column, { fill, fillReads }: ColumnAnswers, waits = false): Op[] {
  const { key } = to;
  const [table, name, own] = [tableOf(to), quoted(to.name), ownSequence(to)];
  const later = fill !== undefined && fillReads === true;
  const value = later ? undefined : fill;
  const notNull = to.notNull && !to.identity && !isSerial(to) && !later && isPlain(to);
  const text = [
    `add column ${name} ${typeText(to)}`,
    notNull && 'not null',
    value === undefined ? defaultOf(to) : `default ${value}`,
  ];
  // What is computed from other columns comes when these are as they should be.
  const place = { phase: waits ? 'tighten' : 'structure', rank: to.generated ? 7 : 2 } as const;
  const back = to.default === undefined ? 'drop default' : `set default ${defaultText(to.default, to.type)}`;
  const tighten = to.notNull && (later || !isPlain(to));
  return [
    ...opsAt(key, 'structure', 0, [own && createSequence(own)]),
    alterTable(key, table, [text.filter(Boolean).join(' ')], place),
    ...opsAt(key, 'structure', 3, [
      own && `alter sequence ${nameOf(own.schema, own.name)} owned by ${table}.${name}`,
      // By itself: in the statement that adds the column there is none yet.
      value === undefined ? undefined : `alter table ${table} alter column ${name} ${back}`,
    ]),
    ...opsAt(key, 'fill', 0, [later ? `update ${table} set ${name} = ${fill}` : undefined]),
    ...(tighten ? [alterTable(key, table, [settingNotNull(to)], { phase: 'tighten', rank: 0 })] : []),
    ...opsAt(key, 'structure', 9, [to.comment === undefined ? undefined : commentOn(to)]),
  ];
}

/** Whether one can become the other in place; otherwise its values are made anew, by dropping and adding it. */
export function isReplaced(from: Column, to: Column): boolean {
  if (to.generated && (!from.generated || to.generated.as !== from.generated.as)) return true;
  if (from.generated && !from.generated.stored) return !to.generated || to.generated.stored;
  return Boolean(from.generated && to.generated && from.generated.stored !== to.generated.stored);
}

/** What a column gets its values from by default; the text of a default that is its own sequence is not compared. */
const sourceOf = (column: Column): string | typeof itsSequence | undefined =>
  column.default ?? (column.sequence && !column.identity ? itsSequence : undefined);
const itsSequence = Symbol('its own sequence');

/** What becomes of the default: to be dropped before the type changes, and to be set after it. */
function defaultChange(from: Column, to: Column): { drop: boolean; set: boolean } {
  const [had, gets] = [sourceOf(from), sourceOf(to)];
  const retyped = from.type !== to.type;
  // A default is no value of the new type by itself; and its text is compared, not what it gives.
  const anew = had !== gets || (retyped && typeof had === 'string');
  const goes = gets === undefined || retyped || to.sequence !== undefined;
  return { drop: had !== undefined && anew && goes, set: to.default !== undefined && anew };
}

/** The actions of one `alter table`, in their order. */
function columnActions(from: Column, to: Column, using: string | undefined): string[] {
  const { drop, set } = defaultChange(from, to);
  const typeChanges = from.type !== to.type || from.collation !== to.collation;
  const type = `type ${typeName(to.type)}${collate(to) || back(from)}${using ? ` using ${using}` : ''}`;
  const changesIdentity = from.identity && to.identity && from.identity !== to.identity;
  const actions = [
    from.generated && !to.generated && 'drop expression',
    from.identity && !to.identity && 'drop identity',
    drop && 'drop default',
    from.notNull && (loosens(from, to) || (!to.notNull && !to.identity)) && 'drop not null',
    typeChanges && type,
    set && `set default ${defaultText(to.default ?? '', to.type)}`,
    changesIdentity && `set generated ${to.identity}`,
  ];
  return actions.filter((action) => typeof action === 'string');
}

/** Whether `set not null` says all there is to say of a column that may not be null. */
const isPlain = ({ item: { facts } }: Column): boolean => !facts['not valid'] && !facts['no inherit'];

/** Whether what forbids null has to be made anew: it is to hold for new rows only, or not for the tables that inherit. */
const loosens = (from: Column, to: Column): boolean =>
  from.notNull &&
  to.notNull &&
  ((!from.item.facts['not valid'] && to.item.facts['not valid'] === true) ||
    from.item.facts['no inherit'] !== to.item.facts['no inherit']);

/** An action on the table. */
function settingNotNull(to: Column): string {
  const { facts, layout } = to.item;
  if (isPlain(to)) return `alter column ${quoted(to.name)} set not null`;
  const named = layout['not null'] === undefined ? '' : `constraint ${quoted(layout['not null'])} `;
  return `add ${named}not null ${quoted(to.name)}${facts['no inherit'] ? ' no inherit' : ''}${facts['not valid'] ? ' not valid' : ''}`;
}

/** The statements that make one column out of another of the same name. */
export function alterColumn(from: Column, to: Column, { fill, using }: ColumnAnswers): Op[] {
  const { key } = to;
  const [table, name] = [tableOf(to), quoted(to.name)];
  const alter = (what: string[], phase: Phase, rank: number) =>
    what.length === 0 ? [] : [alterTable(key, table, what, { phase, rank })];
  const onColumn = (action: string) => `alter column ${name} ${action}`;
  const tighten = to.notNull && (!from.notNull || loosens(from, to));
  const validated = from.notNull && from.item.facts['not valid'] && !loosens(from, to) && to.notNull && isPlain(to);
  const filled = tighten && fill !== undefined;
  const identity =
    !from.identity && to.identity ? [`add generated ${to.identity} as identity${identityOptions(to)}`] : [];
  return [
    ...alter(
      [...columnActions(from, to, using).map(onColumn), ...(tighten && !filled ? [settingNotNull(to)] : [])],
      'structure',
      2,
    ),
    // After the sequence of a serial is gone, whose name it takes.
    ...alter(identity.map(onColumn), 'structure', 5),
    ...sequenceOps(from, to),
    ...opsAt(key, 'fill', 0, [filled ? `update ${table} set ${name} = ${fill} where ${name} is null` : undefined]),
    ...alter(filled ? [settingNotNull(to)] : [], 'tighten', 0),
    // By itself: it checks every row, under a lock that stops no traffic.
    ...opsAt(key, 'tighten', 1, [
      validated ? `alter table ${table} validate constraint ${quoted(from.item.layout['not null'] ?? '')}` : undefined,
    ]),
    ...opsAt(key, 'structure', 9, [from.comment === to.comment ? undefined : commentOn(to)]),
  ];
}

/** The type's own collation, where the column had another. */
const back = (from: Column): string => (from.collation === undefined ? '' : ' collate pg_catalog."default"');

function sequenceOps(from: Column, to: Column): Op[] {
  const { key } = to;
  const [old, next] = [from.sequence, to.sequence];
  if (old && next && Boolean(from.identity) === Boolean(to.identity))
    return opsAt(key, 'structure', 4, sequenceChanges(from, to));
  if (old && next) return [...handOver(to, old, next), ...(to.identity ? [] : useSequence(to, next))];
  // A sequence of identity goes with the identity, and comes with it.
  const goes = old && !from.identity ? `drop sequence ${nameOf(old.schema, old.name)}` : undefined;
  const comes = next && !to.identity ? `${createSequence(next)} owned by ${columnName(to)}` : undefined;
  return [
    ...opsAt(key, 'structure', 3, [goes]),
    ...opsAt(key, 'structure', 4, [comes]),
    ...(next && !to.identity ? useSequence(to, next) : []),
    ...opsAt(key, 'structure', 6, [next && startAfterRows(to, next)]),
  ];
}

/** Lets a sequence give the values by default. */
export const useSequence = (to: Column, { schema, name }: Sequence): Op[] => [
  alterTable(
    to.key,
    tableOf(to),
    [`alter column ${quoted(to.name)} set default nextval(${literalName(schema, name)})`],
    { phase: 'structure', rank: 5 },
  ),
];

/**
 * From a sequence of its own to identity's, or the other way: the counter stays where it was, also where it is ahead of the
 * rows. The old sequence steps aside first, as the new one may want its name.
 */
function handOver(to: Column, old: Sequence, next: Sequence): Op[] {
  const aside = nameOf(old.schema, asideOf(old.name));
  const counter = `select setval(${literalName(next.schema, next.name)}, last_value, is_called) from ${aside}`;
  const steps = (rank: number, statement: string) => opsAt(to.key, 'structure', rank, [statement]);
  const rename = steps(0, `alter sequence ${nameOf(old.schema, old.name)} rename to ${quoted(asideOf(old.name))}`);
  // Identity takes its sequence along when it goes, and brings one when it comes.
  return to.identity
    ? [...rename, ...steps(6, counter), ...steps(7, `drop sequence ${aside}`)]
    : [...rename, ...steps(1, `${createSequence(next)} owned by ${columnName(to)}`), ...steps(1, counter)];
}

/** From the parameters of one column's sequence to another's; both are there, or both are identity's. */
function sequenceChanges(from: Column, to: Column): string[] {
  const [old, next] = [from.sequence, to.sequence];
  if (!old || !next) return [];
  // Identity follows the type of its column.
  const type = from.identity && old.type === from.type ? to.type : old.type;
  const options = changedSequence(old, next, type);
  return options.length > 0 ? [`alter sequence ${nameOf(next.schema, next.name)} ${options.join(' ')}`] : [];
}

/** Lets a new sequence go on after the values that are there. */
function startAfterRows(column: Column, sequence: Sequence): string {
  const next = literalName(sequence.schema, sequence.name);
  const value = `coalesce(max(${quoted(column.name)}) + ${sequence.increment}, ${sequence.start})`;
  return `select setval(${next}, ${value}, false) from ${nameOf(column.schema, column.table)}`;
}
