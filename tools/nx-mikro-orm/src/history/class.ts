import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Migration } from '@mikro-orm/migrations';
import { firstLine, problem } from '../errors.ts';
import { asForeign } from '../foreign.ts';
import { watchLoops } from '../loops.ts';
import { irreversibleReason } from '../revision/irreversible.ts';
import { isStatement } from './meaning.ts';
import type { Linked } from './revision.ts';

/** The class that a revision's file exports. */
export type MigrationClass = new (...args: ConstructorParameters<typeof Migration>) => Migration;

/** What a class sends. */
export interface Collected {
  /** The statements, in order; none for a direction that runs code, as they are known only when it has run. */
  up: string[];
  /** Undefined when there is no way back. */
  down: string[] | undefined;
  /** Why there is no way back. */
  irreversible?: string | undefined;
  /** False when it asks to run outside of a transaction. */
  transactional: boolean;
  /** Which direction is more than a list of texts. */
  runsCode: { up: boolean; down: boolean };
}

/**
 * Imports the class of a revision and insists that it is what the file's name and link say.
 * @throws revision-broken, naming the line
 */
export async function loadRevision(revision: Linked): Promise<MigrationClass> {
  const broken = (detail: string, line?: number, cause?: unknown) =>
    problem('revision-broken', { name: revision.name, place: revision.path + (line ? `:${line}` : ''), detail }, cause);
  watchLoops();
  let exported: Record<string, unknown>;
  try {
    exported = await asForeign(revision.name, () => importFresh(revision.path, revision.hash));
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
  // Stock MikroORM goes by the file alone; a file of ours with another name was not renamed to the end.
  const isOurs = revision.link !== undefined && /^[A-Za-z_$][\w$]*$/.test(revision.name);
  if (isOurs && Class.name !== revision.name)
    throw broken(`its class is called ${Class.name}, not ${revision.name}.`, lineOfClass(revision.path, Class.name));
  const link = (Class as unknown as { revises?: string | string[] | null }).revises;
  if (link !== undefined && [link ?? []].flat().join() !== revision.link?.join())
    throw broken('its `revises` is computed; write the name as a plain string.', revision.linkLine);
  return Class;
}

/** Imports a file again when its content is not what it was the last time in this process. */
export const importFresh = (path: string, hash: string): Promise<Record<string, unknown>> =>
  import(`${pathToFileURL(path).href}?${hash.slice(0, 16)}`) as Promise<Record<string, unknown>>;

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

/** By which words a method could ask the database for something, instead of queueing a text. */
const asks = /\b(execute|getEntityManager|driver|ctx|config)\b|\btables\s*\(\s*this\b/;

class NeedsDatabase extends Error {}

/**
 * What a class would send, found out without a database: both methods are called with nothing behind them. A method
 * whose source has a word by which it could ask the database is not called, so that no code ever runs twice.
 */
export async function collectContent(Class: MigrationClass): Promise<Collected> {
  const up = await collect(Class, 'up');
  const down = await collect(Class, 'down');
  return {
    up: up.statements,
    down: down.irreversible === undefined ? down.statements : undefined,
    irreversible: down.irreversible,
    transactional: new Class(nothing, nothing).isTransactional(),
    runsCode: { up: up.runsCode, down: down.runsCode },
  };
}

interface Sent {
  statements: string[];
  runsCode: boolean;
  /** Why there is no way back. */
  irreversible?: string;
}

async function collect(Class: MigrationClass, direction: 'up' | 'down'): Promise<Sent> {
  if (asks.test(methodOf(Class, direction))) return { statements: [], runsCode: true };
  const migration = new Class(nothing, nothing);
  let asked = false;
  migration.execute = () => {
    // Noted here too: the revision may catch the error and go on.
    asked = true;
    throw new NeedsDatabase();
  };
  migration.getEntityManager = migration.execute as never;
  try {
    await asForeign(Class.name, () => migration[direction]());
  } catch (error) {
    const irreversible = irreversibleReason(error, direction);
    // Going up, it is asked again when its turn comes: what it says then is the answer.
    if (irreversible !== undefined && direction === 'up') return { statements: [], runsCode: true };
    if (irreversible !== undefined) return { statements: [], runsCode: false, irreversible };
    if (!(error instanceof NeedsDatabase)) throw error;
    // Noted where tables() asked, which goes around execute().
    asked = true;
  }
  const queries: unknown[] = migration.getQueries();
  // MikroORM's query objects become text only with a database.
  if (asked || queries.some((query) => typeof query !== 'string')) return { statements: [], runsCode: true };
  return { statements: (queries as string[]).filter(isStatement), runsCode: false };
}

/** The source of a method, wherever in the chain of classes it stands. */
const methodOf = (Class: MigrationClass, direction: 'up' | 'down'): string =>
  (Class.prototype as Record<string, unknown>)[direction]?.toString() ?? '';

const nothing = new Proxy(
  {},
  {
    get: () => {
      throw new NeedsDatabase();
    },
  },
) as never;
