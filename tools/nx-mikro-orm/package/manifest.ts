import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Manifest = Record<string, unknown> & { version: string };

const typed = (name: string, types: string) => ({ types: `./types/${types}.d.ts`, default: `./${name}.js` });

/** The package.json of what is published: that of the engine, with JavaScript in place of its sources. */
export function manifest(engine: string): Manifest {
  const own = JSON.parse(readFileSync(join(engine, 'package.json'), 'utf8')) as Manifest;
  const { nx: _nx, devDependencies: _dev, ...published } = own;
  return {
    ...published,
    exports: {
      '.': typed('index', 'src/index'),
      './eslint': { types: './eslint.d.ts', default: './eslint.js' },
      './migrator': typed('migrator', 'src/migrator'),
      './plugin': typed('plugin', 'plugin'),
      './revision': typed('revision', 'src/revision'),
      './testing': typed('testing', 'src/testing'),
      './package.json': './package.json',
    },
  };
}
