import { createRequire } from 'node:module';
import { join } from 'node:path';
import { problem } from './errors.ts';

/** The majors of MikroORM that this engine is written for, and the first minor of each. */
const majors: ReadonlyMap<number, number> = new Map([
  [6, 6],
  [7, 0],
]);

/**
 * Looks at the MikroORM that a project has, before anything of it is imported: with another major, what is missing would come up as
 * some package that was not found. @throws mikro-orm-other-major
 */
export function assertMikroOrm(folder: string): void {
  const found = versionIn(folder);
  if (found === undefined) return;
  const [major = 0, minor = 0] = found.split('.').map(Number);
  const first = majors.get(major);
  if (first === undefined || minor < first) throw problem('mikro-orm-other-major', { found, folder });
}

/** The major of the MikroORM that this engine itself finds. */
export const installedMajor = (): number => Number.parseInt(versionIn(import.meta.dirname) ?? '', 10);

/** Undefined where there is none, which is said by whoever needs it. */
function versionIn(folder: string): string | undefined {
  const require = createRequire(join(folder, 'x'));
  try {
    return (require('@mikro-orm/core/package.json') as { version?: string }).version;
  } catch {
    return undefined;
  }
}
