/** The corpus against stock MikroORM: every entry through both, and the lines that say what came of it. */
import { writeFileSync } from 'node:fs';
import { after, type TestContext } from 'node:test';
import { format, resolveConfig } from 'prettier';
import type { Change } from '../change.ts';
import { runChange, type Seen } from '../run.ts';
import { runStock } from './stock.ts';
import { pageFile, pageNow, pageOf, type Page, type Themes } from './page.ts';
import { excluded, judge, type Line } from './verdict.ts';

/** By theme, then by entry. */
export type Lines = Map<string, Map<string, Line>>;

/** What `testTheme` runs in place of ours alone: ours, whose failure fails the entry as ever, and stock. */
export const against =
  (lines: Lines, theme: string) =>
  async (change: Change, context: TestContext, name: string): Promise<void> => {
    const seen: Seen = {};
    const outcome = await runChange(change, context, name, seen).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    const line: Line = { ...(await compare(change, seen)), ...(outcome && { oursFails: true }) };
    lines.set(theme, (lines.get(theme) ?? new Map<string, Line>()).set(name, line));
    if (outcome) throw outcome.error;
  };

/** By stock's default options; what is not right gets a second chance with the database in place of the snapshot. */
async function compare(change: Change, seen: Seen): Promise<Line> {
  const out = excluded(change, seen);
  if (out) return out;
  const verdict = judge(change, seen, await runStock(change));
  if (verdict.is === 'right') return verdict;
  const other = judge(change, seen, await runStock(change, { snapshot: false }));
  return { ...verdict, ...(other.is !== verdict.is && { withoutSnapshot: other.is }) };
}

/**
 * Writes the lines of the themes that ran, once they have. The lines of other themes stay.
 * @throws TypeError where an entry was not compared, or the other lines were written with other versions
 */
export function report(lines: Lines, themes: Themes): void {
  after(async () => {
    for (const theme of lines.keys())
      for (const name of Object.keys(themes[theme] ?? {}))
        if (!lines.get(theme)?.has(name)) throw new TypeError(`${theme}: "${name}" was not compared`);
    const text = pageOf(await merged(lines, themes), themes);
    writeFileSync(pageFile, await format(text, { ...(await resolveConfig(pageFile)), filepath: pageFile }));
  });
}

async function merged(lines: Lines, themes: Themes): Promise<Page> {
  const versions = await versionsNow();
  if (Object.keys(themes).every((theme) => lines.has(theme))) return { versions, lines };
  const page = pageNow();
  if (page.versions !== versions)
    throw new TypeError(`The page was written with ${page.versions}, and this is ${versions}: run every theme`);
  return { versions, lines: new Map([...page.lines, ...lines]) };
}

async function versionsNow(): Promise<string> {
  const { default: manifest } = (await import('@mikro-orm/migrations/package.json', { with: { type: 'json' } })) as {
    default: { version: string };
  };
  return `MikroORM ${manifest.version} on PostgreSQL ${process.env['POSTGRES_MAJOR'] ?? '18'}`;
}
