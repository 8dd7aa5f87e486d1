/** Something else stands in a source than the reader understands. */
export class Unexpected extends Error {}

/** A JavaScript text, and how far it is read. White space and comments before a token are skipped. Linear in the text. */
export class SourceText {
  #at: number;
  readonly #text: string;

  constructor(text: string, from = 0) {
    this.#text = text;
    this.#at = from;
  }

  /** The token that comes next, when it is this one. */
  take(token: RegExp): RegExpExecArray | undefined {
    this.#skip();
    token.lastIndex = this.#at;
    const match = token.exec(this.#text);
    if (!match) return undefined;
    this.#at = token.lastIndex;
    return match;
  }

  expect(token: RegExp): RegExpExecArray {
    const match = this.take(token);
    if (!match) throw new Unexpected();
    return match;
  }

  atEnd(): boolean {
    this.#skip();
    return this.#at === this.#text.length;
  }

  /** A semicolon, or where JavaScript puts one by itself: at the end of a line, and before a closing brace. */
  endStatement(): void {
    const from = this.#at;
    if (this.take(/;/y) || this.#text[this.#at] === '}') return;
    if (!lineEnd.test(this.#text.slice(from, this.#at))) throw new Unexpected();
  }

  /** A string or template literal, as JavaScript cooks it. */
  literal(): string {
    const quote = this.expect(/['"`]/y)[0];
    const from = this.#at;
    let end = this.#text.indexOf(quote, from);
    while (end >= 0 && this.#isEscaped(end)) end = this.#text.indexOf(quote, end + 1);
    if (end < 0) throw new Unexpected();
    this.#at = end + 1;
    const raw = this.#text.slice(from, end);
    return quote === '`' ? template(raw) : quoted(raw);
  }

  /** The texts in `'a'`, `['a', 'b']` or `null`. */
  names(): string[] {
    if (this.take(/null\b/y)) return [];
    if (!this.take(/\[/y)) return [this.literal()];
    const found: string[] = [];
    while (!this.take(/\]/y)) {
      found.push(this.literal());
      if (this.take(/,/y)) continue;
      this.expect(/\]/y);
      break;
    }
    return found;
  }

  #isEscaped(at: number): boolean {
    let slashes = 0;
    while (this.#text[at - 1 - slashes] === '\\') slashes++;
    return slashes % 2 === 1;
  }

  #skip(): void {
    for (;;) {
      // Not one expression for all: on megabytes of comments it would run out of its stack.
      space.lastIndex = this.#at;
      if (space.test(this.#text)) this.#at = space.lastIndex;
      if (this.#text.startsWith('//', this.#at)) {
        nextLine.lastIndex = this.#at;
        this.#at = nextLine.exec(this.#text)?.index ?? this.#text.length;
      } else if (this.#text.startsWith('/*', this.#at)) {
        const end = this.#text.indexOf('*/', this.#at + 2);
        if (end < 0) throw new Unexpected();
        this.#at = end + 2;
      } else return;
    }
  }
}

const space = /\s+/y;
const lineEnd = /[\n\r\u2028\u2029]/;
const nextLine = /[\n\r\u2028\u2029]/g;

function quoted(raw: string): string {
  if (/[\n\r]/.test(raw)) throw new Unexpected();
  return raw.includes('\\') ? raw.replace(/\\([^])/g, cooked) : raw;
}

/** In a template, every line ends with a line feed, whatever the file has (ECMAScript, "Static Semantics: TV"). */
function template(raw: string): string {
  const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
  if (!text.includes('\\') && !text.includes('${')) return text;
  return text.replace(/\\([^])|\$\{/g, (found: string, char: string | undefined) => {
    if (char === undefined) throw new Unexpected();
    return cooked(found, char);
  });
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function cooked(_: string, char: string): string {
  if (!/[\\`$'"nrt]/.test(char)) throw new Unexpected();
  return escapes[char] ?? char;
}
