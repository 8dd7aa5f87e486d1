/**
 * A page as something that can be typed. In its Markdown:
 * - a `ts` block that begins with `// path/to/file.ts` is that file; one that begins with `// in path/*_name.ts` is the
 *   class body of a file that is there already;
 * - a `diff` block that begins with such a path changes that file: what its lines without `+` say stands there once;
 * - each line of a `sh` block is typed, and the `text` block after it is what that prints;
 * - `<!-- fails -->` before a `sh` block: it has to fail. `<!-- not run -->`: nobody types it here. `<!-- psql -->`: only
 *   where psql is installed, and its output, which differs between its versions, is not compared;
 * - `<!-- prepare … -->` holds lines that are typed, and that no reader sees.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { original } from './copy.ts';

type Manner = 'succeeds' | 'fails' | 'not run' | 'psql' | 'prepare';

export interface Typed {
  kind: 'typed';
  manner: Manner;
  lines: string[];
  /** The `text` block that follows, if there is one; `at` is where its content begins in the page. */
  output: { text: string; at: number } | undefined;
}

export interface File {
  kind: 'file';
  path: string;
  /** The content is a class body that goes into the file. */
  body: boolean;
  text: string;
}

export interface Edit {
  kind: 'edit';
  path: string;
  from: string;
  to: string;
}

export const readPage = (path: string): string => readFileSync(join(original, path), 'utf8');

const pattern = /<!-- (fails|not run|psql) -->\n+|<!-- prepare\n([\s\S]*?)-->|^```(\w+)\n([\s\S]*?)^```$/gm;

export function parsePage(page: string): (Typed | File | Edit)[] {
  const blocks: (Typed | File | Edit)[] = [];
  let manner: Manner = 'succeeds';
  for (const match of page.matchAll(pattern)) {
    const [, marker, prepared, language, text = ''] = match;
    const last = blocks.at(-1);
    if (marker) {
      manner = marker as Manner;
      continue;
    }
    if (prepared !== undefined) {
      blocks.push({ kind: 'typed', manner: 'prepare', lines: linesOf(prepared), output: undefined });
    } else if (language === 'sh') {
      blocks.push({ kind: 'typed', manner, lines: linesOf(text), output: undefined });
    } else if (language === 'text' && last?.kind === 'typed' && !last.output) {
      last.output = { text, at: match.index + '```text\n'.length };
    } else if (language === 'diff') {
      blocks.push(editOf(text));
    } else if (language === 'ts') {
      const [, body, path] = /^\/\/ (in )?(\S+)\n/.exec(text) ?? [];
      if (path) blocks.push({ kind: 'file', path, body: body !== undefined, text: text.slice(text.indexOf('\n') + 1) });
    }
    manner = 'succeeds';
  }
  return blocks;
}

function editOf(text: string): Edit {
  const [head = '', ...lines] = text.replace(/\n$/, '').split('\n');
  const without = (sign: string) =>
    lines
      .filter((line) => !line.startsWith(sign))
      .map((line) => line.slice(1))
      .join('\n');
  return { kind: 'edit', path: head.replace(/^\/\/ /, ''), from: without('+'), to: without('-') };
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

/** Takes out what belongs to Nx and npm, and puts a reader's names in place of this machine's. */
export function asPrinted(said: string, root: string): string {
  return stripVTControlCharacters(said)
    .replace(/^npm (warn|notice).*\n/gm, '')
    .replace(/^\n?> nx run .*\n\n?/gm, '')
    .replace(/\n*^ NX .*[\s\S]*$/m, '\n')
    .replaceAll(root, '/home/mei/tutoria')
    .replace(/(?<=by |  )[^\s@]+@[^\s@]+/g, 'mei@laptop')
    .replace(/(postgresql:\/\/postgres:)[^@\s]+@/g, '$1the-password@')
    .replace(/[ \t]+$/gm, '')
    .replace(/^\n+/, '')
    .replace(/\s*$/, '\n');
}

/** Without what is different each time (hours, ports, durations, commits), and without the empty lines that Nx loses. */
export const comparable = (said: string): string =>
  said
    .replace(/\n+/g, '\n')
    .replace(/Migration\d{14}/g, 'Migration…')
    .replace(/\d{4}-\d\d-\d\d(T[\d:.]+Z| \d\d:\d\d)/g, '(when)')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:(port)')
    .replace(/(commit|contains) [0-9a-f]+/g, '$1 (hash)')
    // A branch and its commit, with the milliseconds at the end of a line of `status`.
    .replace(/(?<=\w )[0-9a-f]{12}\b( +\d+$)?/gm, (_, ms?: string) => `(hash)${ms ? ' (n)' : ''}`)
    // The short commits of `git log --oneline`.
    .replace(/^[0-9a-f]{7,12} /gm, '(hash) ')
    // How many rows a table has is a guess of the server's, which it makes when it gets round to it.
    .replace(/(?<=\| (?:table|view) +\|) +~\d+$/gm, '')
    .replace(/\b\d+ ms\b/g, '(n) ms')
    .replace(/(process|pid) \d+/g, '$1 (n)');
