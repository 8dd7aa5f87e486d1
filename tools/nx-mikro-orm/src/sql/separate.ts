import { isConcurrent } from './kind.ts';
import { commits } from './body.ts';
import { loadParser, parseStatements, type Statement } from './parse.ts';

/** Another statement follows: only such a text is parsed. */
const isSeveral = /;\s*\S/;

/** They refuse a transaction, or begin and end their own. Known beforehand, unlike what is found out by trying. */
const alone: ReadonlySet<Statement['type']> = new Set<Statement['type']>([
  'VacuumStmt',
  'CreatedbStmt',
  'DropdbStmt',
  'CreateTableSpaceStmt',
  'DropTableSpaceStmt',
  'AlterSystemStmt',
  'CreateSubscriptionStmt',
  'DropSubscriptionStmt',
  'AlterSubscriptionStmt',
  'CallStmt',
]);

/**
 * Texts that run outside of a transaction, one by one: the server takes several statements of one text as one transaction, which
 * some of them refuse. Where one does, each is sent by itself; other texts stay whole, and are done as a whole.
 */
export async function separate(texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const text of texts) found.push(...(isSeveral.test(text) ? await parts(text) : [text]));
  return found;
}

/** Whether a text has to be sent by itself, as far as can be known without trying. */
export async function isAlone(sql: string): Promise<boolean> {
  const statements = await parseStatements(sql);
  const { body } = await loadParser();
  return statements.some(
    (one) => alone.has(one.type) || isConcurrent(one) || (one.type === 'DoStmt' && commits(body(one.text))),
  );
}

async function parts(text: string): Promise<string[]> {
  const statements = await parseStatements(text);
  const isSeparate = statements.length > 1 && statements.some((one) => alone.has(one.type) || isConcurrent(one));
  return isSeparate ? statements.map((one) => one.text) : [text];
}
