import type { DatabaseError } from 'pg';
import { problem } from '../errors.ts';
import type { Bookkeeping } from '../ledger/bookkeeping.ts';
import { dropInvalid, invalidIndexes, type InvalidIndex } from '../run/resume/evidence/invalid.ts';
import type { Inconsistency, InconsistencyKind } from './finding.ts';

/** An index that a concurrent build left behind: every write pays for it, and no query uses it. */
export const invalidIndex: InconsistencyKind = {
  kind: 'invalid-index',
  needs: 'database',
  flags: ['reindex'],
  find: async ({ client }) => (await invalidIndexes(client)).map(findingOf),
};

function findingOf(found: InvalidIndex): Inconsistency {
  const { index, table, definition, bytes, constraint, leftover } = found;
  return {
    kind: 'invalid-index',
    weight: 'wrong',
    about: [index],
    found: `${index} on ${table} is INVALID: a concurrent build of it did not finish. Every write pays for it, and no query uses it.`,
    evidence: [
      definition,
      `${bytes} bytes${constraint === undefined ? '' : `, behind the constraint ${constraint}`}${leftover ? ', a copy that \`reindex concurrently\` left' : ''}`,
    ],
    next: [],
    remedies: [
      {
        flag: 'reindex',
        when: leftover ? 'to drop it beside the traffic' : 'to build it again beside the traffic',
        mend: (bookkeeping) => (leftover ? drop(bookkeeping, index) : rebuild(bookkeeping, found)),
      },
    ],
  };
}

async function drop({ client, books }: Bookkeeping, index: string): Promise<string> {
  const { journal } = await books();
  const kept = await dropInvalid(client, index);
  if (kept) throw problem('repair-failed', { what: `Dropping ${index}`, message: kept.why, sqlstate: undefined });
  await journal.add(client, { event: 'repaired', sql: `drop index concurrently ${index}` });
  return `${index} was dropped.`;
}

async function rebuild({ client, books }: Bookkeeping, { index, table }: InvalidIndex): Promise<string> {
  const { journal } = await books();
  const sql = `reindex index concurrently ${index}`;
  const invalid = async () => (await invalidIndexes(client, [table])).map((one) => one.index);
  const before = await invalid();
  try {
    await client.query(sql);
    // What PostgreSQL cannot build again concurrently, it leaves out with no more than a warning.
    if ((await invalid()).includes(index)) throw new Error('PostgreSQL does not build it again concurrently');
  } catch (error) {
    const { message, code: sqlstate } = error as Partial<DatabaseError> & Error;
    // The attempt leaves an INVALID copy of its own.
    for (const left of await invalid()) if (!before.includes(left)) await dropInvalid(client, left);
    await journal.add(client, { event: 'failed', sql, message, sqlstate });
    throw problem('repair-failed', { what: sql, message, sqlstate }, error);
  }
  await journal.add(client, { event: 'repaired', sql });
  return `${index} was built again, and is valid.`;
}
