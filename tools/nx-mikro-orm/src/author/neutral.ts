import type { Column } from './change/column.ts';
import { labelsOf } from './change/enums.ts';
import type { Side } from './change/side.ts';
import { escapeLiteral } from 'pg';

const byType: [RegExp, string][] = [
  [/\[\]$/, "'{}'"],
  [/^(smallint|integer|bigint|numeric|real|double precision|money)/, '0'],
  [/^(text|character|name|citext|"char")/, "''"],
  [/^boolean/, 'false'],
  [/^timestamp/, "'epoch'"],
  [/^date/, "'epoch'"],
  [/^time/, "'00:00'"],
  [/^interval/, "'0'"],
  [/^uuid/, "'00000000-0000-0000-0000-000000000000'"],
  [/^jsonb?$/, "'{}'"],
  [/^bytea/, "''"],
  [/^inet/, "'0.0.0.0'"],
  [/^tsvector/, "''"],
];

/**
 * What rows get in a column that comes back after it was dropped and may not be empty: the structure comes back, the values
 * cannot. None where it would not hold for two rows, in a key or a reference: there `down` fails where the table has rows.
 */
export function neutralValue(column: Column, side: Side): string | undefined {
  const { notNull, identity, sequence, generated, schema, table, name, type } = column;
  if (!notNull || column.default !== undefined || identity || sequence || generated) return undefined;
  const own = `"?${name.replace(/[^\w]/g, '\\$&')}"?`;
  // One of several columns of a key may be alike in all rows.
  const alone = new RegExp(`^(PRIMARY KEY|UNIQUE[A-Z ]*|EXCLUDE.*?) \\(${own}[ )]|^CREATE UNIQUE .*? \\(${own}[ )]`);
  const reference = new RegExp(`^FOREIGN KEY \\((.*, )?${own}[,)]`);
  for (const item of side.catalogue.values())
    if (item.schema === schema && item.table === table && [alone, reference].some((form) => form.test(item.definition)))
      return undefined;
  const found = byType.find(([form]) => form.test(type))?.[1];
  if (found) return found;
  const [of, label] = [type.replaceAll('"', ''), (text: string) => escapeLiteral(text)];
  const item = [...side.catalogue.values()].find((one) => one.kind === 'type' && `${one.schema}.${one.name}` === of);
  const first = item && labelsOf(item)?.[0];
  return first === undefined ? undefined : label(first);
}
