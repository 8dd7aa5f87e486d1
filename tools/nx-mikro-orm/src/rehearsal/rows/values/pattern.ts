/** Texts that match a regular expression, as far as it is made of the usual parts. */

type Node =
  | { is: 'one'; of: string[] }
  | { is: 'row'; parts: Node[] }
  | { is: 'either'; parts: Node[] }
  | { is: 'many'; part: Node; least: number; most: number };

/** Up to `count` different texts; none where the pattern has parts that are not understood. The server has the last word. */
export function textsMatching(pattern: string, count = 20): string[] {
  let tree: Node;
  try {
    tree = new Reader(pattern).all();
  } catch {
    return [];
  }
  return [...new Set(Array.from({ length: count }, (_, at) => write(tree, { turn: at })))];
}

const between = (first: string, last: string): string[] =>
  Array.from({ length: Math.max(0, last.charCodeAt(0) - first.charCodeAt(0) + 1) }, (_, at) =>
    String.fromCharCode(first.charCodeAt(0) + at),
  );
const digits = between('0', '9');
const lower = between('a', 'z');
const upper = between('A', 'Z');
const visible = [...lower, ...digits, ...upper, '-', '_', '.', '@', ' ', '/', ':', ',', '+', '#'];
const named: Record<string, string[]> = {
  alpha: [...lower, ...upper],
  digit: digits,
  alnum: [...lower, ...digits, ...upper],
  upper,
  lower,
  space: [' '],
  blank: [' '],
  punct: ['-', '.', ','],
  xdigit: [...digits, ...between('a', 'f')],
};
const escaped: Record<string, string[]> = { d: digits, w: [...lower, ...digits, ...upper, '_'], s: [' '] };
escaped['D'] = visible.filter((one) => !digits.includes(one));
escaped['W'] = visible.filter((one) => !escaped['w']?.includes(one));
escaped['S'] = visible.filter((one) => one !== ' ');

/** What is written here is only tried: where a quantifier has no upper end, three more will do. */
const more = 3;

class Reader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  all(): Node {
    const node = this.#either();
    if (this.#at < this.#text.length) throw new Error('not understood');
    return node;
  }

  #take(expected: string): boolean {
    if (!this.#text.startsWith(expected, this.#at)) return false;
    this.#at += expected.length;
    return true;
  }

  #next(): string {
    const [one] = this.#text.slice(this.#at);
    if (one === undefined) throw new Error('not understood');
    this.#at += one.length;
    return one;
  }

  #either(): Node {
    const parts = [this.#row()];
    while (this.#take('|')) parts.push(this.#row());
    return parts.length === 1 && parts[0] ? parts[0] : { is: 'either', parts };
  }

  #row(): Node {
    const parts: Node[] = [];
    while (this.#at < this.#text.length && !/[|)]/.test(this.#text[this.#at] ?? '')) {
      if (this.#take('^') || this.#take('$')) continue;
      parts.push(this.#quantified(this.#atom()));
    }
    return { is: 'row', parts };
  }

  #atom(): Node {
    if (this.#take('(')) {
      if (this.#take('?') && !this.#take(':')) throw new Error('not understood');
      const node = this.#either();
      if (!this.#take(')')) throw new Error('not understood');
      return node;
    }
    if (this.#take('[')) return { is: 'one', of: this.#set() };
    if (this.#take('.')) return { is: 'one', of: visible };
    return { is: 'one', of: this.#single() };
  }

  #single(): string[] {
    if (!this.#take('\\')) return [this.#next()];
    const letter = this.#next();
    const set = escaped[letter];
    if (!set && /[a-z0-9]/i.test(letter)) throw new Error('not understood');
    return set ?? [letter];
  }

  #set(): string[] {
    const isInverse = this.#take('^');
    const found: string[] = [];
    for (let first = true; first || !this.#take(']'); first = false) {
      const name = /^\[:(\w+):\]/.exec(this.#text.slice(this.#at));
      if (name) {
        this.#at += name[0].length;
        found.push(...(named[name[1] ?? ''] ?? []));
        continue;
      }
      const set = this.#single();
      const [one = ''] = set;
      const isSpan = set.length === 1 && this.#text[this.#at] === '-' && this.#text[this.#at + 1] !== ']';
      if (isSpan) this.#at += 1;
      found.push(...(isSpan ? between(one, this.#next()) : set));
    }
    return isInverse ? visible.filter((one) => !found.includes(one)) : found;
  }

  #quantified(part: Node): Node {
    const [all = '', least, comma, most] = /^(?:\{(\d+)(,?)(\d*)\}|[*+?])\??/.exec(this.#text.slice(this.#at)) ?? [];
    if (!all) return part;
    this.#at += all.length;
    if (least === undefined) {
      const from = all.startsWith('+') ? 1 : 0;
      return { is: 'many', part, least: from, most: all.startsWith('?') ? 1 : from + more };
    }
    const from = Number(least);
    return { is: 'many', part, least: from, most: most ? Number(most) : comma ? from + more : from };
  }
}

/** `turn` goes on with every choice, so that the next one is another. */
function write(node: Node, state: { turn: number }): string {
  if (node.is === 'one') return node.of[state.turn++ % Math.max(1, node.of.length)] ?? '';
  if (node.is === 'row') return node.parts.map((part) => write(part, state)).join('');
  if (node.is === 'either')
    return write(node.parts[state.turn++ % node.parts.length] ?? { is: 'row', parts: [] }, state);
  const most = Math.min(node.most, node.least + more);
  const count = node.least + (state.turn % (most - node.least + 1));
  return Array.from({ length: count }, () => write(node.part, state)).join('');
}
