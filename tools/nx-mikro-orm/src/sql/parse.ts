import { setFlagsFromString } from 'node:v8';
import type { Node } from 'libpg-query';

type Named<T> = T extends unknown ? keyof T : never;

/** The name of a node of PostgreSQL's parse tree, such as `IndexStmt`. */
export type NodeType = Named<Node>;

/** The fields of a node: those of the struct of the same name in PostgreSQL's source; what is zero or false is left out. */
export type NodeOf<Type extends NodeType> = Extract<Node, Record<Type, unknown>>[Type];

type StatementType = Extract<NodeType, `${string}Stmt`>;

/** One statement of a text. */
export type Statement = {
  /** As it is written, without the semicolon; a comment before its first word does not belong to it. */
  text: string;
  /** Where it begins in the text that it was read from. */
  at: number;
} & (
  | { [Type in StatementType]: { type: Type; node: NodeOf<Type> } }[StatementType]
  /** The parser rejects the whole text; the server will say what is wrong with it. */
  | { type: 'unknown'; node: undefined }
);

/** What to make of a statement, by its type; nothing of a type that is not named. */
export type ByType<Result, More extends unknown[] = []> = {
  readonly [Type in Statement['type']]?: (statement: Extract<Statement, { type: Type }>, ...more: More) => Result;
};

/** What a table makes of a statement; undefined where it does not name the type. */
export function byType<Result, More extends unknown[]>(
  table: ByType<Result, More>,
  statement: Statement,
  ...more: More
): Result | undefined {
  const entry = table[statement.type] as ((statement: Statement, ...more: More) => Result) | undefined;
  return entry?.(statement, ...more);
}

/**
 * The statements of a text, as PostgreSQL 18's own parser reads them; nothing for blanks and comments. A text that it
 * rejects is one statement of type `unknown`: another major may accept it.
 */
export const parseStatements = async (sql: string): Promise<Statement[]> => (await loadParser()).statements(sql);

/** The parser, once it is loaded: it answers at once. */
export interface Parser {
  statements: (sql: string) => Statement[];
  /** The tree of the body of a `do` block or a function in PL/pgSQL; undefined where it is none, or rejected. */
  body: (sql: string) => unknown;
}

const tiering = ['wasm-tier-up', 'wasm-dynamic-tiering'];
let isSmall = false;

/**
 * Keeps V8 from optimising PostgreSQL's parser beside every command that parses a little: half a second of processor, 550 MB.
 * At the end the flags are as before: code that Node then puts into its compile cache counts only under the flags that it was
 * stored with.
 */
function keepParserSmall(): void {
  if (isSmall) return;
  isSmall = true;
  for (const flag of tiering) setFlagsFromString(`--no-${flag}`);
  process.once('exit', () => {
    for (const flag of tiering) setFlagsFromString(`--${flag}`);
  });
}

/** Loads the parser, which takes some milliseconds the first time. */
export async function loadParser(): Promise<Parser> {
  const { loadModule, parseSync, parsePlPgSQLSync } = await import('libpg-query');
  keepParserSmall();
  await loadModule();
  const orNothing = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch {
      return undefined;
    }
  };
  const statements = (sql: string): Statement[] => {
    // The parser stops at NUL without a word, and calls an empty text an error.
    const rejected: Statement[] = [{ text: sql, at: 0, type: 'unknown', node: undefined }];
    if (sql.includes('\0')) return rejected;
    if (sql.trim() === '') return [];
    const tree = orNothing(() => parseSync(sql));
    if (!tree) return rejected;
    const slice = slicer(sql);
    return (tree.stmts ?? []).map(({ stmt, stmt_location: from = 0, stmt_len: length }) => {
      const [type, node] = Object.entries(stmt ?? {})[0] ?? ['unknown'];
      const { text, at } = slice(from, length);
      return { text: text.trim(), at, type, node } as Statement;
    });
  };
  return { statements, body: (sql) => orNothing(() => parsePlPgSQLSync(sql)) };
}

/** A part of a text, and where it begins there. */
type Slice = { text: string; at: number };

/** Cuts by what the parser counts: bytes of UTF-8. No length means: to the end. */
function slicer(sql: string): (at: number, length: number | undefined) => Slice {
  const bytes = Buffer.from(sql);
  const end = (at: number, length: number | undefined) => (length ? at + length : undefined);
  if (bytes.length === sql.length) return (at, length) => ({ text: sql.slice(at, end(at, length)), at });
  return (at, length) => ({
    text: bytes.subarray(at, end(at, length)).toString(),
    at: bytes.subarray(0, at).toString().length,
  });
}
