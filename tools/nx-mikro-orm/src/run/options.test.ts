/** The table of options in docs/adopting.md; `RECORD=1` writes it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { format, resolveConfig } from 'prettier';
import { treatedOptions } from './options.ts';

const page = join(import.meta.dirname, '../../../../docs/adopting.md');

it('docs/adopting.md says what becomes of every option', async () => {
  const text = readFileSync(page, 'utf8');
  const rows = treatedOptions.map(
    ({ option, here }) =>
      `| ${option
        .split(', ')
        .map((name) => (/^[\w.]+$/.test(name) ? `\`${name}\`` : name))
        .join(', ')} | ${here} |`,
  );
  const table = ['| option | here |', '| --- | --- |', ...rows, ''].join('\n');
  const wanted = await format(
    text.replace(/^\| option +\|[^]*?\n(?!\|)/m, () => `${table}`),
    {
      ...(await resolveConfig(page)),
      filepath: page,
    },
  );
  if (process.env['RECORD'] === '1') writeFileSync(page, wanted);
  else assert.equal(text, wanted, 'RECORD=1 node --test tools/nx-mikro-orm/src/run/options.test.ts');
});
