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

/** What a token is. `open` is what begins and never ends: a comment, a text, a name. */
export type TokenKind = 'word' | 'name' | 'text' | 'number' | 'parameter' | 'operator' | 'mark' | 'open';

/**
 * The tokens of a text of SQL, one after the other: those of PostgreSQL's own lexer (src/backend/parser/scan.l), with
 * `standard_conforming_strings` on, as it is since 9.1. No parser: broken SQL has tokens too. Linear in the length.
 */
export class Scan {
  /** Of the token that was read last: what it is, where it begins, and where it ends. */
  kind: TokenKind = 'mark';
  from = 0;
  #at = 0;
  readonly #sql: string;

  constructor(sql: string) {
    this.#sql = sql;
  }

  get end(): number {
    return this.#at;
  }

  /** The next token in its normal form; undefined at the end. */
  next(): string | undefined {
    this.#at = this.#gap(this.#at).end;
    this.from = this.#at;
    if (this.#at >= this.#sql.length) return undefined;
    let token = '';
    let number = this.#number();
    // What sticks to a number keeps sticking to it: `1a` is two tokens for PostgreSQL 14, and a mistake since 15.
    let isNumber = false;
    while (number !== undefined) {
      token += number;
      isNumber ||= this.kind === 'number';
      if (this.#match(wordAhead) === undefined) return token;
      number = this.#number();
    }
    token += this.#other();
    if (isNumber) this.kind = 'number';
    return token;
  }

  #number(): string | undefined {
    const found = this.#matched('number', number) ?? this.#matched('parameter', parameter);
    return found && lower(found);
  }

  #other(): string {
    const from = this.#at;
    const char = this.#sql[from] ?? '';
    if (char === "'" || char === '"') return this.#quoted(from, char, false);
    if (char === '$') return this.#dollar(from);
    if (operatorChars.has(char)) return this.#operator(from);
    const word = this.#matched('word', name);
    if (word !== undefined) return this.#prefixed(from, word) ?? lower(word);
    return this.#matched('mark', marks) ?? '';
  }

  #matched(kind: TokenKind, token: RegExp): string | undefined {
    const found = this.#match(token);
    if (found !== undefined) this.kind = kind;
    return found;
  }

  #match(token: RegExp): string | undefined {
    token.lastIndex = this.#at;
    if (!token.test(this.#sql)) return undefined;
    const found = this.#sql.slice(this.#at, token.lastIndex);
    this.#at = token.lastIndex;
    return found;
  }

  #rest(from: number): string {
    this.kind = 'open';
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
    this.kind = quote === '"' ? 'name' : 'text';
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
    const tag = this.#matched('text', dollars);
    if (tag === undefined) return this.#matched('mark', marks) ?? '';
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
    this.kind = 'operator';
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

/** One token, with its place. */
export interface Token {
  kind: TokenKind;
  /** As it is written. */
  text: string;
  from: number;
  end: number;
}

/** All tokens of a text that is not long. */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  const scan = new Scan(sql);
  while (scan.next() !== undefined) {
    const { kind, from, end } = scan;
    tokens.push({ kind, text: sql.slice(from, end), from, end });
  }
  return tokens;
}

/**
 * What a word or a name in quotes stands for, and what a text in plain apostrophes holds; undefined for all others, and for a
 * text that goes on in another line.
 */
export function valueOf({ kind, text }: Token): string | undefined {
  if (kind === 'word') return lower(text);
  if (kind === 'name' && text.startsWith('"')) return text.slice(1, -1).replaceAll('""', '"');
  if (kind !== 'text' || !text.startsWith("'")) return undefined;
  const parts = text.slice(1, -1).split("''");
  return parts.some((part) => part.includes("'")) ? undefined : parts.join("'");
}

const brackets: Record<string, 1 | -1> = { '(': 1, '[': 1, '{': 1, ')': -1, ']': -1, '}': -1 };

/**
 * The list whose bracket is opened at a token: where its parts begin and end in the text, what stands beside them included,
 * and at which token it is closed. Undefined where no bracket is opened, or it never is closed.
 */
export function listAt(
  tokens: readonly Token[],
  open: number,
): { parts: { from: number; end: number }[]; close: number } | undefined {
  const parts: { from: number; end: number }[] = [];
  let depth = 0;
  let from = tokens[open]?.end ?? 0;
  for (let at = open; at >= 0 && at < tokens.length; at += 1) {
    const token = tokens[at]!;
    const change = token.kind === 'mark' ? (brackets[token.text] ?? 0) : 0;
    depth += change;
    if (depth === 0 || (depth === 1 && token.text === ',')) {
      parts.push({ from, end: token.from });
      from = token.end;
    }
    if (depth === 0) return change < 0 ? { parts, close: at } : undefined;
  }
  return undefined;
}

/** A statement without the semicolons that it ends with. */
export function withoutSemicolon(sql: string): string {
  let bare = sql.trim();
  while (bare.endsWith(';')) bare = bare.slice(0, -1).trimEnd();
  return bare;
}
