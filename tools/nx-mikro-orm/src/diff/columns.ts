/** From one column to another of the same name, and from none to one. */
import { escapeLiteral } from 'pg';
import { serialTypes } from '../catalogue/kinds/column.ts';
import { defaultText, literalName, nameOf, quoted, typeName } from '../catalogue/kinds/naming.ts';
import { changedParameters } from '../catalogue/kinds/sequence.ts';
import {
  columnName,
  createSequence,
  identityOptions,
  isSerial,
  tableOf,
  type Column,
  type Sequence,
} from './column.ts';
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

/** The statements that bring a new column to a table that is there. `waits`: it is computed from values that come later. */
export function addColumn(to: Column, { fill, fillReads }: ColumnAnswers, waits = false): Op[] {
  const table = tableOf(to);
  const name = quoted(to.name);
  const op = (actions: string[], phase: Phase, rank: number) => alterTable(to.key, table, actions, { phase, rank });
  const own = to.sequence && !to.identity && !isSerial(to) ? to.sequence : undefined;
  const value = fill !== undefined && !fillReads ? fill : undefined;
  const later = fill !== undefined && fillReads;
  const text = [
    `add column ${name}`,
    isSerial(to) ? serialTypes[to.type] : typeName(to.type) + collate(to),
    to.generated && `generated always as (${to.generated.as}) ${to.generated.stored ? 'stored' : 'virtual'}`,
    to.identity && `generated ${to.identity} as identity${identityOptions(to)}`,
    to.notNull && !to.identity && !isSerial(to) && !later && 'not null',
    own && `default nextval(${literalName(own.schema, own.name)})`,
    value === undefined
      ? to.default !== undefined && `default ${defaultText(to.default, to.type)}`
      : `default ${value}`,
  ];
  const ops: Op[] = [];
  if (own) ops.push({ key: to.key, phase: 'structure', rank: 0, statements: [createSequence(own)] });
  // What is computed from other columns comes when these are as they should be.
  ops.push(op([text.filter(Boolean).join(' ')], waits ? 'tighten' : 'structure', to.generated ? 7 : 2));
  if (own)
    ops.push({
      key: to.key,
      phase: 'structure',
      rank: 3,
      statements: [`alter sequence ${nameOf(own.schema, own.name)} owned by ${table}.${name}`],
    });
  // By itself: in the statement that adds the column there is none yet.
  if (value !== undefined) {
    const back = to.default === undefined ? 'drop default' : `set default ${defaultText(to.default, to.type)}`;
    const statements = [`alter table ${table} alter column ${name} ${back}`];
    ops.push({ key: to.key, phase: 'structure', rank: 3, statements });
  }
  if (later) {
    ops.push({ key: to.key, phase: 'fill', rank: 0, statements: [`update ${table} set ${name} = ${fill}`] });
    if (to.notNull) ops.push(op([`alter column ${name} set not null`], 'tighten', 0));
  }
  if (to.comment !== undefined) ops.push({ key: to.key, phase: 'structure', rank: 9, statements: [commentOn(to)] });
  return ops;
}

/** Whether one can become the other in place; otherwise its values are made anew, by dropping and adding it. */
export function isReplaced(from: Column, to: Column): boolean {
  if (to.generated && (!from.generated || to.generated.as !== from.generated.as)) return true;
  if (from.generated && !from.generated.stored) return !to.generated || to.generated.stored;
  return Boolean(from.generated && to.generated && from.generated.stored !== to.generated.stored);
}

