import { build } from 'esbuild';

/** Where a user's program, MikroORM, a revision, ESLint and Nx come in. */
const entries = {
  index: 'src/index.ts',
  migrator: 'src/migrator.ts',
  revision: 'src/revision.ts',
  testing: 'src/testing.ts',
  plugin: 'plugin.ts',
  bin: 'bin.js',
  'executor/run': 'executor/run.ts',
  'generator/init': 'generator/init.ts',
};

/** Bundles the engine's own files, shared ones in files of their own; what npm installs stays outside. */
export async function bundle(engine: string, folder: string): Promise<void> {
  await build({
    absWorkingDir: engine,
    entryPoints: entries,
    outdir: folder,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    target: 'node22',
    format: 'esm',
    // MikroORM recognises an extension by the name of its class.
    keepNames: true,
    sourcemap: true,
    // Lines and names are enough for a stack; the sources are in the repository.
    sourcesContent: false,
    logLevel: 'error',
  });
}
