/** A survival in words. Pure. */
import { keyOf } from '../../catalogue/index.ts';
import type { RowChange } from './compare.ts';
import type { Failure, Lost, Survival } from './survival.ts';
import type { TableName } from './table.ts';
import { shortened } from '../../text/line.ts';
import { counted } from '../../text/count.ts';

export interface Sentences {
  /** What becomes of values on the way up. */
  up: string;
  /** What comes back; undefined where there is no way back. */
  down: string | undefined;
  /** One for each failure. */
  failures: string[];
}

export function sentencesOf({ tables, rows, failures, changed, lost }: Survival): Sentences {
  const other = changed.filter(({ up }) => up !== 'same');
  const kept = failures.some(({ stage }) => stage === 'up')
    ? 'not all values are kept'
    : 'every value that stays is kept';
  const changes = other.map(({ table, column, example }) => `${shown(table, column)}${arrow(example)}`);
  return {
    up: `${counted(rows, 'row')} in ${counted(tables, 'table')}: ${kept}${
      other.length > 0
        ? `; ${counted(other.length, 'column')} of values ${is(other.length)} converted: ${changes.join(', ')}`
        : ''
    }`,
    down: lost && downOf(lost),
    failures: failures.map(sentenceOf),
  };
}

function downOf(lost: readonly Lost[]): string {
  if (lost.length === 0) return 'down restores the structure and every value';
  const columns = lost.filter(({ column }) => column !== undefined);
  const tables = lost.filter(({ column }) => column === undefined);
  const parts = [
    ...(tables.length > 0 ? [`the rows of ${counted(tables.length, 'table')}`] : []),
    ...(columns.length > 0 ? [`the values of ${counted(columns.length, 'column')}`] : []),
  ];
  return `down restores the structure, but not ${parts.join(' and ')}: ${lost.map(({ table, column }) => shown(table, column)).join(', ')}`;
}

function sentenceOf({ stage, table, column, count, what, example }: Failure): string {
  const place = shown(table, column);
  if (what === 'values differ')
    return `${stage}: ${counted(count, 'value')} of ${place} ${is(count)} not what ${count === 1 ? 'it was' : 'they were'}${arrow(example)}`;
  if (what === 'the column is not there') return `${stage}: ${place} does not come back`;
  return what === 'rows are lost'
    ? `${stage}: ${counted(count, 'row')} of ${place} ${is(count)} gone`
    : `${stage}: ${counted(count, 'row')} more in ${place} than before`;
}

const is = (count: number): string => (count === 1 ? 'is' : 'are');

/** As in the flags of `create`: with the schema in front where it is not `public`. */
const shown = ({ schema, name }: TableName, column?: string): string =>
  keyOf('column', [schema === 'public' ? undefined : schema, name, column]).slice('column '.length);

const longest = 40;
const value = (text: string | null): string => (text === null ? 'null' : JSON.stringify(shortened(text, longest)));
const arrow = (example: RowChange | undefined): string =>
  example ? ` (${value(example[0])} → ${value(example[1])})` : '';
