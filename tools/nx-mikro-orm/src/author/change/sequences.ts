/** The sequences behind identity and serial columns. */
import type { Column, Sequence } from './column.ts';
import { literalName, nameOf, quoted } from './names.ts';

/** What `serial` is called for each type. */
export const serialTypes: Record<string, string> = {
  smallint: 'smallserial',
  integer: 'serial',
  bigint: 'bigserial',
};

const last: Record<string, string> = { smallint: '32767', integer: '2147483647', bigint: '9223372036854775807' };

/** The parameters that are not what a sequence of the type `like` has by itself. */
function unusual(sequence: Sequence, like: string): string[] {
  const { type, increment, min, max, start, cache, cycle } = sequence;
  const down = increment.startsWith('-');
  return [
    type === like ? '' : `as ${type}`,
    increment === '1' ? '' : `increment by ${increment}`,
    min === (down ? `-${BigInt(last[type] ?? '0') + 1n}` : '1') ? '' : `minvalue ${min}`,
    max === (down ? '-1' : last[type]) ? '' : `maxvalue ${max}`,
    start === (down ? max : min) ? '' : `start with ${start}`,
    cache === '1' ? '' : `cache ${cache}`,
    cycle ? 'cycle' : '',
  ].filter(Boolean);
}

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

/** From the parameters of one column's sequence to another's; both are there, or both are identity's. */
export function sequenceChanges(from: Column, to: Column): string[] {
  const [old, next] = [from.sequence, to.sequence];
  if (!old || !next) return [];
  // Identity follows the type of its column.
  const type = from.identity && old.type === from.type ? to.type : old.type;
  const bound = (value: string, own: string) => (value === last[own] ? 'last' : value);
  const options = [
    type === next.type ? '' : `as ${next.type}`,
    old.increment === next.increment ? '' : `increment by ${next.increment}`,
    old.min === next.min ? '' : `minvalue ${next.min}`,
    bound(old.max, old.type) === bound(next.max, next.type) ? '' : `maxvalue ${next.max}`,
    old.start === next.start ? '' : `start with ${next.start}`,
    old.cache === next.cache ? '' : `cache ${next.cache}`,
    old.cycle === next.cycle ? '' : next.cycle ? 'cycle' : 'no cycle',
  ].filter(Boolean);
  return options.length > 0 ? [`alter sequence ${nameOf(next.schema, next.name)} ${options.join(' ')}`] : [];
}

/** Lets a new sequence go on after the values that are there. */
export function startAfterRows(column: Column, sequence: Sequence): string {
  const next = literalName(sequence.schema, sequence.name);
  const value = `coalesce(max(${quoted(column.name)}) + ${sequence.increment}, ${sequence.start})`;
  return `select setval(${next}, ${value}, false) from ${nameOf(column.schema, column.table)}`;
}
