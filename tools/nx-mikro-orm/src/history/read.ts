import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '../errors.ts';
import type { Revision } from './revision.ts';

/** A file of the folder is a revision when its name says so: this keeps barrels, tests and declarations out. */
const revisionFile = /^(Migration\d{14}.*)\.(ts|mts|js|mjs)$/;
const neverRevision = /\.(d|test|spec)\.[mc]?[jt]s$/;

/** Reads every revision of a folder without importing any; sorted by name. A missing folder is an empty history. */
export function readRevisions(folder: string): Revision[] {
  if (!existsSync(folder)) return [];
  const revisions = new Map<string, Revision>();
  for (const file of readdirSync(folder).sort()) {
    const name = revisionFile.exec(file)?.[1];
    if (!name || neverRevision.test(file)) continue;
    const twin = revisions.get(name);
    if (twin) throw problem('revision-twice', { name, files: [twin.path, join(folder, file)] });
    revisions.set(name, readRevision(join(folder, file), name));
  }
  return [...revisions.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readRevision(path: string, name: string): Revision {
  const bytes = readFileSync(path);
  return {
    name,
    path,
    replaces: [],
    hash: createHash('sha256').update(bytes).digest('hex'),
    ...outline(bytes.toString('utf8')),
  };
}

const token = /\/\/|\/\*|['"`]|\bstatic\s+(?:readonly\s+)?(revises|generated)\s*(?::[^=]+)?=\s*/g;

/**
 * Finds the static fields `revises` and `generated` of a revision's text, skipping comments and strings. Linear in the
 * length of the text: a revision may hold 20 MB of SQL.
 */
export function outline(text: string): Pick<Revision, 'link' | 'linkLine' | 'generated'> {
  const found: Pick<Revision, 'link' | 'linkLine' | 'generated'> = {
    link: undefined,
    linkLine: undefined,
    generated: undefined,
  };
  token.lastIndex = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    if (match[1] === 'revises' && found.link === undefined) {
      found.link = literals(text.slice(token.lastIndex, text.indexOf(';', token.lastIndex)));
      found.linkLine = text.slice(0, match.index).split('\n').length;
    } else if (match[1] === 'generated') {
      found.generated = literals(text.slice(token.lastIndex, text.indexOf(';', token.lastIndex)))[0];
    } else if (!match[1]) {
      token.lastIndex = endOf(text, match[0], token.lastIndex);
    }
  }
  return found;
}

/** The strings of `'a'`, `['a', 'b']` or `null`. */
const literals = (source: string): string[] =>
  [...source.matchAll(/'([^'\n]*)'|"([^"\n]*)"|`([^`]*)`/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? '');

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
