/** What a catalogue is made of: plain values that can be compared, printed and stored. */

const kinds = [
  'database',
  'schema',
  'extension',
  'language',
  'access method',
  'collation',
  'conversion',
  'type',
  'domain',
  'function',
  'procedure',
  'aggregate',
  'operator',
  'operator family',
  'operator class',
  'cast',
  'transform',
  'text search parser',
  'text search template',
  'text search dictionary',
  'text search configuration',
  'foreign data wrapper',
  'server',
  'user mapping',
  'sequence',
  'table',
  'foreign table',
  'column',
  'constraint',
  'view',
  'materialized view',
  'index',
  'statistics',
  'rule',
  'trigger',
  'policy',
  'event trigger',
  'publication',
  'subscription',
  'default privileges',
] as const;

export type Kind = (typeof kinds)[number];

/** One thing in a database and its definition as the server prints it. */
export interface Item {
  /** `column public.teacher.name`; parts that are not plain lower-case words are quoted. */
  key: string;
  kind: Kind;
  schema?: string;
  /** The unqualified name of the table, view or foreign table it belongs to. */
  table?: string;
  /** As stored, unquoted; a routine's has its argument types: `touch(integer)`. */
  name: string;
  definition: string;
}

export type Catalogue = Map<string, Item>;

/** The part of pg.Client that is needed. */
export interface Client {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

const plain = /^[a-z_][a-z0-9_$]*$/;
const quoted = (name: string): string => (plain.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

/** The key of an item; `suffix` (argument types) is appended as it is. */
export const keyOf = (kind: Kind, names: readonly (string | null | undefined)[], suffix = ''): string => {
  let key = '';
  for (const name of names) if (name) key += (key && '.') + quoted(name);
  return `${kind} ${key}${suffix}`;
};

const part = /"((?:[^"]|"")*)"|([^."(\s]+)/y;

/** The kind, the names and the suffix that a key was made of. */
export const readKey = (key: string): { kind: Kind; names: string[]; suffix: string } => {
  const kind = kinds.findLast((word) => key.startsWith(`${word} `)) ?? 'table';
  const names: string[] = [];
  let at = kind.length + 1;
  for (;;) {
    part.lastIndex = at;
    const match = part.exec(key);
    if (!match) break;
    names.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    at = part.lastIndex;
    if (key[at] !== '.') break;
    at += 1;
  }
  return { kind, names, suffix: key.slice(at) };
};

/**
 * The key under which a thing is known when something is called otherwise: with one name a whole schema, with two a table
 * and what hangs on it, with three a column of a table.
 */
export const keyAfterRename = (key: string, from: readonly string[], to: readonly string[]): string => {
  const { kind, names, suffix } = readKey(key);
  const [schema, table, column] = from;
  if (column !== undefined) return key === keyOf('column', from) ? keyOf('column', to) : key;
  if (names[0] !== schema) return key;
  if (table === undefined) return keyOf(kind, [to[0], ...names.slice(1)], suffix);
  const isIt = names[1] === table && (names.length > 2 || kind === 'table');
  return isIt ? keyOf(kind, [to[0], to[1], ...names.slice(2)], suffix) : key;
};
