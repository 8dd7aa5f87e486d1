/** Every comment of a history that allows a finding, with who wrote it and when. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { promisify } from 'node:util';
import type { Linked } from '../history/revision.ts';
import { readAllowance } from './allow.ts';
import { placeIn } from './judge.ts';
import { literalsIn } from './source.ts';

export interface Allowed {
  file: string;
  line: number;
  code: string;
  reason: string;
  /** Null for what is not committed yet. */
  by: string | null;
  at: string | null;
}

export async function allowedIn(revisions: readonly Linked[]): Promise<Allowed[]> {
  const found: Allowed[] = [];
  for (const { path } of revisions)
    for (const { line, ...read } of commentsIn(readFileSync(path, 'utf8')))
      found.push({ file: relative(process.cwd(), path), line, ...read, ...(await originOf(path, line)) });
  return found;
}

/** In what is sent, and above the calls that send it. */
function commentsIn(source: string): Pick<Allowed, 'line' | 'code' | 'reason'>[] {
  const above = source.split('\n').flatMap((text, at) => {
    const read = /^\s*\/\//.test(text) ? readAllowance(text) : undefined;
    return read ? [{ line: at + 1, ...read }] : [];
  });
  const sent = literalsIn(source).flatMap(({ value, place }) =>
    [...value.matchAll(/^.*$/gm)].flatMap(({ 0: text, index }) => {
      const read = readAllowance(text);
      return read ? [{ line: placeIn(source, place(index)).line, ...read }] : [];
    }),
  );
  return [...above, ...sent].sort((one, other) => one.line - other.line);
}

/** Who wrote a line, by git. */
async function originOf(path: string, line: number): Promise<Pick<Allowed, 'by' | 'at'>> {
  const words = ['blame', '--porcelain', '-L', `${line},${line}`, '--', path];
  const text = await promisify(execFile)('git', words, { cwd: dirname(path) }).then(
    ({ stdout }) => stdout,
    () => '',
  );
  const [, by] = /^author (.*)$/m.exec(text) ?? [];
  const [, time] = /^author-time (\d+)$/m.exec(text) ?? [];
  if (by === undefined || time === undefined || /^0{40} /.test(text)) return { by: null, at: null };
  return { by, at: new Date(Number(time) * 1000).toISOString().slice(0, 10) };
}
