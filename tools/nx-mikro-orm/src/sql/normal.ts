/**
 * A statement without what does not change its meaning: comments, white space, line endings, empty statements, and the
 * letter case of what is not quoted. Two texts have the same normal form only when PostgreSQL reads the same tokens.
 *
 * The tokens are those of PostgreSQL's own lexer (src/backend/parser/scan.l), with `standard_conforming_strings` on, as it
 * is since 9.1. What is quoted stays as it is, only its lines end with a line feed. From something that is opened and
 * never closed on, the text stays as it is. Linear in its length. No parser: broken SQL has a normal form too.
 */
export function normalSql(sql: string): string {
  let done = '';
  let tokens: string[] = [];
  let ended = false;
  const scan = new Scan(sql);
  for (let token = scan.next(); token !== undefined; token = scan.next()) {
    // A semicolon counts when statements stand on both sides of it.
    if (token === ';') {
      ended = done !== '' || tokens.length > 0;
      continue;
    }
    if (ended) tokens.push(';');
    ended = false;
    tokens.push(token);
    // Joined from time to time: millions of little texts would take ten times the room.
    if (tokens.length >= 50_000) {
      done += (done && ' ') + tokens.join(' ');
      tokens = [];
    }
  }
  return done + (done && tokens.length ? ' ' : '') + tokens.join(' ');
}

const letter = 'A-Za-z_\\x80-\\uffff';
const name = new RegExp(`[${letter}][${letter}\\d$]*`, 'y');
const digits = '(?:\\d[\\d_]*(?:\\.(?!\\.)[\\d_]*)?|\\.\\d[\\d_]*)';
const number = new RegExp(`0[xX][\\dA-Fa-f_]+|0[oO][0-7_]+|0[bB][01_]+|${digits}(?:[eE][+-]?\\d[\\d_]*)?`, 'y');
const parameter = /\$\d+/y;
const wordAhead = new RegExp(`(?=[${letter}$])`, 'y');
const dollars = new RegExp(`\\$(?:[${letter}][${letter}\\d]*)?\\$`, 'y');
const marks = /::|:=|\.\.|[^]/y;
const blanks = /[ \t\n\r\f\v]+/y;
const lineEnd = /[\n\r]/g;
const commentEdge = /\/\*|\*\//g;
const escapeOrQuote = /\\|'/g;

class Scan {
  #at = 0;
  readonly #sql: string;

  constructor(sql: string) {
    this.#sql = sql;
  }

  /** The next token in its normal form; undefined at the end. */
  next(): string | undefined {
    this.#at = this.#gap(this.#at).end;
    if (this.#at >= this.#sql.length) return undefined;
    let token = '';
    let number = this.#number();
    // What sticks to a number keeps sticking to it: `1a` is two tokens for PostgreSQL 14, and a mistake since 15.
    while (number !== undefined) {
      token += number;
      if (this.#match(wordAhead) === undefined) return token;
      number = this.#number();
    }
    return token + this.#other();
  }

  #number(): string | undefined {
    const found = this.#match(number) ?? this.#match(parameter);
    return found && lower(found);
  }

  #other(): string {
    const from = this.#at;
    const char = this.#sql[from] ?? '';
    if (char === "'" || char === '"') return this.#quoted(from, char, false);
    if (char === '$') return this.#dollar(from);
    if (operatorChars.has(char)) return this.#operator(from);
    const word = this.#match(name);
    if (word !== undefined) return this.#prefixed(from, word) ?? lower(word);
    return this.#match(marks) ?? '';
  }

  #match(token: RegExp): string | undefined {
    token.lastIndex = this.#at;
    if (!token.test(this.#sql)) return undefined;
    const found = this.#sql.slice(this.#at, token.lastIndex);
    this.#at = token.lastIndex;
    return found;
  }

  #rest(from: number): string {
    this.#at = this.#sql.length;
    return this.#sql.slice(from);
  }