/** The statements that make one column out of another of the same name. */
export function alterColumn(from: Column, to: Column, { fill, using }: ColumnAnswers): Op[] {
  const table = tableOf(to);
  const name = quoted(to.name);
  const actions: string[] = [];
  const alter = (what: string) => actions.push(`alter column ${name} ${what}`);
  const typeChanges = from.type !== to.type || from.collation !== to.collation;
  const had = from.default ?? (from.sequence && !from.identity ? 'its sequence' : undefined);
  const gets = to.default ?? (to.sequence && !to.identity ? 'its sequence' : undefined);
  // A default is no value of the new type by itself; and its text is compared, not what it gives.
  const anew = had !== gets || (from.type !== to.type && had !== undefined && had !== 'its sequence');
  if (from.generated && !to.generated) alter('drop expression');
  if (from.identity && !to.identity) alter('drop identity');
  if (had !== undefined && anew && (gets === undefined || from.type !== to.type || to.sequence)) alter('drop default');
  if (from.notNull && !to.notNull && !to.identity) alter('drop not null');
  if (typeChanges) alter(`type ${typeName(to.type)}${collate(to) || back(from)}${using ? ` using ${using}` : ''}`);
  if (to.default !== undefined && anew) alter(`set default ${defaultText(to.default, to.type)}`);
  if (from.identity && to.identity && from.identity !== to.identity) alter(`set generated ${to.identity}`);
  const ops: Op[] = [];
  const tighten = !from.notNull && to.notNull;
  if (tighten && fill === undefined) alter('set not null');
  if (actions.length > 0) ops.push(alterTable(to.key, table, actions, { phase: 'structure', rank: 2 }));
  // After the sequence of a serial is gone, whose name it takes.
  if (!from.identity && to.identity)
    ops.push(
      alterTable(
        to.key,
        table,
        [`alter column ${name} add generated ${to.identity} as identity${identityOptions(to)}`],
        {
          phase: 'structure',
          rank: 5,
        },
      ),
    );
  ops.push(...sequenceOps(from, to));
  if (tighten && fill !== undefined) {
    const where = ` where ${name} is null`;
    ops.push({ key: to.key, phase: 'fill', rank: 0, statements: [`update ${table} set ${name} = ${fill}${where}`] });
    ops.push(alterTable(to.key, table, [`alter column ${name} set not null`], { phase: 'tighten', rank: 0 }));
  }
  if (from.comment !== to.comment) ops.push({ key: to.key, phase: 'structure', rank: 9, statements: [commentOn(to)] });
  return ops;
}

/** The type's own collation, where the column had another. */
const back = (from: Column): string => (from.collation === undefined ? '' : ' collate pg_catalog."default"');

function sequenceOps(from: Column, to: Column): Op[] {
  const op = (rank: number, statement: string): Op => ({
    key: to.key,
    phase: 'structure',
    rank,
    statements: [statement],
  });
  const [old, next] = [from.sequence, to.sequence];
  // A sequence of identity goes with the identity, and comes with it.
  if (old && next && Boolean(from.identity) === Boolean(to.identity))
    return sequenceChanges(from, to).map((statement) => op(4, statement));
  const ops: Op[] = [];
  if (old && !from.identity) ops.push(op(3, `drop sequence ${nameOf(old.schema, old.name)}`));
  if (next && !to.identity) {
    const column = `${tableOf(to)}.${quoted(to.name)}`;
    ops.push(op(4, `${createSequence(next)} owned by ${column}`));
    ops.push(
      alterTable(
        to.key,
        tableOf(to),
        [`alter column ${quoted(to.name)} set default nextval(${literalName(next.schema, next.name)})`],
        { phase: 'structure', rank: 5 },
      ),
    );
  }
  if (next && (!old || Boolean(from.identity) !== Boolean(to.identity))) ops.push(op(6, startAfterRows(to, next)));
  return ops;
}

/** From the parameters of one column's sequence to another's; both are there, or both are identity's. */
function sequenceChanges(from: Column, to: Column): string[] {
  const [old, next] = [from.sequence, to.sequence];
  if (!old || !next) return [];
  // Identity follows the type of its column.
  const type = from.identity && old.type === from.type ? to.type : old.type;
  const options = changedParameters(old, next, type);
  return options.length > 0 ? [`alter sequence ${nameOf(next.schema, next.name)} ${options.join(' ')}`] : [];
}

/** Lets a new sequence go on after the values that are there. */
function startAfterRows(column: Column, sequence: Sequence): string {
  const next = literalName(sequence.schema, sequence.name);
  const value = `coalesce(max(${quoted(column.name)}) + ${sequence.increment}, ${sequence.start})`;
  return `select setval(${next}, ${value}, false) from ${nameOf(column.schema, column.table)}`;
}
