/** Tables as lines of text, laid out as psql does. */
import width from 'fast-string-width';
import type { NamedPart, TableDetails, TableLine } from './inspect.ts';

const left = (text: string, size: number): string => text + ' '.repeat(Math.max(0, size - width(text)));
const right = (text: string, size: number): string => ' '.repeat(Math.max(0, size - width(text))) + text;
const centre = (text: string, size: number): string =>
  left(' '.repeat(Math.max(0, Math.floor((size - width(text)) / 2))) + text, size);

/** A title, a row of headers, a rule, and the rows; the columns at `numbers` are aligned right. */
const grid = (title: string, headers: string[], rows: string[][], numbers: number[] = []): string[] => {
  const sizes = headers.map((header, at) =>
    Math.max(...[header, ...rows.map((row) => row[at] ?? '')].map((cell) => width(cell))),
  );
  const size = (at: number): number => sizes[at] ?? 0;
  const total = sizes.reduce((sum, one) => sum + one + 3, -1);
  const line = (cells: string[]): string => ` ${cells.join(' | ')}`.trimEnd();
  return [
    centre(title, total).trimEnd(),
    line(headers.map((header, at) => centre(header, size(at)))),
    sizes.map((one) => '-'.repeat(one + 2)).join('+'),
    ...rows.map((row) => line(row.map((cell, at) => (numbers.includes(at) ? right : left)(cell, size(at))))),
  ];
};

/** The list of tables, with the estimated number of rows where the server has counted any. */
export function tableLines(tables: TableLine[]): string[] {
  const counted = tables.some(({ rows }) => rows !== null);
  return grid(
    'List of relations',
    ['Schema', 'Name', 'Type', ...(counted ? ['Rows'] : [])],
    tables.map(({ schema, name, kind, rows }) => [
      ...[schema, name, kind],
      ...(counted ? [rows === null ? '' : `~${rows}`] : []),
    ]),
    [3],
  );
}

const quoted = (name: string): string => `"${name}"`;

const section = (title: string, lines: string[]): string[] =>
  lines.length ? [`${title}:`, ...lines.map((line) => `    ${line}`)] : [];

const named = ({ name, definition }: NamedPart): string => `${quoted(name)} ${definition}`;

/** What stands behind the word in the server's text of a trigger, as psql shows it. */
const behindTrigger = (definition: string): string =>
  definition.slice(definition.indexOf(' TRIGGER ') + ' TRIGGER '.length);

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** One table: its columns, then what hangs on it. */
export const detailLines = (table: TableDetails): string[] => [
  ...grid(
    `${capital(table.kind)} "${table.schema}.${table.name}"`,
    ['Column', 'Type', 'Collation', 'Nullable', 'Default'],
    table.columns.map((column) => [
      column.name,
      column.type,
      column.collation ?? '',
      column.nullable ? '' : 'not null',
      column.default ?? '',
    ]),
  ),
  ...(table.partitionOf === null ? [] : [`Partition of: ${table.partitionOf}`]),
  ...(table.partitionKey === null ? [] : [`Partition key: ${table.partitionKey}`]),
  ...section('Indexes', table.indexes.map(named)),
  ...section('Check constraints', table.checks.map(named)),
  ...section('Foreign-key constraints', table.foreignKeys.map(named)),
  ...section(
    'Referenced by',
    table.referencedBy.map((by) => `TABLE ${quoted(by.table)} CONSTRAINT ${named(by)}`),
  ),
  ...section('Policies', table.policies.map(quoted)),
  ...section(
    'Triggers',
    table.triggers.filter(({ enabled }) => enabled).map(({ definition }) => behindTrigger(definition)),
  ),
  ...section(
    'Disabled triggers',
    table.triggers.filter(({ enabled }) => !enabled).map(({ definition }) => behindTrigger(definition)),
  ),
];
