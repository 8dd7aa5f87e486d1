/** Columns as a change looks at them. */
import { serialTypes, type ColumnItem } from '../catalogue/kinds/column.ts';
import { nameOf, quoted } from '../catalogue/kinds/naming.ts';
import { unusual, type Parameters } from '../catalogue/kinds/sequence.ts';

/** The sequence that belongs to an identity or serial column. */
export interface Sequence extends Parameters {
  schema: string;
  name: string;
}

export interface Column {
  key: string;
  schema: string;
  table: string;
  name: string;
  /** With its modifier, as the server prints it. */
  type: string;
  /** Qualified; undefined for the type's own. */
  collation: string | undefined;
  notNull: boolean;
  /** As the server prints it; undefined for identity, generated columns and serials. */
  default: string | undefined;
  identity: 'always' | 'by default' | undefined;
  generated: { as: string; stored: boolean } | undefined;
  /** Of identity columns, and of those whose default is their own sequence. */
  sequence: Sequence | undefined;
  comment: string | undefined;
  /** It comes from a parent table, and changes with it. */
  inherited: boolean;
  item: ColumnItem;
}

export function columnOf(item: ColumnItem): Column {
  const { key, schema = 'public', table = '', name, facts, layout } = item;
  const { type, collation, identity, generated, comment } = facts;
  const [home, called] = layout.sequence ?? [];
  const sequence =
    facts.sequence && home !== undefined && called !== undefined
      ? { ...facts.sequence, schema: home, name: called }
      : undefined;
  return {
    ...{ key, schema, table, name, type, collation, identity, generated, comment, sequence, item },
    notNull: facts['not null'] === true,
    default: generated || sequence ? undefined : facts.default,
    inherited: layout.inherited === true,
  };
}

export const tableOf = ({ schema, table }: Pick<Column, 'schema' | 'table'>): string => nameOf(schema, table);

const usualName = ({ schema, table, name }: Column, sequence: Sequence): boolean =>
  sequence.schema === schema && sequence.name === `${table}_${name}_seq`;

/** Whether `serial` says all there is to say of the column. */
export const isSerial = (column: Column): boolean =>
  column.sequence !== undefined &&
  column.identity === undefined &&
  column.notNull &&
  column.type in serialTypes &&
  usualName(column, column.sequence) &&
  unusual(column.sequence, column.type).length === 0;

/** ` (…)` after `as identity`, where there is something to say. */
export function identityOptions(column: Column): string {
  const { sequence } = column;
  if (!sequence) return '';
  const named = usualName(column, sequence) ? [] : [`sequence name ${nameOf(sequence.schema, sequence.name)}`];
  const options = [...named, ...unusual(sequence, column.type)];
  return options.length > 0 ? ` (${options.join(' ')})` : '';
}

export const createSequence = (sequence: Sequence): string =>
  [`create sequence ${nameOf(sequence.schema, sequence.name)}`, ...unusual(sequence, 'bigint')].join(' ');

/** A column's name with its table's. */
export const columnName = (column: Column): string => `${tableOf(column)}.${quoted(column.name)}`;
