import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';

/** A loader as small as can be: an import may leave `.ts` out. */
const loader = `import { registerHooks } from 'node:module';
export const register = () => registerHooks({
  resolve: (specifier, context, next) => next(/^\\.[^.]*$/.test(specifier) ? specifier + '.ts' : specifier, context),
});`;

const project = {
  'package.json': '{ "name": "shop", "type": "module" }',
  'config.ts': "import { name } from './name';\nexport default name;\n",
  'name.ts': "export const name: string = 'found';\n",
  'broken.ts': 'export default =;\n',
  'lacking.ts': "import 'no-such-package';\n",
  'throws.ts': "throw new TypeError('of the code itself');\n",
};

const tsx = {
  'node_modules/tsx/package.json':
    '{ "name": "tsx", "type": "module", "exports": { "./esm/api": "./api.js", "./cjs/api": "./cjs.js" } }',
  'node_modules/tsx/api.js': loader,
  'node_modules/tsx/cjs.js': 'export const register = () => undefined;',
};

/** What a process prints that loads a file; a loader is for good. */
function loaded(file: string, files: Record<string, string>, env: NodeJS.ProcessEnv = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-typescript-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
    const code = `const { loadTypeScript } = await import(${JSON.stringify(join(import.meta.dirname, 'typescript.ts'))});
      const load = () => import(${JSON.stringify(join(root, file))});
      await loadTypeScript(${JSON.stringify(root)}, load).then((found) => console.log(found.default), (error) => console.log(error.message));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...env },
    });
    assert.equal(stderr, '');
    return stdout.replaceAll(root, '').trim();
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe('TypeScript that Node does not run as it is', () => {
  it('is loaded through the loader that the project has', () => {
    assert.equal(loaded('config.ts', { ...project, ...tsx }), 'found');
  });

  it('names the way out where there is none', () => {
    assert.match(loaded('config.ts', project), /^Cannot find module '\/name'.*npm install --save-dev tsx$/);
  });

  it('takes the loader that is named, and no other', () => {
    const named = '{ "name": "shop", "type": "module", "mikro-orm": { "tsLoader": "swc" } }';
    assert.match(loaded('config.ts', { ...project, ...tsx, 'package.json': named }), /npm install/);
    assert.equal(loaded('config.ts', { ...project, ...tsx }, { MIKRO_ORM_CLI_TS_LOADER: 'tsx' }), 'found');
  });

  it('blames nothing else on how it is written', () => {
    assert.equal(loaded('throws.ts', project), 'of the code itself');
    assert.match(loaded('lacking.ts', project), /^Cannot find package 'no-such-package'/);
    assert.doesNotMatch(loaded('lacking.ts', project), /tsx/);
  });
});