  /** White space and comments from here on. `lines`: a line ends in it, and it has no comment of C's kind. */
  #gap(from: number): { end: number; lines: boolean } {
    let end = from;
    let block = false;
    for (;;) {
      blanks.lastIndex = end;
      if (blanks.test(this.#sql)) end = blanks.lastIndex;
      if (this.#sql.startsWith('--', end)) {
        lineEnd.lastIndex = end;
        end = lineEnd.exec(this.#sql)?.index ?? this.#sql.length;
      } else if (this.#sql.startsWith('/*', end)) {
        const closed = this.#commentEnd(end);
        // Never closed: it stays, as a token.
        if (closed === undefined) break;
        block = true;
        end = closed;
      } else break;
    }
    return { end, lines: !block && /[\n\r]/.test(this.#sql.slice(from, end)) };
  }

  /** Comments of C's kind may hold others. */
  #commentEnd(from: number): number | undefined {
    let depth = 0;
    commentEdge.lastIndex = from;
    for (let edge = commentEdge.exec(this.#sql); edge; edge = commentEdge.exec(this.#sql)) {
      depth += edge[0] === '/*' ? 1 : -1;
      if (depth === 0) return commentEdge.lastIndex;
    }
    return undefined;
  }

  /** `E'…'`, `B'…'`, `X'…'`, `N'…'`, `U&'…'` and `U&"…"`, when the word just read is the beginning of one. */
  #prefixed(from: number, word: string): string | undefined {
    const prefix = lower(word);
    const quote = this.#sql[this.#at] ?? '';
    if (['e', 'b', 'x', 'n'].includes(prefix) && quote === "'") return this.#quoted(from, quote, prefix === 'e');
    const unicode = this.#sql[this.#at + 1] ?? '';
    if (prefix === 'u' && quote === '&' && (unicode === "'" || unicode === '"'))
      return this.#quoted(from, unicode, false);
    return undefined;
  }

  /** A text or a name in quotes, with what it begins with, and with the parts that go on in the next line. */
  #quoted(from: number, quote: string, escapes: boolean): string {
    const open = this.#sql.indexOf(quote, from);
    let end = this.#quoteEnd(open + 1, quote, escapes);
    if (end === undefined) return this.#rest(from);
    let text = lower(this.#sql.slice(from, open)) + this.#sql.slice(open, end);
    for (;;) {
      this.#at = end;
      if (quote === '"') break;
      const gap = this.#gap(end);
      if (!gap.lines || this.#sql[gap.end] !== quote) break;
      end = this.#quoteEnd(gap.end + 1, quote, escapes);
      if (end === undefined) return `${withLineFeeds(text)}\n${this.#rest(gap.end)}`;
      text += `\n${this.#sql.slice(gap.end, end)}`;
    }
    return withLineFeeds(text);
  }

  #quoteEnd(from: number, quote: string, escapes: boolean): number | undefined {
    const edge = escapes ? escapeOrQuote : undefined;
    for (let at = from; ;) {
      if (edge) edge.lastIndex = at;
      const found = edge ? (edge.exec(this.#sql)?.index ?? -1) : this.#sql.indexOf(quote, at);
      if (found < 0) return undefined;
      // A backslash takes the next character with it, and so does a quote that is doubled.
      if (this.#sql[found] === quote && this.#sql[found + 1] !== quote) return found + 1;
      at = found + 2;
    }
  }

  /** `$$…$$` and `$tag$…$tag$`. */
  #dollar(from: number): string {
    const tag = this.#match(dollars);
    if (tag === undefined) return this.#match(marks) ?? '';
    const end = this.#sql.indexOf(tag, this.#at);
    if (end < 0) return this.#rest(from);
    this.#at = end + tag.length;
    return withLineFeeds(this.#sql.slice(from, this.#at));
  }

  /**
   * The longest operator up to a comment. One that ends with + or - gives these back, unless it has a character that no
   * operator of standard SQL has: `a=-1` is `a = -1`, but `@-` is one operator.
   */
  #operator(from: number): string {
    let end = from;
    while (operatorChars.has(this.#sql[end] ?? '') && !this.#opensComment(end)) end++;
    // A comment that is never closed.
    if (end === from) return this.#rest(from);
    this.#at = end;
    const found = this.#sql.slice(from, end);
    if (/[~!@#^&|`?%]/.test(found.replace(/[+-]+$/, ''))) return found;
    let kept = found.length;
    while (kept > 0 && '+-'.includes(found[kept - 1] ?? '')) kept--;
    return [...(kept ? [found.slice(0, kept)] : []), ...found.slice(kept)].join(' ');
  }

  #opensComment(at: number): boolean {
    return this.#sql.startsWith('--', at) || this.#sql.startsWith('/*', at);
  }
}

const operatorChars = new Set('~!@#^&|`?+-*/%<>=');

/** PostgreSQL folds no other letters in UTF-8 (downcase_identifier). */
const lower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const withLineFeeds = (text: string): string => (text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text);
