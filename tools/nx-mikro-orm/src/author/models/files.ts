import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Project } from '../../config.ts';
import type { Mistake } from './mistake.ts';
import { firstLine } from '../../errors.ts';

/** A file of the folders in `models`. */
export interface ModelFile {
  /** From the workspace. */
  path: string;
  text: string;
  exported: unknown[];
}

/** Imports every model file, and names those that cannot be. Tests and declarations are none. */
export async function readModelFiles(project: Project): Promise<{ files: ModelFile[]; broken: Mistake[] }> {
  const files: ModelFile[] = [];
  const broken: Mistake[] = [];
  for (const folder of project.models)
    for (const found of globSync('**/*.{ts,mts,js,mjs}', { cwd: folder }).sort()) {
      if (/\.(d|test|spec)\.[mc]?[jt]s$/.test(found) || found.includes('node_modules')) continue;
      const absolute = join(folder, found);
      const path = relative(project.workspace, absolute);
      const text = readFileSync(absolute, 'utf8');
      try {
        const exported = (await import(pathToFileURL(absolute).href)) as Record<string, unknown>;
        files.push({ path, text, exported: Object.values(exported) });
      } catch (error) {
        files.push({ path, text, exported: [] });
        const line = lineIn(error, absolute);
        broken.push({
          kind: 'broken',
          place: line === undefined ? path : `${path}:${line}`,
          what: `it cannot be loaded: ${firstLine(error).replace(/\.$/, '')}`,
          mend: `fix ${path}`,
        });
      }
    }
  return { files, broken };
}

/** The line of a file that an error's stack, or the head of a syntax error, points at. */
function lineIn(error: unknown, path: string): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack
    .split('\n')
    .map((line) => /:(\d+)(?::\d+)?\)?$/.exec(line.includes(path) ? line : '')?.[1])
    .find(Boolean);
}
