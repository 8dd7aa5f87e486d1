import { stripTypeScriptTypes } from 'node:module';
import { parse, type Node, type Token } from 'acorn';

/**
 * A source in TypeScript or JavaScript without what does not change what it does: types, comments, formatting. One
 * statement or brace per line, for diffs. Two sources have the same normal form only when they are the same program; parentheses
 * and the spelling of numbers count.
 *
 * What neither acorn nor Node can read stays as it is, with line feeds at its line ends. (In a file of its own, because
 * only a revision that runs code needs a parser.)
 */
export function normalCode(source: string): string {
  const text = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  for (const prepare of [(code: string) => code, withoutTypes])
    try {
      return joined(read(prepare(text)));
    } catch {
      // The next one may read it.
    }
  return text;
}

/** Node says once per process that this is experimental; the runner's own output is no place for that. */
export function withoutTypes(text: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}

interface Read {
  code: string;
  tokens: Token[];
  /** Ends of the tokens after which JavaScript puts a semicolon by itself. */
  semicolons: Set<number>;
  /** Starts of the commas after the last of a list. */
  commas: Set<number>;
}

function read(code: string): Read {
  const found: Read = { code, tokens: [], semicolons: new Set(), commas: new Set() };
  const program = parse(code, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    onToken: found.tokens,
    onInsertedSemicolon: (end) => found.semicolons.add(end),
    onTrailingComma: (start) => found.commas.add(start),
  });
  eachLoop(program, ({ end }) => {
    if (code[end - 1] !== ';') found.semicolons.add(end);
  });
  return found;
}

/** Every `do … while (…)`: acorn does not tell when the semicolon after it is left out. */
function eachLoop(node: unknown, work: (loop: Node) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if ((node as Node).type === 'DoWhileStatement') work(node as Node);
  for (const inner of Object.values(node)) eachLoop(inner, work);
}

/** The tokens of a program, every one of its semicolons written out. */
function joined({ code, tokens, semicolons, commas }: Read): string {
  let text = '';
  let last = '';
  const open: string[] = [];
  const put = (token: string) => {
    const inBlock = open.at(-1) === undefined || open.at(-1) === '{';
    // Nothing between statements; in the head of a `for`, it is a part that is empty.
    if (token === ';' && inBlock && ['', '{', ';'].includes(last)) return;
    const breaks = inBlock && ['{', '}', ';'].includes(last) && ![')', ']', ',', ';', '.'].includes(token);
    text += (text && (breaks ? '\n' : ' ')) + token;
    last = token;
  };
  for (const token of tokens) {
    const { label } = token.type;
    const source = code.slice(token.start, token.end);
    if (label === 'template') {
      // Exactly as it is between its marks.
      text += source;
      last = label;
      continue;
    }
    // In `[,]`, the comma makes an element.
    if (commas.has(token.start) && last !== '[' && last !== ',') continue;
    if ([')', ']', '}'].includes(source)) open.pop();
    if (last === 'template') {
      text += source;
      last = source;
    } else if (label !== 'eof') put(label === 'string' ? JSON.stringify(valueOf(token)) : source);
    if (['(', '[', '{', '${'].includes(source)) open.push(source);
    if (semicolons.has(token.end)) put(';');
  }
  return text;
}

/** What a string says, whatever its quotes and escapes. It is there, but not in acorn's types. */
const valueOf = (token: Token): unknown => (token as Token & { value: unknown }).value;
