import { parseStatements } from './parse.ts';

/** A message holds so many bytes (PostgreSQL's MaxAllocSize, less its head and end). */
const mostBytes = 0x3fffffff - 16;

/** Where the parser rejects a text, as it does when rows stand behind the statement. */
const looksLikeCopy = /(?:^|[;\n])\s*copy\b[^;]*\b(?:from\s+stdin|to\s+stdout)\b/i;

/** Why a text cannot be sent as a query; undefined where it can. After what it names, the connection would be gone. */
export async function unsendable(sql: string): Promise<string | undefined> {
  if (sql.includes('\0')) return 'it has a NUL byte, at which the server stops reading';
  if (!sql.isWellFormed()) return 'it has half of a surrogate pair, which is no character';
  if (sql.length > mostBytes / 4 && Buffer.byteLength(sql) > mostBytes) return 'it is longer than 1 GB';
  if (!/\bcopy\b/i.test(sql)) return undefined;
  for (const { type, node } of await parseStatements(sql)) {
    if (type === 'unknown' && looksLikeCopy.test(sql)) return copies;
    if (type === 'CopyStmt' && node.filename === undefined) return copies;
  }
  return undefined;
}

const copies = 'it copies rows from or to its client, and a revision has no way to send or take them';
