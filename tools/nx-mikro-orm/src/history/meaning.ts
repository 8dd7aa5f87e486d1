import { createHash } from 'node:crypto';
import { normalSql } from '../sql/normal.ts';

/** What a revision does. */
export interface Meaning {
  up: readonly string[];
  /** Undefined when there is no down. */
  down: readonly string[] | undefined;
  transactional: boolean;
  /** The normal form of its source (code.ts), when it also runs code; undefined when it only sends statements. */
  code: string | undefined;
}

/** An empty text is sent to nobody. */
export const isStatement = (sql: string): boolean => sql.trim() !== '';

/**
 * The checksum of what a revision means, SHA-256 in hex: the same for as long as only comments, formatting and line endings
 * change. Blank statements do not count.
 *
 * Ledgers keep it for years. Whatever is changed here, or in the normal forms, makes every applied revision look edited;
 * so a new way to compute it needs a new word at the beginning of the text, and a reader that still knows the old one.
 */
export function checksumOf({ up, down, transactional, code }: Meaning): string {
  const statements = (list: readonly string[]) => list.map(normalSql).filter((sql) => sql !== '');
  const text = JSON.stringify([
    'meaning-1',
    statements(up),
    down ? statements(down) : null,
    transactional,
    code ?? null,
  ]);
  return createHash('sha256').update(text).digest('hex');
}
