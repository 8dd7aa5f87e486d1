/**
 * `nx run nx-mikro-orm:build`: the package as npm gets it, in `dist/`: JavaScript, types, source maps, and what Nx reads. Node
 * strips no types below `node_modules`. Another folder can be named as an argument.
 */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { writePackage } from './write.ts';

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '../dist'));
await writePackage(folder);
execFileSync(
  process.execPath,
  [
    join(import.meta.dirname, '../../../node_modules/typescript/bin/tsc'),
    ...['--project', join(import.meta.dirname, 'tsconfig.json'), '--outDir', join(folder, 'types')],
  ],
  { stdio: 'inherit' },
);
