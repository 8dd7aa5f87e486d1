import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { refused } from '../test/refused.ts';
import { loadProject } from './config.ts';
import { findProject } from './init/found.ts';

const withInstalled = async (version: string, work: (root: string) => Promise<void>): Promise<void> => {
  const root = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-installed-'));
  try {
    const core = join(root, 'node_modules/@mikro-orm/core');
    mkdirSync(core, { recursive: true });
    writeFileSync(join(core, 'package.json'), JSON.stringify({ name: '@mikro-orm/core', version }));
    writeFileSync(join(root, 'package.json'), '{ "name": "shop", "type": "module" }');
    writeFileSync(join(root, 'mikro-orm.config.ts'), "import '@mikro-orm/core';\nexport default {};\n");
    writeFileSync(join(root, 'migrations.config.ts'), 'export default { orm: async () => ({ default: {} }) };\n');
    await work(root);
  } finally {
    rmSync(root, { recursive: true });
  }
};

for (const version of ['5.9.8', '6.5.9', '8.0.0-next.1'])
  it(`MikroORM ${version} is refused by name, before anything of it is loaded`, () =>
    withInstalled(version, async (root) => {
      for (const work of [loadProject({ from: root }), findProject(root)]) {
        const { code, message, next } = await refused(work);
        assert.equal(code, 'mikro-orm-other-major');
        assert.match(message, new RegExp(`MikroORM ${version.replaceAll('.', '\\.')}.*needs MikroORM 6\\.6 or 7`));
        assert.match(next.join('\n'), /npm install @mikro-orm\/core@(6\.6|7) /);
      }
    }));

for (const version of ['6.6.16', '7.3.0'])
  it(`MikroORM ${version} is not`, () =>
    withInstalled(version, async (root) => void (await loadProject({ from: root }))));
