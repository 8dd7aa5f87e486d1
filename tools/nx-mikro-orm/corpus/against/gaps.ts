/** Whether docs/against-mikro-orm.md lists the corpus as it is now; nothing is run, and no ORM is opened. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Theme } from '../change.ts';

export const pageFile = join(import.meta.dirname, '../../../../docs/against-mikro-orm.md');

/** Of the page that is there; everything is missing where there is none. */
export const gapsNow = (themes: Record<string, Theme>): string[] =>
  pageGaps(existsSync(pageFile) ? readFileSync(pageFile, 'utf8') : '', themes);

/** Entries that the page does not list, and lines of entries that are gone. */
export function pageGaps(page: string, themes: Record<string, Theme>): string[] {
  const listed = new Set<string>();
  let theme = '';
  for (const line of page.split('\n')) {
    theme = /^## (.*)$/.exec(line)?.[1] ?? theme;
    const name = /^- (.*?) — (?:right|not compared|\*\*)/.exec(line)?.[1];
    if (name !== undefined) listed.add(`${theme}: ${name.replaceAll('\\', '')}`);
  }
  const wanted = new Set(
    Object.entries(themes).flatMap(([title, entries]) =>
      Object.keys(entries).map((name) => `${title}: ${name.replaceAll('\\', '')}`),
    ),
  );
  return [
    ...[...wanted].filter((entry) => !listed.has(entry)).map((entry) => `not listed: ${entry}`),
    ...[...listed].filter((entry) => !wanted.has(entry)).map((entry) => `gone: ${entry}`),
  ];
}
