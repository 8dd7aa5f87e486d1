import { asConstraint } from '../catalogue/kinds/constraint.ts';
import { asIndex } from '../catalogue/kinds/index-of-table.ts';
import { literal, typeWord } from '../catalogue/kinds/naming.ts';
import { labelsOf } from '../catalogue/kinds/type.ts';
import type { Item } from '../catalogue/index.ts';
import type { Column } from './column.ts';
import type { DomainFacts } from '../catalogue/kinds/domain.ts';
import { isOf } from './enums.ts';
import { isValueType, type Side } from './side.ts';

/** By the first word of the type. */
const neutral: Partial<Record<string, string>> = {
  '[]': "'{}'",
  smallint: '0',
  integer: '0',
  bigint: '0',
  numeric: '0',
  real: '0',
  double: '0',
  money: '0',
  text: "''",
  character: "''",
  name: "''",
  citext: "''",
  char: "''",
  boolean: 'false',
  timestamp: "'epoch'",
  date: "'epoch'",
  time: "'00:00'",
  interval: "'0'",
  uuid: "'00000000-0000-0000-0000-000000000000'",
  json: "'{}'",
  jsonb: "'{}'",
  bytea: "''",
  inet: "'0.0.0.0'",
  cidr: "'0.0.0.0/0'",
  tsvector: "''",
  tsquery: "''",
  int4range: "'empty'",
  int8range: "'empty'",
  numrange: "'empty'",
  tsrange: "'empty'",
  tstzrange: "'empty'",
  daterange: "'empty'",
  int4multirange: "'{}'",
  int8multirange: "'{}'",
  nummultirange: "'{}'",
  tsmultirange: "'{}'",
  tstzmultirange: "'{}'",
  datemultirange: "'{}'",
  xml: "''",
  point: "'(0,0)'",
};

/**
 * What rows get in a column that comes back after it was dropped and may not be empty: the structure comes back, the values
 * cannot. None where it would not hold for two rows, in a key or a reference: there `down` fails where the table has rows.
 */
export function neutralValue(column: Column, side: Side): string | undefined {
  const { notNull, identity, sequence, generated, schema, table, name, type } = column;
  if (!notNull || column.default !== undefined || identity || sequence || generated) return undefined;
  for (const item of side.catalogue.values())
    if (item.schema === schema && item.table === table && isHeldBy(item, name)) return undefined;
  return neutralOf(type, side);
}

/** A value of a type, or of what its domain is made of, that says as little as possible. */
export function neutralOf(type: string, side: Side): string | undefined {
  const found = neutral[typeWord(type)];
  if (found !== undefined) return found;
  const own = [...side.catalogue.values()].find((item) => isValueType(item) && isOf(item, type));
  const [first] = labelsOf(own) ?? [];
  if (first !== undefined) return literal(first);
  if (own?.kind === 'domain') return neutralOf((own.facts as DomainFacts).type, side);
  return own && 'range' in own.facts ? "'empty'" : undefined;
}

/** Whether no two rows may be alike in the column, or its values have to be others'. One of several columns of a key may be. */
function isHeldBy(item: Item, column: string): boolean {
  const constraint = asConstraint(item)?.facts;
  if (constraint?.type === 'foreign key') return constraint.columns?.includes(column) ?? false;
  const isAlone = (columns: readonly string[] | undefined) => columns?.length === 1 && columns[0] === column;
  if (constraint) return constraint.type !== 'check' && isAlone(constraint.columns);
  const index = asIndex(item);
  return index?.facts.unique === true && isAlone(index.layout.key);
}
