import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = resolve(import.meta.dirname, '../..');

test('the package as npm gets it has types that a project can use, and every file that its package.json names', async () => {
  // Inside of the workspace, where the packages that it imports are found.
  const folder = mkdtempSync(join(root, 'node_modules/.cache-package-'));
  const built = join(folder, 'node_modules/nx-mikro-orm');
  try {
    execFileSync(process.execPath, [join(root, 'tools/nx-mikro-orm/package/build.ts'), built]);
    writeFileSync(
      join(folder, 'config.ts'),
      `import { defineConfig, run, type Config, type RunResult } from 'nx-mikro-orm';
import { Migrator } from 'nx-mikro-orm/migrator';
import { tables } from 'nx-mikro-orm/revision';
import { createNodesV2 } from 'nx-mikro-orm/plugin';
// @ts-expect-error: a name that it does not have
import { nothing } from 'nx-mikro-orm';
const config: Config = { orm: () => Promise.resolve({ default: { extensions: [Migrator] } }), revisions: './revisions' };
// @ts-expect-error: an option that it does not have
const other: Config = { orm: config.orm, revision: 1 };
export default defineConfig(config);
export const all: [typeof tables, typeof createNodesV2, Promise<RunResult>] = [tables, createNodesV2, run({} as never, {} as never)];
export { nothing, other };`,
    );
    writeFileSync(
      join(folder, 'tsconfig.json'),
      `{ "compilerOptions": { "module": "nodenext", "target": "es2024", "strict": true, "noEmit": true, "skipLibCheck": true,
  "types": ["node"], "typeRoots": ["../@types"] }, "files": ["config.ts"] }`,
    );
    const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    assert.equal(tsc.stdout.toString(), '');
    const { messages, pkg } = await publint({ pkgDir: built, strict: true });
    assert.deepEqual(
      messages.map((message) => formatMessage(message, pkg as never)),
      [],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
