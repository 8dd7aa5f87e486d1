/** The corpus against stock MikroORM: every entry through both, and the page that says what came of it. */
import { after, type TestContext } from 'node:test';
import type { Change, Theme } from '../change.ts';
import { runChange, type Seen } from '../run.ts';
import { runStock } from './stock.ts';
import { lineOf, writePage } from './page.ts';
import { excluded, judge, type Line } from './verdict.ts';

/** By theme, then by entry. */
export type Lines = Map<string, Map<string, Line>>;

/** What `testTheme` runs in place of ours alone: stock first, then ours, whose failure fails the entry as ever. */
export const against =
  (lines: Lines, theme: string) =>
  async (change: Change, context: TestContext, name: string): Promise<void> => {
    const seen: Seen = {};
    const without = excluded(change);
    const facts = without ? undefined : await runStock(change);
    const note = (oursFails?: true) => {
      const verdict = without ?? judge(change, seen, facts ?? { wrote: [], again: [], unmet: [] });
      const ofTheme = lines.get(theme) ?? new Map<string, Line>();
      lines.set(theme, ofTheme.set(name, { ...verdict, ...(oursFails && { oursFails }) }));
    };
    await runChange(change, context, name, seen).catch((error: unknown) => {
      note(true);
      throw error;
    });
    note();
  };

/** Writes the page once every entry has run; of a part of the corpus, prints the lines. */
export function report(lines: Lines, themes: Record<string, Theme>, isWhole: boolean): void {
  after(async () => {
    if (isWhole) await writePage(lines, themes);
    else
      for (const [theme, entries] of lines)
        for (const [name, line] of entries) console.log(`${theme} ${lineOf(name, line)}`);
  });
}
