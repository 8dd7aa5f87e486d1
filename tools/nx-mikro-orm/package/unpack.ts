/** The package as npm packs it, in the modules of a throw-away project. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writePackage } from './write.ts';

const engine = join(import.meta.dirname, '..');
const workspaceModules = join(engine, '../../node_modules');
const run = promisify(execFile);

/** Packs it in a folder. */
export async function packIn(home: string): Promise<void> {
  await writePackage(join(home, 'dist'));
  await run('npm', ['pack', join(home, 'dist'), '--pack-destination', home], { cwd: home });
}

/** The tarball, unpacked as an installer does it; what it needs comes from this workspace. */
export async function unpackInto(home: string, app: string, { nx }: { nx: boolean }): Promise<void> {
  mkdirSync(join(app, 'node_modules/nx-mikro-orm/node_modules'), { recursive: true });
  const left = ['nx-mikro-orm', ...(nx ? [] : ['@nx', 'nx'])];
  for (const name of readdirSync(workspaceModules))
    if (!name.startsWith('.') && !left.includes(name))
      symlinkSync(join(workspaceModules, name), join(app, 'node_modules', name));
  const into = join(app, 'node_modules/nx-mikro-orm');
  await run('tar', ['-xzf', join(home, 'nx-mikro-orm-0.1.0.tgz'), '-C', into, '--strip-components=1']);
  const own = join(engine, 'node_modules');
  for (const name of readdirSync(own).filter((one) => !one.startsWith('.')))
    symlinkSync(join(own, name), join(into, 'node_modules', name));
}
