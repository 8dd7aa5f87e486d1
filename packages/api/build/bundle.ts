import { history } from '@tutoria/migrations';
import { build, type Metafile, type Plugin } from 'esbuild';
import { join } from 'node:path';

/** What npm installs stays outside; the packages of this workspace become part of the file. */
const npmOutside: Plugin = {
  name: 'npm-outside',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      if (kind === 'entry-point' || path.startsWith('@tutoria/')) return undefined;
      return { path, external: true };
    }),
};

/** The build knows its history by heart: a production image has no folder of revisions. */
const historyInside: Plugin = {
  name: 'history-inside',
  setup: ({ onLoad }) =>
    onLoad({ filter: /packages\/migrations\/src\/history\.ts$/ }, () => ({
      contents: `export const history = ${JSON.stringify(history)};`,
    })),
};

/** Makes `main.js` in a folder, of everything that the service has of this workspace. Says what went into it. */
export async function bundle(folder: string): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: [join(import.meta.dirname, '../src/main.ts')],
    outfile: join(folder, 'main.js'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // MikroORM knows entities by the names of their classes.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'error',
    plugins: [npmOutside, historyInside],
  });
  return metafile;
}

/** The npm packages that a bundle imports. */
export function packagesOf({ outputs }: Metafile): string[] {
  const imported = Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  const names = imported
    .filter((path) => !path.startsWith('node:'))
    .map((path) => path.split('/', path.startsWith('@') ? 2 : 1).join('/'));
  return [...new Set(names)].sort();
}
