import { parseStatements, type NodeOf, type Statement } from './parse.ts';

type Kind = NonNullable<NodeOf<'TransactionStmt'>['kind']>;

/** By PostgreSQL's name for it; `end` is a commit and `abort` a rollback. */
const words: Record<Kind, string> = {
  TRANS_STMT_BEGIN: 'begin',
  TRANS_STMT_START: 'start transaction',
  TRANS_STMT_COMMIT: 'commit',
  TRANS_STMT_ROLLBACK: 'rollback',
  TRANS_STMT_SAVEPOINT: 'savepoint',
  TRANS_STMT_RELEASE: 'release savepoint',
  TRANS_STMT_ROLLBACK_TO: 'rollback to savepoint',
  TRANS_STMT_PREPARE: 'prepare transaction',
  TRANS_STMT_COMMIT_PREPARED: 'commit prepared',
  TRANS_STMT_ROLLBACK_PREPARED: 'rollback prepared',
};

/**
 * A statement begins at the start, after a semicolon, or after a comment. Only texts with one of these words in such a
 * place are parsed: the body of a function, too, but hardly ever a text of data.
 */
const worthParsing =
  /(?:^|;|\*\/|[\n\r])\s*(?:begin|start|commit|end|rollback|abort|savepoint|release|prepare)(?![\w$])/i;

/**
 * The first word by which a text begins, ends or divides a transaction; undefined when it leaves that to the runner, and
 * when the parser rejects it. What stands in strings and in bodies of functions does not count.
 */
export async function transactionControl(sql: string): Promise<string | undefined> {
  if (!worthParsing.test(sql)) return undefined;
  for (const statement of await parseStatements(sql)) {
    const word = transactionWord(statement);
    if (word) return word;
  }
  return undefined;
}

export const transactionWord = ({ type, node }: Statement): string | undefined =>
  type === 'TransactionStmt' && node.kind ? words[node.kind] : undefined;
