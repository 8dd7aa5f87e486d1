import { createHash } from 'node:crypto';

/**
 * A short digest of statements that does not change with white space. A revision carries the digest of what `create`
 * wrote; when its statements no longer have it, somebody edited them.
 */
export const statementsDigest = (statements: readonly string[]): string =>
  createHash('sha256')
    .update(statements.map((sql) => sql.replace(/\s+/g, ' ').trim()).join('\n'))
    .digest('hex')
    .slice(0, 12);
