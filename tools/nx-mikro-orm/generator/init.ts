import { existsSync, globSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Tree } from '@nx/devkit';
import { withPlugin } from '../src/init/edits.ts';
import { notesWith, planSetup, type Setup } from '../src/init/init.ts';

export interface InitOptions {
  folder?: string;
}

/**
 * `nx add nx-mikro-orm`, and `nx g nx-mikro-orm:init`: what `nx-mikro-orm init` does, in the project that has a MikroORM configuration.
 * Where there is none, or several and none is named, the plugin alone is registered. Nothing is written before Nx writes it all.
 */
export default async function init(tree: Tree, { folder }: InitOptions): Promise<() => void> {
  const folders = folder === undefined ? projectsIn(tree.root) : [folder];
  const [only] = folders;
  if (only === undefined || folders.length > 1) {
    tree.write('nx.json', withPlugin(tree.read('nx.json', 'utf8') ?? '{}'));
    return says([
      folders.length === 0
        ? 'There is no MikroORM configuration yet, so the plugin alone was registered.'
        : `There are ${folders.length} MikroORM configurations, so the plugin alone was registered.`,
      ...(folders.length === 0 ? ['<the folder of it>'] : folders).map(
        (one) => `Next: npx nx g nx-mikro-orm:init --folder=${one}`,
      ),
    ]);
  }
  const setup = await planSetup(join(tree.root, only));
  const write = ({ file, text }: Setup['edits'][number]) => {
    tree.write(relative(tree.root, file), text);
  };
  for (const edit of setup.edits) write(edit);
  if (setup.edits.length > 0) write(notesWith(setup));
  return says([
    ...(setup.byHand ? [`by hand  ${relative(tree.root, setup.byHand.file)}:`, ...setup.byHand.lines] : []),
    ...setup.refused.map(({ option, why }) => `to remove  ${option} of the MikroORM configuration: ${why}`),
    'Next: npx nx-mikro-orm doctor, in that folder',
  ]);
}

/** After Nx has told what it wrote. */
const says = (lines: readonly string[]) => (): void => {
  process.stdout.write(`\n${lines.join('\n')}\n`);
};

/** Folders of projects with a MikroORM configuration, from the top. */
function projectsIn(root: string): string[] {
  const isLeftOut = (path: string) => /^(node_modules|dist|build|tmp|\..+)$/.test(basename(path));
  const configs = globSync('**/mikro-orm.config.{ts,js}', { cwd: root, exclude: isLeftOut });
  return [...new Set(configs.map((file) => projectOf(root, dirname(file))))].toSorted();
}

/** The nearest folder that is a project, or the top. */
function projectOf(root: string, folder: string): string {
  const isProject = ['project.json', 'package.json'].some((file) => existsSync(join(root, folder, file)));
  return folder === '.' || isProject ? folder : projectOf(root, dirname(folder));
}
