/** docs/against-mikro-orm.md, as the run of the whole corpus writes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Line, Lines } from './against.ts';

export function print(lines: Lines): void {
  for (const [theme, entries] of lines)
    for (const [name, line] of entries) console.log(`${theme}: ${lineOf(name, line)}`);
}

const lineOf = (name: string, { is, why, words, oursFails }: Line): string =>
  `- ${plain(name)} — ${is === 'right' ? is : `**${is}**`}${why === undefined ? '' : `: ${plain(why)}`}${words === undefined ? '' : `: ${code(words)}`}${oursFails ? ' (ours: fails)' : ''}`;

/** Text in which no letter means anything to Markdown. */
const plain = (text: string): string => text.replaceAll(/[\\`*_<>[\]#|~]/g, '\\$&');
const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);

export async function writePage(lines: Lines, _themes: object): Promise<void> {
  const file = join(import.meta.dirname, '../../../../docs/against-mikro-orm.md');
  const text = [...lines].map(([t, e]) => `## ${t}\n\n${[...e].map(([n, l]) => lineOf(n, l)).join('\n')}`).join('\n\n');
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
  void readFileSync;
}
