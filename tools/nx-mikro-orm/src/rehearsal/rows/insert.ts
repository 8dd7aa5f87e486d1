import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Row } from './plan.ts';
import type { TableName } from './table.ts';

export const qualified = ({ schema, name }: TableName): string =>
  `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;

/** One statement that puts these rows in; identity columns take what they are given. */
export function insertOf(table: TableName, rows: readonly Row[]): string {
  const columns = [...(rows[0]?.keys() ?? [])];
  // A row of nothing but defaults cannot be one of several.
  if (columns.length === 0) return rows.map(() => `insert into ${qualified(table)} default values`).join('; ');
  const values = rows.map((row) => `(${columns.map((column) => literal(row.get(column))).join(', ')})`);
  return `insert into ${qualified(table)} (${columns.map((name) => escapeIdentifier(name)).join(', ')})
    overriding system value values ${values.join(',\n')}`;
}

const literal = (value: string | null | undefined): string =>
  value === undefined ? 'default' : value === null ? 'null' : escapeLiteral(value);
