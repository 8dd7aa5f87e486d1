/** The corpus against stock MikroORM: every entry through both, and the page that says what came of it. */
import { after, type TestContext } from 'node:test';
import type { Change, Theme } from '../change.ts';
import { runChange, type Seen } from '../run.ts';
import { runStock } from './stock.ts';
import { lineOf, writePage } from './page.ts';
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

/** Writes the page once every entry has run; of a part of the corpus, prints the lines. */
export function report(lines: Lines, themes: Record<string, Theme>, isWhole: boolean): void {
  after(async () => {
    if (isWhole) await writePage(lines, themes);
    else
      for (const [theme, entries] of lines)
        for (const [name, line] of entries) console.log(`${theme} ${lineOf(name, line)}`);
  });
}
