import { asConstraint } from '../catalogue/kinds/constraint.ts';
import { asIndex } from '../catalogue/kinds/index-of-table.ts';
import { literal, typeWord } from '../catalogue/kinds/naming.ts';
import { labelsOf } from '../catalogue/kinds/type.ts';
import type { Item } from '../catalogue/index.ts';
import { asTable } from '../catalogue/kinds/table.ts';
import type { Column } from './column.ts';
import type { ColumnAnswers } from './columns.ts';
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
 * cannot. In a key each row gets one of its own. None in a reference: there `down` fails where the table has rows.
 */
export function neutralAnswer(column: Column, side: Side): ColumnAnswers {
  const { notNull, identity, sequence, generated, schema, table, name, type } = column;
  if (!notNull || column.default !== undefined || identity || sequence || generated) return {};
  const beside = [...side.catalogue.values()].filter((item) => item.schema === schema && item.table === table);
  if (beside.some((item) => isReference(item, name))) return {};
  return beside.some((item) => isKey(item, name)) ? ofItsOwn(column, side) : { fill: neutralOf(type, side) };
}

const numbers: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint']);
const random: Partial<Record<string, string>> = {
  uuid: 'gen_random_uuid()',
  text: 'gen_random_uuid()::text',
  'character varying': 'gen_random_uuid()::text',
};

/** What no two rows have in common. */
function ofItsOwn({ type, schema = 'public', table }: Column, { catalogue }: Side): ColumnAnswers {
  // Identity numbers the rows of one table.
  const isAlone = [...catalogue.values()].every((item) => {
    const { 'partition by': parts, 'partition of': whole, inherits = [] } = asTable(item)?.facts ?? {};
    const isItself = item.schema === schema && item.name === table;
    return !(isItself && (parts ?? whole)) && !inherits.some(([home, name]) => home === schema && name === table);
  });
  return numbers.has(type) && isAlone ? { numbered: true } : { fill: random[type] };
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

/** Whether its values have to be others'. */
const isReference = (item: Item, column: string): boolean => {
  const constraint = asConstraint(item)?.facts;
  return constraint?.type === 'foreign key' && (constraint.columns?.includes(column) ?? false);
};

/** Whether no two rows may be alike in the column; in one of several columns of a key they may. */
function isKey(item: Item, column: string): boolean {
  const constraint = asConstraint(item)?.facts;
  const isAlone = (columns: readonly string[] | undefined) => columns?.length === 1 && columns[0] === column;
  if (constraint) return !['check', 'foreign key'].includes(constraint.type) && isAlone(constraint.columns);
  const index = asIndex(item);
  return index?.facts.unique === true && isAlone(index.layout.key);
}
