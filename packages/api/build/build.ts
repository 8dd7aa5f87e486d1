/**
 * `nx run api:build`: what runs in production, in `dist/`: one file of code, and the package.json and package-lock.json
 * by which `npm ci` installs exactly what it imports. Another folder can be named as an argument.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle, packagesOf } from './bundle.ts';
import { prune, type Packages } from './lock.ts';

const root = join(import.meta.dirname, '../../..');
const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '../dist'));

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const names = packagesOf(await bundle(folder));

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Packages };
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string;
};
const kept = prune(packages, names);
const manifest = {
  name: 'tutoria-api',
  version,
  private: true,
  type: 'module',
  dependencies: Object.fromEntries(names.map((name) => [name, kept[`node_modules/${name}`]!.version])),
};
const write = (file: string, value: object) => writeFileSync(join(folder, file), `${JSON.stringify(value, null, 2)}\n`);
write('package.json', manifest);
write('package-lock.json', { name: manifest.name, version, lockfileVersion: 3, packages: { '': manifest, ...kept } });
