import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Migration } from '@mikro-orm/migrations';
import { firstLine, problem } from '../errors.ts';
import { asForeign } from '../foreign.ts';
import { watchLoops } from '../loops.ts';
import { irreversibleReason } from '../revision/irreversible.ts';
import { lineInStack } from '../text/stack.ts';
import { loadTypeScript } from '../typescript.ts';
import { isStatement } from './meaning.ts';
import type { Linked } from './revision.ts';
import { isIdentifier } from '../text/identifier.ts';

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
  const broken = brokenBy(revision);
  watchLoops();
  let exported: Record<string, unknown>;
  try {
    exported = await asForeign(revision.name, () =>
      loadTypeScript(dirname(revision.path), () => importFresh(revision.path, revision.hash)),
    );
  } catch (error) {
    throw broken(`${firstLine(error)}.`, lineInStack(error, revision.path), error);
  }
  const found = [...new Set(Object.values(exported))];
  const complete = found.filter(isMigrationClass);
  // A class whose up() is a field has it only when there is an instance.
  const classes = complete.length > 0 ? complete : found.filter(hasFields);
  const [Class, second] = classes;
  if (!Class)
    throw broken(
      'it exports no class with an up() method; a file that is no migration belongs into another folder.',
      1,
    );
  if (second)
    throw broken(
      `it exports ${classes.length} classes: ${classes.map(({ name }) => name).join(', ')}.`,
      lineOfClass(revision.path, second.name),
    );
  // Stock MikroORM goes by the file alone; a file of ours with another name was not renamed to the end.
  const isOurs = revision.link !== undefined && isIdentifier(revision.name);
  if (isOurs && Class.name !== revision.name)
    throw broken(`its class is called ${Class.name}, not ${revision.name}.`, lineOfClass(revision.path, Class.name));
  const link = (Class as unknown as { revises?: string | string[] | null }).revises;
  if (link !== undefined && [link ?? []].flat().join() !== revision.link?.join())
    throw broken('its `revises` is computed; write the name as a plain string.', revision.linkLine);
  return Class;
}

const brokenBy =
  ({ name, path }: Linked) =>
  (detail: string, line?: number, cause?: unknown) =>
    problem('revision-broken', { name, place: path + (line ? `:${line}` : ''), detail }, cause);

/** Imports a file again when its content is not what it was the last time in this process. */
export const importFresh = (path: string, hash: string): Promise<Record<string, unknown>> =>
  import(`${pathToFileURL(path).href}?${hash.slice(0, 16)}`) as Promise<Record<string, unknown>>;

const isMigrationClass = (value: unknown): value is MigrationClass =>
  typeof value === 'function' && typeof (value.prototype as { up?: unknown } | undefined)?.up === 'function';

const hasFields = (value: unknown): value is MigrationClass => {
  const { prototype } = (typeof value === 'function' ? value : {}) as { prototype?: Partial<Migration> };
  return typeof prototype?.addSql === 'function' && typeof instanceOf(value as MigrationClass)?.up === 'function';
};

/** An instance with nothing behind it; undefined where the constructor asks for something already. */
function instanceOf(Class: MigrationClass): Migration | undefined {
  try {
    return new Class(nothing, nothing);
  } catch {
    return undefined;
  }
}

const lineOfClass = (path: string, name: string): number | undefined =>
  lineOfText(path, new RegExp(`\\bclass\\s+${name.replace(/\$/g, '\\$')}\\b`));

function lineOfText(path: string, text: string | RegExp): number | undefined {
  const at = readFileSync(path, 'utf8')
    .split('\n')
    .findIndex((line) => line.search(text) >= 0);
  return at < 0 ? undefined : at + 1;
}

/** What a direction uses that MikroORM 7 has not got any more, as a sentence. */
const lackingIn = (Class: MigrationClass, direction: 'up' | 'down'): string | undefined =>
  /\bgetKnex\s*\(/.test(methodOf(Class, direction)) && !('getKnex' in Class.prototype)
    ? `its ${direction}() calls getKnex(), which MikroORM has only up to version 6: write \`await this.execute(sql, values)\`, or \`tables(this)\` of nx-mikro-orm/revision`
    : undefined;

/** By which words a method could ask the database for something, instead of queueing a text. */
const asks = /\b(execute|getEntityManager|getKnex|driver|ctx|config)\b|\btables\s*\(\s*this\b/;

class NeedsDatabase extends Error {}

/**
 * What a class would send, found out without a database: both methods are called with nothing behind them. A method
 * whose source has a word by which it could ask the database is not called, so that no code ever runs twice.
 * @throws revision-broken, where `up()` throws
 */
export async function collectContent(Class: MigrationClass, revision: Linked): Promise<Collected> {
  const up = await collect(Class, revision, 'up');
  const down = await collect(Class, revision, 'down');
  return {
    up: up.statements,
    down: down.irreversible === undefined ? down.statements : undefined,
    irreversible: down.irreversible,
    transactional: (instanceOf(Class) ?? (Object.create(Class.prototype as object) as Migration)).isTransactional(),
    runsCode: { up: up.runsCode, down: down.runsCode },
  };
}

interface Sent {
  statements: string[];
  runsCode: boolean;
  /** Why there is no way back. */
  irreversible?: string;
}

async function collect(Class: MigrationClass, revision: Linked, direction: 'up' | 'down'): Promise<Sent> {
  const lacking = lackingIn(Class, direction);
  if (lacking !== undefined && direction === 'down') return { statements: [], runsCode: false, irreversible: lacking };
  if (lacking !== undefined) throw brokenBy(revision)(lacking, lineOfText(revision.path, 'getKnex'));
  const migration = callable(Class, direction);
  if (!migration) return { statements: [], runsCode: true };
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
    // Going down, it is asked again when its turn comes, which may be never.
    if (!(error instanceof NeedsDatabase) && direction === 'down') return { statements: [], runsCode: true };
    if (!(error instanceof NeedsDatabase))
      throw brokenBy(revision)(`its up() fails: ${firstLine(error)}`, lineInStack(error, revision.path), error);
    // Noted where tables() asked, which goes around execute().
    asked = true;
  }
  const queries: unknown[] = migration.getQueries();
  // MikroORM's query objects become text only with a database.
  if (asked || queries.some((query) => typeof query !== 'string')) return { statements: [], runsCode: true };
  return { statements: (queries as string[]).filter(isStatement), runsCode: false };
}

/** An instance whose method may be called with nothing behind it. */
const callable = (Class: MigrationClass, direction: 'up' | 'down'): Migration | undefined =>
  asks.test(methodOf(Class, direction)) ? undefined : instanceOf(Class);

/** The source of a method, wherever in the chain of classes it stands; it may be a field. */
function methodOf(Class: MigrationClass, direction: 'up' | 'down'): string {
  const owner = isMigrationClass(Class) ? (Class.prototype as Migration) : instanceOf(Class);
  return (owner as Partial<Migration> | undefined)?.[direction]?.toString() ?? '';
}

const nothing = new Proxy(
  {},
  {
    get: () => {
      throw new NeedsDatabase();
    },
  },
) as never;
