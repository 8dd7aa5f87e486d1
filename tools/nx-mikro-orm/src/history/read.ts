import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '../errors.ts';
import type { Revision } from './revision.ts';
import { SourceText, Unexpected } from './source.ts';

const sourceFile = /^(.+)\.(ts|mts|js|mjs|cjs)$/;
const neverRevision = /\.(d|test|spec)\.[mc]?[jt]s$/;

/**
 * What the text of a migration has in it, however it is written: a class that extends another one, which is not for others
 * to extend; what a compiler for old targets makes of one; a class that a function returns.
 */
const migrations = [
  /^(?![ \t]*(?:\*|\/[/*])).*(?<!\babstract\s)\bclass\b(?:\s+(?!extends\b)[\w$]+)?\s+extends\s+(?!(?:\w*Error|Array|Map|Set|Promise)\b)/m,
  /\.prototype\.up\s*=/,
  /^(?:export\s+default|module\.exports\s*=)\s+[\w$.]+\(/m,
];

/**
 * A file is a revision when it is named like one, or when a migration may be in it, as stock MikroORM runs every file of its
 * folder. This keeps barrels, functions, tests and declarations out; what turns out to be no migration is refused by name.
 */
const isRevision = (name: string, text: string): boolean =>
  /^Migration\d{14}/.test(name) || migrations.some((one) => one.test(text));

/** Stock MikroORM sorts whole names of files: with a dash comes before without, as a dash is before the dot. */
const inOrder = (one: Revision, other: Revision): number => (`${one.name}.ts` < `${other.name}.ts` ? -1 : 1);

/** What stands in the folder and is no file. Editors leave links to nothing while a file is open. */
const noFile: Record<string, string> = {
  EISDIR: 'it is a folder',
  ENOENT: 'it is a link to a file that is not there',
  ELOOP: 'it is a link to itself',
  ENOTDIR: 'it is a link to a file that is not there',
};

/** Undefined of what is no file, unless it is named like a revision. @throws revision-broken */
function bytesOf(name: string, path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const detail = noFile[(error as NodeJS.ErrnoException).code ?? ''];
    if (detail === undefined) throw error;
    if (!/^Migration\d{14}/.test(name)) return undefined;
    throw problem('revision-broken', { name, place: path, detail });
  }
}

/** Reads every revision of a folder without importing any, in the order of their files. A missing folder is an empty history. */
export function readRevisions(folder: string): Revision[] {
  if (!existsSync(folder)) return [];
  const revisions = new Map<string, Revision>();
  for (const file of readdirSync(folder).sort()) {
    const name = sourceFile.exec(file)?.[1];
    if (!name || neverRevision.test(file)) continue;
    const path = join(folder, file);
    const bytes = bytesOf(name, path);
    if (!bytes) continue;
    const text = bytes.toString('utf8');
    if (!isRevision(name, text)) continue;
    const twin = revisions.get(name);
    if (twin) throw problem('revision-twice', { name, files: [twin.path, path] });
    revisions.set(name, { name, path, hash: createHash('sha256').update(bytes).digest('hex'), ...outline(text) });
  }
  return [...revisions.values()].sort(inOrder);
}

const token =
  /\/\/|\/\*|['"`]|\bstatic\s+(?:readonly\s+)?(revises|generated|replaces|byHand|decisions)\s*(?::[^=]+)?=/g;

type Outline = Pick<Revision, 'link' | 'linkLine' | 'generated' | 'replaces' | 'byHand' | 'decisions'>;

/**
 * Finds the static fields `revises`, `generated`, `replaces`, `byHand` and `decisions` of a revision's text, skipping comments and
 * strings. Linear in the length of the text: a revision may hold 20 MB of SQL.
 */
export function outline(text: string): Outline {
  const found: Outline = {
    link: undefined,
    linkLine: undefined,
    generated: undefined,
    replaces: [],
    byHand: [],
    decisions: [],
  };
  token.lastIndex = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [opening, field] = match;
    if (field === 'revises' && found.link === undefined) {
      found.link = namesAt(text, token.lastIndex);
      found.linkLine = text.slice(0, match.index).split('\n').length;
    } else if (field === 'replaces' || field === 'byHand' || field === 'decisions')
      found[field] = namesAt(text, token.lastIndex);
    else if (field === 'generated') found.generated = namesAt(text, token.lastIndex)[0];
    else if (!field) token.lastIndex = endOf(text, opening, token.lastIndex);
  }
  return found;
}

/** The names that are written there; none when they are computed, which loading the file finds out. */
function namesAt(text: string, from: number): string[] {
  try {
    return new SourceText(text, from).names();
  } catch (error) {
    if (error instanceof Unexpected) return [];
    throw error;
  }
}

/** Where a comment or string that opened just before `from` ends. */
function endOf(text: string, opening: string, from: number): number {
  if (opening === '//' || opening === '/*') {
    const closing = opening === '//' ? '\n' : '*/';
    const end = text.indexOf(closing, from);
    return end < 0 ? text.length : end + closing.length;
  }
  for (let end = text.indexOf(opening, from); end >= 0; end = text.indexOf(opening, end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
  return text.length;
}
