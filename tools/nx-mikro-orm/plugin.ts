import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CreateNodes, CreateNodesResultArray } from '@nx/devkit';
import { inputsFor, targetsFor } from './targets.ts';

/**
 * The Nx plugin: every project with a `migrations.config.ts` gets a target for each command. It neither reads nor
 * imports the config, because Nx runs it on every invocation.
 */
export const createNodes: CreateNodes = [
  '**/migrations.config.ts',
  (files, _, { workspaceRoot, nxJsonConfiguration }): CreateNodesResultArray => {
    const inputs = inputsFor(workspaceRoot, nxJsonConfiguration.namedInputs ?? {});
    return files
      .filter((file) => !file.split('/').includes('node_modules'))
      .map((file) => ({ file, root: dirname(file) }))
      .filter(({ root }) => isProject(join(workspaceRoot, root)))
      .map(({ file, root }) => [file, { projects: { [root]: { targets: targetsFor(inputs) } } }]);
  },
];

/** The same under the name that Nx 22 prefers and Nx 24 still reads. */
export const createNodesV2 = createNodes;

/** Without either file the folder has no name, and Nx would refuse the whole workspace. */
const isProject = (folder: string): boolean =>
  ['package.json', 'project.json'].some((file) => existsSync(join(folder, file)));
