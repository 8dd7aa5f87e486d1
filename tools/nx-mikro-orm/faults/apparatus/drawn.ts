/** A random history, and random edits of it: as values, and as files. */
import { rmSync, writeFileSync } from 'node:fs';
import { drawFailure, drawPieces, say, type Piece } from './pieces.ts';
import type { Project } from './project.ts';

/** A random number below another one. */
export type Below = (below: number) => number;

/** A revision as a value. */
export interface Drawn {
  name: string;
  transactional: boolean;
  /** Its `up` sends by itself, instead of listing texts. */
  code: boolean;
  pieces: Piece[];
  down: string[];
  /** Says nothing to anybody. */
  comment: string;
}

export interface Draw {
  below: Below;
  /** Gives a number that no other piece has. */
  next: () => number;
  /** A role that the runner may become. */
  other: string;
}

const pick = <T>(list: readonly T[], below: Below): T => {
  const one = list[below(list.length)];
  if (one === undefined) throw new Error('there is nothing to pick from');
  return one;
};

/** Two to four revisions, of which one may hold what fails. */
export function drawHistory(draw: Draw, failing: boolean): Drawn[] {
  const { below } = draw;
  const count = 2 + below(3);
  const bad = failing ? below(count) : -1;
  return Array.from({ length: count }, (_, at) => {
    const transactional = below(3) === 0;
    const code = below(4) === 0;
    const pieces = Array.from({ length: 1 + below(4) }, () =>
      drawPieces({ transactional, code }, draw.next(), draw.other, below),
    ).flat();
    if (at === bad)
      pieces.splice(
        below(pieces.length + 1),
        0,
        ...drawFailure({ transactional, code }, draw.next(), draw.other, below),
      );
    return {
      name: `Migration2026010100000${at + 1}_step`,
      transactional,
      code,
      pieces,
      down: ['select 1'],
      comment: 'as it was',
    };
  });
}

/** Writes a history as files; what it had before is gone. */
export function writeHistory({ path }: Project, history: readonly Drawn[], before: readonly Drawn[] = []): void {
  for (const { name } of before) rmSync(path(name), { force: true });
  for (const [at, one] of history.entries()) writeFileSync(path(one.name), textOf(one, history[at - 1]?.name ?? null));
}

function textOf({ name, transactional, code, pieces, down, comment }: Drawn, revises: string | null): string {
  const send = code ? 'await this.execute' : 'this.addSql';
  const calls = (texts: string[], how: string) => texts.map((sql) => `    ${how}(${JSON.stringify(sql)});\n`).join('');
  return `import { Migration } from '@mikro-orm/migrations';

/** ${comment} */
export class ${name} extends Migration {
  static readonly revises = ${JSON.stringify(revises)};
${transactional ? '' : '  override isTransactional() { return false; }\n'}  override ${code ? 'async ' : ''}up() {
${calls(
  pieces.map(({ sql }) => sql),
  send,
)}  }
  override down() {
${calls(down, 'this.addSql')}  }
}
`;
}

/** Somebody's edit: of one revision. It may make one that cannot run. */
type Edit = (one: Drawn, draw: Draw) => Drawn;

const edits: Record<string, Edit> = {
  nothing: (one) => one,
  'its comment': (one) => ({ ...one, comment: 'as somebody saw it later' }),
  'its way back': (one) => ({ ...one, down: ['select 2'] }),
  'into code, or from code': (one) => ({ ...one, code: !one.code }),
  'into a transaction, or out of it': (one) => ({ ...one, transactional: !one.transactional }),
  'a statement more': (one, { below, next }) => ({
    ...one,
    pieces: one.pieces.toSpliced(below(one.pieces.length + 1), 0, say(`w${next()}`)),
  }),
  'a statement less': (one, { below }) => ({
    ...one,
    pieces: one.pieces.length > 1 ? one.pieces.toSpliced(below(one.pieces.length), 1) : one.pieces,
  }),
  'two statements in another order': (one, { below }) => {
    const at = below(Math.max(1, one.pieces.length - 1));
    const [first, second] = one.pieces.slice(at, at + 2);
    return first && second ? { ...one, pieces: one.pieces.toSpliced(at, 2, second, first) } : one;
  },
  'what it makes, under another name': (one, { below, next }) => {
    const at = below(one.pieces.length);
    const [piece, k] = [one.pieces[at], next()];
    // The names that a piece makes end in its number.
    const renamed = (text: string) => text.replace(/\b([a-z])\d+\b/g, `$1${k}`);
    return piece
      ? {
          ...one,
          pieces: one.pieces.with(at, {
            ...piece,
            sql: renamed(piece.sql),
            undo: [...piece.undo, ...piece.undo.map(renamed)],
            ...(piece.seen !== undefined && { seen: renamed(piece.seen) }),
          }),
        }
      : one;
  },
  'its name': (one) => ({ ...one, name: `${one.name}_renamed` }),
};

/** Edits a random revision. */
export function drawEdit(history: readonly Drawn[], draw: Draw): { title: string; history: Drawn[] } {
  const { below } = draw;
  const title = pick(Object.keys(edits), below);
  const at = below(history.length);
  const one = pick(history.slice(at), () => 0);
  return {
    title: `${one.name}: ${title}`,
    history: history.with(at, (edits[title] ?? ((same) => same))(one, draw)),
  };
}

/** What fails is mended: as something else in its place, or not at all. */
export function mended(history: readonly Drawn[], draw: Draw): Drawn[] {
  const without = draw.below(3) === 0;
  const instead = (piece: Piece): Piece[] => {
    if (!piece.fails) return [piece];
    return without ? [] : [{ ...say(`w${draw.next()}`) }];
  };
  return history.map((one) => ({ ...one, pieces: one.pieces.flatMap(instead) }));
}
