import type { Client } from '../../catalogue/index.ts';
import { multi } from '../../sql/multi.ts';
import { codeOf, isOfClass, isSqlstate } from '../../sql/sqlstate.ts';

/** What came of statements that the server may refuse. */
export interface InsertOutcome {
  /** Of the first of them. */
  rows: unknown[];
  /** The server's reason. */
  refused: string | undefined;
}

/** Sends statements in a savepoint of their own. */
export async function tryInsert(client: Client, statements: string): Promise<InsertOutcome> {
  // By itself: where the server cannot parse one statement of a string, it does nothing of it.
  await client.query('savepoint attempt');
  try {
    const [first] = await multi(client, [statements, 'release savepoint attempt']);
    return { rows: first?.rows ?? [], refused: undefined };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await client.query('rollback to savepoint attempt; release savepoint attempt');
    return { rows: [], refused: reasonOf(error) };
  }
}

/** The server's answer to a statement, not the end of the connection, of the server or of its disk. */
const isRefusal = (error: unknown): error is Error & { code: string } =>
  error instanceof Error &&
  isSqlstate(codeOf(error)) &&
  !isOfClass(error, 'connectionException', 'insufficientResources', 'operatorIntervention');

const reasonOf = (error: Error & { detail?: string }): string => {
  const [sentence = ''] = error.message.split('\n');
  return error.detail ? `${sentence}: ${error.detail.split('\n')[0]}` : sentence;
};
