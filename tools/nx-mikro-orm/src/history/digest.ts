import { createHash } from 'node:crypto';
import { normalSql } from '../sql/normal.ts';

/** Revisions have digests of it in them, so that it stays as it is, whatever `oneLine` becomes. */
const squeezed = (sql: string): string => sql.replace(/\s+/g, ' ').trim();

/** A short digest of statements that does not change with white space. */
const statementsDigest = (statements: readonly string[]): string =>
  createHash('sha256').update(statements.map(squeezed).join('\n')).digest('hex').slice(0, 12);

/** Length of what stands for one statement in a revision: 24 bits as base64. */
const markLength = 4;

const markOf = (sql: string): string =>
  createHash('sha256').update(squeezed(sql)).digest('base64url').slice(0, markLength);

/** What a revision carries of the statements that `create` wrote: a digest of all that go up, one of all that go down, and a mark of each that goes up. */
export const generatedDigest = ({ up, down }: { up: readonly string[]; down: readonly string[] }): string =>
  [statementsDigest(up), statementsDigest(down), up.map(markOf).join('')].filter(Boolean).join(' ');

/**
 * Which statements of an edited revision are not `create`'s: true for each that somebody added or changed. Undefined where
 * that cannot be told, as earlier releases recorded no marks: then only statements that stand together are found.
 */
export function statementsByHand(generated: string, up: readonly string[]): boolean[] | undefined {
  const [whole, , marks] = generated.split(' ');
  if (marks === undefined) return addedRun(whole, up);
  const left: string[] = marks.match(new RegExp(`.{${markLength}}`, 'g')) ?? [];
  return up.map((sql) => {
    const at = left.indexOf(markOf(sql));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Statements that stand together, without which the rest has the digest. */
function addedRun(digest: string | undefined, up: readonly string[]): boolean[] | undefined {
  for (let length = 1; length < up.length; length++)
    for (let from = 0; from + length <= up.length; from++)
      if (statementsDigest(up.toSpliced(from, length)) === digest)
        return up.map((_, at) => at >= from && at < from + length);
  return undefined;
}

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
