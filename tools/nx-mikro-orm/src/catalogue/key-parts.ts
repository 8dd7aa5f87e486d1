/** The parts that a key was made of, and the same key with other ones. */
import { keyOf, readNames, type Kind } from './key.ts';
import { kinds } from './kinds/index.ts';

/** Parts of a key: the kind, the names from the outside in, and what stands behind them, as a routine's argument types. */
export interface KeyParts {
  kind: Kind;
  names: string[];
  signature: string;
}

/** `operator class …` begins with another kind's word. */
const longestFirst = kinds.toSorted((a, b) => b.length - a.length);

/** The parts that a key was made of. */
export function readKey(key: string): KeyParts {
  const kind = longestFirst.find((word) => key.startsWith(`${word} `)) ?? 'table';
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
