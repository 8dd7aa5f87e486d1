/** docs/against-mikro-orm.md, as a run of the whole corpus writes it. */
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import type { Theme } from '../change.ts';
import { pageFile } from './gaps.ts';
import { headOf, plain } from './head.ts';
import { oursFailed, type Line } from './verdict.ts';

/** By theme, then by entry. */
export type Lines = ReadonlyMap<string, ReadonlyMap<string, Line>>;

const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

/** What the page says of one entry. */
export function lineOf(name: string, { is, why, words, oursFails, withoutSnapshot }: Line): string {
  const verdict = is === 'right' || is === 'not compared' ? is : `**${is}**`;
  const other = withoutSnapshot === undefined ? '' : `; with \`snapshot: false\`: ${withoutSnapshot}`;
  const reason = [why === undefined ? [] : plain(why), words === undefined ? [] : code(words)].flat().join(': ');
  return `- ${plain(name)} — ${verdict}${reason && `: ${reason}`}${other}${oursFails && why !== oursFailed ? `; ${oursFailed}` : ''}`;
}

/** In the order of the corpus, whatever order the entries ended in. */
function pageOf(lines: Lines, themes: Record<string, Theme>): string {
  const sections = Object.entries(themes).map(([theme, entries]) =>
    [
      `## ${theme}`,
      Object.keys(entries)
        .map((name) => lineOf(name, found(lines, theme, name)))
        .join('\n'),
    ].join('\n\n'),
  );
  return [headOf(lines, Object.keys(themes)), ...sections, ''].join('\n\n');
}

function found(lines: Lines, theme: string, name: string): Line {
  const line = lines.get(theme)?.get(name);
  if (!line) throw new TypeError(`${theme}: "${name}" was not compared`);
  return line;
}

export async function writePage(lines: Lines, themes: Record<string, Theme>): Promise<void> {
  const options = { ...(await resolveConfig(pageFile)), filepath: pageFile };
  writeFileSync(pageFile, await format(pageOf(lines, themes), options));
}
