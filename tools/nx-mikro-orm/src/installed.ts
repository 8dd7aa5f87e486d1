import { createRequire } from 'node:module';
import { join } from 'node:path';
import { problem } from './errors.ts';

/** The major of MikroORM that this engine is written for. */
const major = 7;

/**
 * Looks at the MikroORM that a project has, before anything of it is imported: with another major, what is missing would come up as
 * some package that was not found. @throws mikro-orm-other-major
 */
export function assertMikroOrm(folder: string): void {
  const found = versionIn(folder);
  if (found !== undefined && Number.parseInt(found, 10) !== major)
    throw problem('mikro-orm-other-major', { found, major, folder });
}

/** Undefined where there is none, which is said by whoever needs it. */
function versionIn(folder: string): string | undefined {
  const require = createRequire(join(folder, 'x'));
  try {
    return (require('@mikro-orm/core/package.json') as { version?: string }).version;
  } catch {
    return undefined;
  }
}
