import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle } from './bundle.ts';
import { manifest } from './manifest.ts';

const engine = resolve(import.meta.dirname, '..');
const workspace = resolve(engine, '../..');

/** Writes the package into a folder, anew: everything but the types. */
export async function writePackage(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await bundle(engine, folder);
  const executors = readFileSync(join(engine, 'executors.json'), 'utf8');
  writeFileSync(join(folder, 'executors.json'), executors.replaceAll('./executor/run.ts', './executor/run.js'));
  const generators = readFileSync(join(engine, 'generators.json'), 'utf8');
  writeFileSync(join(folder, 'generators.json'), generators.replaceAll('./generator/init.ts', './generator/init.js'));
  for (const file of [
    'README.md',
    'AGENTS.md',
    'eslint.js',
    'eslint.d.ts',
    'executor/schemas',
    'generator/schema.json',
  ])
    cpSync(join(engine, file), join(folder, file), { recursive: true });
  for (const file of ['LICENSE', 'CHANGELOG.md']) cpSync(join(workspace, file), join(folder, file));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(engine), null, 2)}\n`);
}
