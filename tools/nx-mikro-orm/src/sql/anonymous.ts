import { oneLine } from '../text/line.ts';
import { Scan, type TokenKind } from './tokens.ts';

/** First words of statements that define something: what stands in them is the schema, which the revisions tell anybody. */
const defines = new Set(
  'create alter drop comment reindex refresh vacuum analyze cluster truncate grant revoke'.split(' '),
);

/** Of a longer text, the beginning. */
const longest = 2_000;

/**
 * A statement as it may be shown to others than those who run it: without comments, and without the values that are
 * data. A single definition keeps its own, unless it speaks of a password. What is not closed counts as a value.
 */
export function anonymous(sql: string): string {
  const cut = sql.length > longest;
  const text = cut ? sql.slice(0, longest) : sql;
  const keep = isDefinition(text);
  const scan = new Scan(text);
  let shown = '';
  let end = 0;
  while (scan.next() !== undefined) {
    const token = text.slice(scan.from, scan.end);
    shown +=
      (scan.from > end ? ' ' : '') + (isComment(scan.kind, token) ? ' ' : keep || !isData(scan.kind) ? token : '?');
    end = scan.end;
  }
  return oneLine(shown) + (cut ? '…' : '');
}

const isData = (kind: TokenKind): boolean => kind === 'text' || kind === 'number' || kind === 'open';

/** One that never ends; all others are no tokens. */
const isComment = (kind: TokenKind, token: string): boolean => kind === 'open' && token.startsWith('/*');

/** Whether a text is one statement that defines something, and says nothing of passwords, be it within a text. */
function isDefinition(sql: string): boolean {
  const scan = new Scan(sql);
  if (!defines.has(scan.next() ?? '') || /\bpassword\b/i.test(sql)) return false;
  for (let token = scan.next(); token !== undefined; token = scan.next())
    if (token === ';') return scan.next() === undefined;
  return true;
}

const words = new Set(
  `create alter drop or replace unique temp temporary unlogged materialized recursive view table index concurrently
   function procedure trigger type schema sequence extension policy role domain aggregate operator comment on insert into
   update delete from select with do call vacuum full analyze reindex refresh truncate set reset grant revoke merge copy
   lock notify cluster`.split(/\s+/),
);

/** What kind of statement it is, in its own first words: `CREATE INDEX CONCURRENTLY`. The same for many statements. */
export function summary(sql: string): string {
  const scan = new Scan(sql.slice(0, longest));
  const found: string[] = [];
  for (let word = scan.next(); word !== undefined && words.has(word) && found.length < 5; word = scan.next())
    found.push(word.toUpperCase());
  return found.join(' ') || 'SQL';
}
