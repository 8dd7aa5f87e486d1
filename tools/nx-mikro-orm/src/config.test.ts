import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { refused } from '../test/refused.ts';
import { loadProject } from './config.ts';

const valid = ['undefined', 'true', 'false', '[]', "['prod', '*.example.com:*/app']", '({ name }) => name === "app"'];
const invalid = ['"prod"', '1', 'null', '[1]', "['']", '{}'];

test('`protected` is true, false, a list of patterns or a function', async () => {
  const root = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-config-'));
  try {
    for (const [at, value] of [...valid, ...invalid].entries()) {
      const config = `${at}.ts`;
      writeFileSync(join(root, config), `export default { orm: async () => ({}), protected: ${value} };`);
      if (valid.includes(value)) await loadProject({ from: root, config });
      else {
        const found = await refused(loadProject({ from: root, config }));
        assert.equal(found.code, 'config-invalid');
        assert.match(found.message, /`protected` must be true, false, a list/, value);
      }
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
