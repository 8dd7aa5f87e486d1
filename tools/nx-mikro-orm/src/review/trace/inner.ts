/** What the code says that a statement runs: beside what it does, as a branch may not be taken on generated rows. */
import type { Client } from 'pg';
import { nameIn } from '../../sql/names.ts';
import { commandsIn, commits, repeats } from '../../sql/body.ts';
import { loadParser, type NodeOf, type Parser, type Statement } from '../../sql/parse.ts';

/** The code of a `do` block, or of the routines that a statement calls. */
export interface Inner {
  /** Its statements, as they are written there. */
  statements: Statement[];
  /** It ends transactions by itself. */
  commits: boolean;
  /** It has a loop. */
  repeats: boolean;
}

export const noInner: Inner = { statements: [], commits: false, repeats: false };

interface Body {
  definition: string;
  source: string;
  language: string;
}

/** Reads the code that a statement is about to run; what that code calls in turn is not looked into. */
export async function innerOf(client: Client, statement: Statement): Promise<Inner> {
  if (statement.type === 'DoStmt') return ofBody(await loadParser(), statement.text);
  const names = calledBy(statement);
  if (names.length === 0) return noInner;
  const { rows } = await client.query<Body>(
    `select pg_get_functiondef(p.oid) as definition, p.prosrc as source, l.lanname as language
     from pg_proc p join pg_language l on l.oid = p.prolang
     where p.proname = any ($1) and p.oid >= 16384 and p.prokind in ('f', 'p') and l.lanname in ('sql', 'plpgsql')`,
    [names],
  );
  const parser = await loadParser();
  const all = rows.map(({ definition, source, language }) =>
    language === 'sql' ? { ...noInner, statements: parser.statements(source) } : ofBody(parser, definition),
  );
  return {
    statements: all.flatMap((one) => one.statements),
    commits: all.some((one) => one.commits),
    repeats: all.some((one) => one.repeats),
  };
}

function ofBody(parser: Parser, text: string): Inner {
  const tree = parser.body(text);
  return {
    statements: commandsIn(tree).flatMap(({ sql }) => parser.statements(sql)),
    commits: commits(tree),
    repeats: repeats(tree),
  };
}

/** Names of the routines that a statement calls. */
function calledBy({ type, node }: Statement): string[] {
  if (type !== 'CallStmt' && type !== 'SelectStmt') return [];
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (/^funccall$/i.test(key)) found.add(nameIn((inner as NodeOf<'FuncCall'>).funcname).name);
      look(inner);
    }
  };
  look(node);
  return [...found];
}
