/** Keys: how a thing in a database is told from all others. */

/** Parts of a key: the kind, the names from the outside in, and what stands behind them, as a routine's argument types. */
export interface KeyParts {
  kind: Kind;
  names: string[];
  signature: string;
}

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

const plain = /^[a-z_][a-z0-9_$]*$/;
const quoted = (name: string): string => (plain.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

/** Names as a person writes them, quoted only where they have to be: `teacher."Last name"`. */
export const spelled = (names: readonly (string | null | undefined)[]): string =>
  names
    .filter((name) => name !== undefined && name !== null && name !== '')
    .map((name) => quoted(name as string))
    .join('.');

/** The key of a thing: `column public.teacher.name`; its signature is appended as it is. */
export const keyOf = (kind: Kind, names: readonly (string | null | undefined)[], signature = ''): string =>
  `${kind} ${spelled(names)}${signature}`;

/** One name, and where it ends; undefined where no name begins. */
function readName(text: string, from: number): { name: string; end: number } | undefined {
  if (text[from] !== '"') {
    let end = from;
    while (end < text.length && !'."( :'.includes(text[end] ?? '')) end += 1;
    return end === from ? undefined : { name: text.slice(from, end), end };
  }
  let name = '';
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] !== '"') name += text[at];
    else if (text[at + 1] === '"') name += text[(at += 1)];
    else return { name, end: at + 1 };
  }
  return undefined;
}

/** Names with dots between them, as {@link spelled} writes them, and where they end. Undefined for a text that begins otherwise. */
export function readNames(text: string, from = 0): { names: string[]; end: number } | undefined {
  const names: string[] = [];
  for (let at = from; ; at += 1) {
    const found = readName(text, at);
    if (!found) return undefined;
    names.push(found.name);
    at = found.end;
    if (text[at] !== '.') return { names, end: at };
  }
}

/** The parts that a key was made of. */
export function readKey(key: string): KeyParts {
  const kind = kinds.findLast((word) => key.startsWith(`${word} `)) ?? 'table';
  const from = kind.length + 1;
  const found = readNames(key, from);
  return { kind, names: found?.names ?? [], signature: key.slice(found?.end ?? from) };
}

/**
 * The key under which a thing is known when something is called otherwise: with one name a whole schema, with two a table
 * and what hangs on it, with three a column of a table.
 */
export const keyAfterRename = (key: string, from: readonly string[], to: readonly string[]): string => {
  const { kind, names, signature } = readKey(key);
  const [schema, table, column] = from;
  if (column !== undefined) return key === keyOf('column', from) ? keyOf('column', to) : key;
  if (table === undefined && kind === 'schema') return names[0] === schema ? keyOf(kind, to) : key;
  if (names[0] !== schema || kind === 'schema') return key;
  if (table === undefined) return keyOf(kind, [to[0], ...names.slice(1)], signature);
  const isIt = names[1] === table && (names.length > 2 || kind === 'table');
  return isIt ? keyOf(kind, [to[0], to[1], ...names.slice(2)], signature) : key;
};
