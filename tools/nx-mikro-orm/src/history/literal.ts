import { SourceText, Unexpected } from './source.ts';

/** What a revision sends, read from its source: it holds nothing but texts. */
export interface Literal {
  className: string;
  /** The statements in order, as `addSql` would get them; blank ones too. */
  up: string[];
  /** Undefined when there is no down(): then MikroORM's own throws; and when it is irreversible. */
  down: string[] | undefined;
  /** The reason that its down() gives for being irreversible. */
  irreversible: string | undefined;
  transactional: boolean;
}

/**
 * Reads a revision without importing it, which would cost 1 to 2 ms, and MikroORM once: its statements, when the whole
 * file provably is one class whose methods do nothing but `this.addSql('…')` with plain literals. Anything else, be it as
 * harmless as a constant, gives undefined: then only importing tells. The text is taken for TypeScript. Linear in its length.
 */
export function literalRevision(text: string): Literal | undefined {
  try {
    return file(new SourceText(text));
  } catch (error) {
    if (error instanceof Unexpected) return undefined;
    throw error;
  }
}

function file(source: SourceText): Literal {
  source.expect(/import\b/y);
  for (const part of [/\{/y, /Migration\b/y, /\}/y, /from\b/y, /'@mikro-orm\/migrations'|"@mikro-orm\/migrations"/y])
    source.expect(part);
  source.endStatement();
  const mayRefuse = takeIrreversible(source);
  source.expect(/export[ \t]+class\b/y);
  // Read files are called Migration and a stamp; so the name can be no reserved word either.
  const className = source.expect(/Migration[\p{ID_Continue}$]+/uy)[0];
  source.expect(/extends\b/y);
  source.expect(/Migration(?![\p{ID_Continue}$])/uy);
  source.expect(/\{/y);
  const found = members(source, mayRefuse);
  while (source.take(/;/y));
  if (!source.atEnd() || !found.up) throw new Unexpected();
  const { up, down, irreversible, isTransactional: transactional = true } = found;
  return { className, up, down, irreversible, transactional };
}

/** The import of irreversible(), alone and under its own name, where it stands. */
function takeIrreversible(source: SourceText): boolean {
  if (!source.take(/import\b/y)) return false;
  for (const part of [/\{/y, /irreversible\b/y, /\}/y, /from\b/y, /'nx-mikro-orm\/revision'|"nx-mikro-orm\/revision"/y])
    source.expect(part);
  source.endStatement();
  return true;
}

interface Members {
  up?: string[];
  down?: string[];
  irreversible?: string;
  isTransactional?: boolean;
}

const method = /(?:public[ \t]+)?(?:override[ \t]+)?(?:(async)[ \t]+)?(up|down|isTransactional)(?![\w$])/y;
/** `name` is what stock MikroORM writes into its files. */
const field =
  /(?:static[ \t]+(?:readonly[ \t]+)?(revises|generated|replaces|byHand|decisions)|(?:override[ \t]+)?(?:readonly[ \t]+)?(name))(?![\w$])/y;

/** The members of the class, past its closing brace. One that comes twice would hide the first. */
function members(source: SourceText, mayRefuse: boolean): Members {
  const found: Members = {};
  const seen = new Set<string>();
  const first = (name: string) => {
    if (seen.has(name)) throw new Unexpected();
    seen.add(name);
  };
  while (!source.take(/\}/y)) {
    if (source.take(/;/y)) continue;
    const head = source.take(field);
    if (head) {
      first(head[1] ?? head[2] ?? '');
      fieldValue(source);
      continue;
    }
    const [, async, name] = source.expect(method);
    first(name ?? '');
    source.expect(/\(/y);
    source.expect(/\)/y);
    if (name === 'isTransactional') {
      if (async) throw new Unexpected();
      if (source.take(/:/y)) source.expect(/boolean\b/y);
      found.isTransactional = answer(source);
    } else {
      if (source.take(/:/y)) source.expect(/void[ \t]*\|[ \t]*Promise<void>|Promise<void>|void\b|never\b/y);
      const reason = name === 'down' && mayRefuse ? refusal(source) : undefined;
      if (reason === undefined) found[name as 'up' | 'down'] = statements(source);
      else found.irreversible = reason;
    }
  }
  return found;
}

function fieldValue(source: SourceText): void {
  const type = /(?:readonly[ \t]+)?string\[\]|string\b|null\b/y;
  if (source.take(/:/y))
    do source.expect(type);
    while (source.take(/\|/y));
  source.expect(/=/y);
  source.names();
  source.endStatement();
}

/** The reason in `{ irreversible('…') }`, a whole method. */
function refusal(source: SourceText): string | undefined {
  if (!source.take(/\{\s*irreversible(?=\s*\()/y)) return undefined;
  source.expect(/\(/y);
  const reason = source.literal();
  source.take(/,/y);
  source.expect(/\)/y);
  source.endStatement();
  source.expect(/\}/y);
  return reason;
}

function statements(source: SourceText): string[] {
  const found: string[] = [];
  source.expect(/\{/y);
  while (!source.take(/\}/y)) {
    if (source.take(/;/y)) continue;
    for (const part of [/this\b/y, /\./y, /addSql\b/y, /\(/y]) source.expect(part);
    found.push(source.literal());
    source.take(/,/y);
    source.expect(/\)/y);
    source.endStatement();
  }
  return found;
}

function answer(source: SourceText): boolean {
  source.expect(/\{/y);
  const value = source.expect(/return[ \t]+(true|false)\b/y)[1] === 'true';
  source.endStatement();
  source.expect(/\}/y);
  return value;
}
