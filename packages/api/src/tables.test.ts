/** The tables of docs/api.md come from the code: `RECORD=1` writes them, otherwise they are compared. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { format } from 'prettier';
import { problems } from './problem.ts';
import { secretNames, settingsSchema } from './settings.ts';

const file = join(import.meta.dirname, '../../../docs/api.md');

interface Setting {
  description: string;
  default?: string | number;
  minimum?: number;
  maximum?: number;
}

const row = (...cells: unknown[]) => `| ${cells.join(' | ')} |`;

function settings(): string[] {
  const required: readonly string[] = settingsSchema.required;
  const rows = Object.entries(settingsSchema.properties as unknown as Record<string, Setting>).map(
    ([name, setting]) => {
      const { description, default: usual } = setting;
      const without =
        required.includes(name) && usual === undefined
          ? '_must be given_'
          : usual === '' || usual === undefined
            ? ''
            : `\`${String(usual)}\``;
      return row(`\`${name}\``, without, `${description}${secretNames.includes(name as never) ? ' Secret.' : ''}`);
    },
  );
  return [row('variable', 'default', ''), row('-', '-', '-'), ...rows];
}

const refusals = (): string[] => [
  row('status', '`type`: `tag:tutoria.example,2026:`…', ''),
  row('-', '-', '-'),
  ...Object.entries(problems).map(([name, { status, title }]) => row(status, `\`${name}\``, title)),
];

/** The page with each table as the code has it: from its mark to the next empty line after it. */
async function written(page: string): Promise<string> {
  for (const [mark, table] of [
    ['problems', refusals()],
    ['settings', settings()],
  ] as const)
    page = page.replace(
      new RegExp(`(<!-- ${mark} -->\\n)(\\n\\|[^\\n]*(\\n\\|[^\\n]*)*)?`),
      (_, begin: string) => `${[begin, ...table].join('\n')}\n`,
    );
  return format(page, { parser: 'markdown', printWidth: 120 });
}

test('docs/api.md lists every setting and every refusal', async () => {
  const page = readFileSync(file, 'utf8');
  const right = await written(page);
  if (process.env['RECORD']) writeFileSync(file, right);
  else assert.equal(page, right);
});
