import { Scan, type TokenKind } from './tokens.ts';

interface Token {
  kind: TokenKind;
  text: string;
}

type Read = (read: Reader) => boolean;

/** The tokens of a text, read from the left: each question goes on behind what it finds. */
class Reader {
  readonly #tokens: Token[] = [];
  #at = 0;

  constructor(sql: string) {
    const scan = new Scan(sql);
    for (let text = scan.next(); text !== undefined; text = scan.next()) this.#tokens.push({ kind: scan.kind, text });
  }

  get isOver(): boolean {
    return this.#at >= this.#tokens.length;
  }

  take(found: (token: Token) => boolean): boolean {
    const token = this.#tokens[this.#at];
    if (token === undefined || !found(token)) return false;
    this.#at++;
    return true;
  }

  /** One of these words or marks. */
  one(...texts: string[]): boolean {
    return this.take(({ kind, text }) => (kind === 'word' || kind === 'mark') && texts.includes(text));
  }

  /** What `read` reads, or nothing. */
  whole(read: Read): boolean {
    const from = this.#at;
    if (read(this)) return true;
    this.#at = from;
    return false;
  }

  /** These, one after the other, or nothing. */
  all(words: string): boolean {
    return this.whole(() => words.split(' ').every((word) => this.one(word)));
  }

  /** A name, perhaps in its schema; none of the temporary one. */
  name(): boolean {
    const part = () =>
      this.take(({ kind, text }) => (kind === 'name' || kind === 'word') && !/^"?pg_(toast_)?temp/.test(text));
    while (part()) if (!this.one('.')) return true;
    return false;
  }

  /** Everything between two brackets, whatever it is. */
  brackets(): boolean {
    if (!this.one('(')) return false;
    for (let depth = 1; depth > 0;) {
      if (this.one('(')) depth++;
      else if (this.one(')')) depth--;
      else if (!this.take(({ kind }) => kind !== 'open')) return false;
    }
    return true;
  }

  /** Some of what `item` reads, with commas between them. */
  list(item: () => boolean): boolean {
    do if (!item()) return false;
    while (this.one(','));
    return true;
  }
}

/** Types that mean nothing else than PostgreSQL's own: no domain, whose checks would run code. */
const types: Read = (read) => {
  const isNamed =
    read.all('character varying') ||
    read.all('double precision') ||
    ['timestamp', 'time'].some((type) => ['with', 'without'].some((how) => read.all(`${type} ${how} time zone`))) ||
    read.one(
      ...['varchar', 'char', 'character', 'text', 'uuid', 'boolean', 'bool', 'bytea', 'json', 'jsonb', 'date', 'time'],
      ...['int', 'integer', 'bigint', 'smallint', 'int2', 'int4', 'int8', 'numeric', 'decimal', 'real', 'float8'],
      ...['timestamp', 'timestamptz', 'inet', 'cidr'],
    );
  if (!isNamed) return false;
  if (read.one('(')) {
    if (!read.list(() => read.take(({ kind }) => kind === 'number')) || !read.one(')')) return false;
    if (read.one('with', 'without') && !read.all('time zone')) return false;
  }
  return !read.one('[') || read.one(']');
};

/** A value that is written down, perhaps with its type: nothing is run for it. */
const constant: Read = (read) => {
  read.take(({ kind, text }) => kind === 'operator' && text === '-');
  const isValue = read.one('true', 'false', 'null') || read.take(({ kind }) => kind === 'number' || kind === 'text');
  return isValue && (!read.one('::') || types(read));
};

const names: Read = (read) => read.one('(') && read.list(() => read.name()) && read.one(')');

const reference: Read = (read) => {
  if (!read.name()) return false;
  names(read);
  while (read.one('on')) {
    const isAction =
      read.one('delete', 'update') &&
      (read.one('cascade', 'restrict') || read.all('set null') || read.all('set default') || read.all('no action'));
    if (!isAction) return false;
  }
  return true;
};

/** Constraints that are looked after by indexes and by PostgreSQL's own triggers. */
const constraint: Read = (read) => {
  if (read.one('unique') || read.all('primary key')) return names(read);
  return read.all('foreign key') && names(read) && read.one('references') && reference(read);
};

/** A column that is added to rows which are there. */
const column: Read = (read) => {
  if (!read.name() || !types(read)) return false;
  let isPlain = true;
  while (isPlain && !read.isOver) {
    if (read.one('null', 'unique') || read.all('not null') || read.all('primary key')) continue;
    if (read.one('default')) isPlain = constant(read);
    else if (read.one('references')) isPlain = reference(read);
    else break;
  }
  return isPlain;
};

const alteration: Read = (read) => {
  if (read.all('add constraint')) return read.name() && constraint(read);
  if (read.one('add')) {
    read.one('column');
    read.all('if not exists');
    return column(read);
  }
  if (read.one('drop')) {
    read.one('column', 'constraint');
    read.all('if exists');
    const isNamed = read.name();
    read.one('cascade', 'restrict');
    return isNamed;
  }
  if (!read.one('alter')) return false;
  read.one('column');
  return read.name() && ['set not null', 'drop not null', 'drop default'].some((words) => read.all(words));
};

const indexed: Read = (read) => {
  if (!read.name()) return false;
  read.one('asc', 'desc');
  return !read.one('nulls') || read.one('first', 'last');
};

const statements: readonly Read[] = [
  (read) => {
    if (!read.all('create table') && !read.all('create unlogged table')) return false;
    read.all('if not exists');
    return read.name() && read.brackets();
  },
  (read) => {
    if (!read.all('create index') && !read.all('create unique index')) return false;
    read.all('if not exists');
    if (!read.one('on') && !(read.name() && read.one('on'))) return false;
    if (!read.name()) return false;
    if (read.one('using') && !read.one('btree', 'hash', 'gin', 'gist', 'brin')) return false;
    return read.one('(') && read.list(() => indexed(read)) && read.one(')');
  },
  (read) => {
    if (!read.all('alter table')) return false;
    read.all('if exists');
    return read.name() && read.list(() => alteration(read));
  },
  (read) => {
    if (!read.one('drop') || !read.one('table', 'index', 'view', 'type', 'sequence')) return false;
    read.all('if exists');
    const isNamed = read.list(() => read.name());
    read.one('cascade', 'restrict');
    return isNamed;
  },
  (read) =>
    read.all('comment on') &&
    read.one('table', 'column', 'index', 'type', 'view') &&
    read.name() &&
    read.one('is') &&
    (read.one('null') || read.take(({ kind }) => kind === 'text')),
];

/**
 * Whether texts provably leave nothing in their session: no setting, role, lock or temporary table. That is so of definitions for
 * which the server runs no code of anybody's; event triggers are another matter. By their tokens, as the parser takes more time
 * than this spares; what is not known here for certain may leave something.
 */
export const isNeutral = (texts: readonly string[]): boolean =>
  texts.every((text) => {
    const read = new Reader(text);
    while (!read.isOver) {
      if (!statements.some((statement) => read.whole(statement)) || !(read.isOver || read.one(';'))) return false;
    }
    return true;
  });
