import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The names of the revisions that this build was made with, oldest first. Read once: a file that comes later is not part
 * of this build. `nx run api:build` puts the list itself in place of this file, so that a production image needs no folder.
 */
export const history: readonly string[] = revisionNames(join(import.meta.dirname, '../revisions'));

/** The names of the revisions in a folder, in order, by the same rule as the engine's; imports none of them. */
function revisionNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => !/\.(d|test|spec)\.[mc]?[jt]s$/.test(file))
    .flatMap((file) => /^(Migration\d{14}.*)\.(ts|mts|js|mjs)$/.exec(file)?.[1] ?? [])
    .sort();
}
