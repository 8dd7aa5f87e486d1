import { createHash } from 'node:crypto';
import { normalSql } from '../sql/normal.ts';

/** A short digest of statements that does not change with white space. */
const statementsDigest = (statements: readonly string[]): string =>
  createHash('sha256')
    .update(statements.map((sql) => sql.replace(/\s+/g, ' ').trim()).join('\n'))
    .digest('hex')
    .slice(0, 12);

/** What a revision carries of the statements that `create` wrote, up and down. */
export const generatedDigest = ({ up, down }: { up: readonly string[]; down: readonly string[] }): string =>
  `${statementsDigest(up)} ${statementsDigest(down)}`;

/** Whether what takes a revision up is still as `create` wrote it; where it is not, somebody edited it. */
export const isUpAsGenerated = (generated: string | undefined, up: readonly string[]): boolean =>
  generated?.split(' ')[0] === statementsDigest(up);

/** The same of the way down. Earlier releases recorded nothing of it. */
export const isDownAsGenerated = (generated: string | undefined, down: readonly string[] | undefined): boolean => {
  const [, recorded] = generated?.split(' ') ?? [];
  return recorded === undefined || (down !== undefined && recorded === statementsDigest(down));
};

/** A digest of one statement that does not change with comments and layout: by it, a resumed run knows it again. */
export const statementDigest = (sql: string): string =>
  createHash('sha256').update(normalSql(sql)).digest('hex').slice(0, 16);
