import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '../errors.ts';

/** Files by what was typed: a file, a folder of .sql files, or a pattern with `*`. In the order in which they were typed. */
export const filesNamed = (words: readonly string[]): string[] =>
  words.flatMap((word) => {
    const isThere = existsSync(word);
    if (isThere && !statSync(word).isDirectory()) return [word];
    const found = globSync(isThere ? join(word, '*.sql') : word).sort();
    if (found.length === 0) throw problem('file-missing', { file: word, detail: 'there is no such file' });
    return found;
  });
