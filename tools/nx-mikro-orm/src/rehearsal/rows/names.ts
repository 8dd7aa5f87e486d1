/** What things are called after a change. Pure. */
import type { HeldColumn } from './read.ts';
import type { TableName } from './table.ts';

/** Something that is called otherwise from then on. In a list, each is said of what those before it have left. */
export interface RenamedThing {
  /** `schema`, `table`, `column`, or `value` for a label of an enum; others have no part in this. */
  kind: string;
  schema?: string | undefined;
  /** The table of a column; the type of a value. */
  table?: string | undefined;
  name: string;
  /** Of a value also: what rows that hold it get in its place. */
  to: string;
  /** Of a table that moves. */
  toSchema?: string | undefined;
}

const publicSchema = 'public';

export const tableAfter = (table: TableName, names: readonly RenamedThing[]): TableName =>
  names.reduce<TableName>(({ schema, name }, one) => {
    if (one.kind === 'schema' && one.name === schema) return { schema: one.to, name };
    if (one.kind !== 'table' || (one.schema ?? publicSchema) !== schema || one.name !== name) return { schema, name };
    return { schema: one.toSchema ?? schema, name: one.to };
  }, table);

export function columnAfter(table: TableName, column: string, names: readonly RenamedThing[]): string {
  let name = column;
  for (const [at, one] of names.entries()) {
    if (one.kind !== 'column' || one.name !== name) continue;
    // The column's table may be named as it is at that moment, or as it is in the end.
    const owners = [tableAfter(table, names.slice(0, at)), tableAfter(table, names)];
    if (owners.some((owner) => owner.schema === (one.schema ?? publicSchema) && owner.name === one.table))
      name = one.to;
  }
  return name;
}

/** What a value has to be afterwards, if all that happens to it is that labels of its enum are called otherwise. */
export function valueAfter(values: HeldColumn['values'], names: readonly RenamedThing[]): (text: string) => string {
  const map = new Map<string, string>();
  for (const one of names)
    if (one.kind === 'value' && values && (one.schema ?? publicSchema) === values.schema && one.table === values.name)
      map.set(one.name, one.to);
  if (map.size === 0) return (text) => text;
  const next = (label: string) => map.get(label) ?? label;
  return (text) =>
    /^[[{(]/.test(text) && !values?.labels.includes(text)
      ? text.replaceAll(/"((?:[^"\\]|\\.)*)"|[^{},[\]():=]+/g, (whole, quoted?: string) =>
          element(next(quoted === undefined ? whole : quoted.replaceAll(/\\(.)/g, '$1')), whole),
        )
      : next(text);
}

/** An element as arrays are printed: in quotes only where it has to be. */
const element = (label: string, printed: string): string => {
  if (printed === 'NULL') return printed;
  return label === '' || /[{},"\\\s]/.test(label) || label.toLowerCase() === 'null'
    ? `"${label.replaceAll(/["\\]/g, '\\$&')}"`
    : label;
};
