/** Findings for a comment on a pull request. */
import type { Finding } from '../finding.ts';
import type { JudgedTarget } from '../target.ts';

/** By this, a bot finds the comment that it wrote before, and replaces it. */
const marker = '<!-- nx-mikro-orm lint -->';

/** GitHub takes 65 536 characters. */
export const longest = 60_000;

/** Begins with one sentence that says whether to merge. What would be too long is left out with a count. */
export function markdownOf(targets: readonly JudgedTarget[]): string[] {
  const all = targets.flatMap(({ findings }) => findings);
  const errors = all.filter(({ severity }) => severity === 'error').length;
  const verdict =
    errors > 0
      ? `**Do not merge yet**: ${errors} finding${errors === 1 ? '' : 's'} would stop, break or lose something in production.`
      : all.length > 0
        ? '**It can be merged**, with something to look at before.'
        : '**It can be merged**: nothing was found.';
  const lines = [marker, verdict, ''];
  let length = lines.join('\n').length;
  let left = 0;
  for (const { file, findings } of targets) {
    if (findings.length === 0) continue;
    const part = [
      `### ${code(file)}`,
      '',
      '| | line | what | instead |',
      '| --- | --- | --- | --- |',
      ...findings.map(row),
      '',
    ];
    const size = part.join('\n').length + 1;
    if (length + size > longest) left += findings.length;
    else lines.push(...part);
    if (length + size <= longest) length += size;
  }
  if (left > 0) lines.push(`${left} more are left out here: ${code('npx nx run migrations:lint')} shows all.`);
  const harmless = targets.filter(({ findings }) => findings.length === 0).length;
  if (harmless > 0) lines.push(`${harmless} of ${targets.length} without any finding.`);
  return lines;
}

const row = ({ severity, line, code: name, message, instead }: Finding): string =>
  `| ${severity} | ${line} | ${code(name)}: ${cell(message)} | ${cell(instead)} |`;

export const cell = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replace(/\s+/g, ' ');

export const code = (text: string): string => `\`${text.replaceAll('`', "'")}\``;

/** SQL in a block, whatever stands in it. */
export const fenced = (lines: readonly string[]): string[] => {
  const fence = '`'.repeat(
    Math.max(2, ...lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length)) + 1,
  );
  return [`${fence}sql`, ...lines, fence, ''];
};
