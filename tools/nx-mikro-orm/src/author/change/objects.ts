/** Objects that are dropped and made as one: everything but tables and columns. */
import type { Item, Kind } from '../../catalogue/index.ts';
import { nameOf, quoted } from './names.ts';

/** Kinds that hang on a table or read one: they go before it changes, and come when it has. */
export const attachedKinds: ReadonlySet<Kind> = new Set([
  'constraint',
  'index',
  'statistics',
  'rule',
  'trigger',
  'policy',
  'view',
  'materialized view',
]);

/** Kinds that have an argument list after their name. */
const routines: ReadonlySet<Kind> = new Set(['function', 'procedure', 'aggregate']);

/** The name of an item without the argument types that a routine's has. */
export const bareName = ({ kind, name }: Item): string => (routines.has(kind) ? name.replace(/\(.*$/s, '') : name);

export const argumentsOf = ({ kind, name }: Item): string => (routines.has(kind) ? name.slice(name.indexOf('(')) : '');

/** `drop …`, never with cascade. Undefined for kinds that no name and schema is enough for. */
export function dropStatement(item: Item): string | undefined {
  const { kind, schema, table, name } = item;
  switch (kind) {
    case 'constraint':
      return `alter table ${nameOf(schema, table ?? '')} drop constraint ${quoted(name)}`;
    case 'trigger':
    case 'policy':
    case 'rule':
      return `drop ${kind} ${quoted(name)} on ${nameOf(schema, table ?? '')}`;
    case 'column':
      return `alter table ${nameOf(schema, table ?? '')} drop column ${quoted(name)}`;
    case 'function':
    case 'procedure':
    case 'aggregate':
      return `drop ${kind} ${nameOf(schema, bareName(item))}${argumentsOf(item).replace(/\bpublic\./g, '')}`;
    case 'table':
    case 'foreign table':
    case 'view':
    case 'materialized view':
    case 'index':
    case 'statistics':
    case 'sequence':
    case 'type':
    case 'domain':
    case 'collation':
      return `drop ${kind} ${nameOf(schema, name)}`;
    case 'schema':
    case 'extension':
      return `drop ${kind} ${quoted(name)}`;
    default:
      return undefined;
  }
}

/** `alter … rename to …`, where the kind can be renamed in place. */
export function renameStatement({ kind, schema, table, name }: Item, to: string): string | undefined {
  const owner = nameOf(schema, table ?? '');
  switch (kind) {
    case 'constraint':
      return `alter table ${owner} rename constraint ${quoted(name)} to ${quoted(to)}`;
    case 'column':
      return `alter table ${owner} rename column ${quoted(name)} to ${quoted(to)}`;
    case 'trigger':
    case 'policy':
    case 'rule':
      return `alter ${kind} ${quoted(name)} on ${owner} rename to ${quoted(to)}`;
    case 'index':
    case 'statistics':
    case 'table':
    case 'type':
    case 'sequence':
      return `alter ${kind} ${nameOf(schema, name)} rename to ${quoted(to)}`;
    case 'schema':
      return `alter schema ${quoted(name)} rename to ${quoted(to)}`;
    default:
      return undefined;
  }
}
