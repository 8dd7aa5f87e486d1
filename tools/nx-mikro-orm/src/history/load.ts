import { readFileSync } from 'node:fs';
import { problem } from '../errors.ts';
import type { Linked } from './revision.ts';
import { firstLine, importFresh, type MigrationClass } from '../orm.ts';

/**
 * Imports the class of a revision and insists that it is what the file's name and link say.
 * @throws revision-broken, naming the line
 */
export async function loadRevision(revision: Linked): Promise<MigrationClass> {
  const broken = (detail: string, line?: number, cause?: unknown) =>
    problem('revision-broken', { name: revision.name, place: revision.path + (line ? `:${line}` : ''), detail }, cause);
  let exported: Record<string, unknown>;
  try {
    exported = await importFresh(revision.path, revision.hash);
  } catch (error) {
    throw broken(`${firstLine(error)}.`, lineOf(error, revision.path), error);
  }
  const classes = [...new Set(Object.values(exported))].filter(isMigrationClass);
  const [Class, second] = classes;
  if (!Class) throw broken('it exports no class with an up() method.', 1);
  if (second)
    throw broken(
      `it exports ${classes.length} classes: ${classes.map(({ name }) => name).join(', ')}.`,
      lineOfClass(revision.path, second.name),
    );
  if (/^[A-Za-z_$][\w$]*$/.test(revision.name) && Class.name !== revision.name)
    throw broken(`its class is called ${Class.name}, not ${revision.name}.`, lineOfClass(revision.path, Class.name));
  const link = (Class as unknown as { revises?: string | string[] | null }).revises;
  if (link !== undefined && [link ?? []].flat().join() !== revision.link?.join())
    throw broken('its `revises` is computed; write the name as a plain string.', revision.linkLine);
  return Class;
}

const isMigrationClass = (value: unknown): value is MigrationClass =>
  typeof value === 'function' && typeof (value.prototype as { up?: unknown } | undefined)?.up === 'function';

/** The line in a syntax error's or a failed import's stack that points into the file. */
function lineOf(error: unknown, path: string): number | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const at = stack.indexOf(path);
  const line = at < 0 ? undefined : /^[^:\n]*:(\d+)/.exec(stack.slice(at + path.length))?.[1];
  return line === undefined ? undefined : Number(line);
}

function lineOfClass(path: string, name: string): number | undefined {
  const lines = readFileSync(path, 'utf8').split('\n');
  const at = lines.findIndex((line) => new RegExp(`\\bclass\\s+${name.replace(/\$/g, '\\$')}\\b`).test(line));
  return at < 0 ? undefined : at + 1;
}
