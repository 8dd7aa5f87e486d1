import { createHash } from 'node:crypto';
import { normalSql } from '../sql/normal.ts';

/**
 * A short digest of statements that does not change with white space. A revision carries the digest of what `create`
 * wrote; when its statements no longer have it, somebody edited them.
 */
export const statementsDigest = (statements: readonly string[]): string =>
  createHash('sha256')
    .update(statements.map((sql) => sql.replace(/\s+/g, ' ').trim()).join('\n'))
    .digest('hex')
    .slice(0, 12);

/** A digest of one statement that does not change with comments and layout: by it, a resumed run knows it again. */
export const statementDigest = (sql: string): string =>
  createHash('sha256').update(normalSql(sql)).digest('hex').slice(0, 16);
