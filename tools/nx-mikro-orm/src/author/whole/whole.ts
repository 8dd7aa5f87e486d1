import {
  compareCatalogues,
  describe,
  keyOf,
  readCatalogue,
  readKey,
  spelled,
  type Catalogue,
  type Client,
} from '../../catalogue/index.ts';
import type { Project } from '../../config.ts';
import { firstLine, problem } from '../../errors.ts';
import { rehearse as rolledBack } from '../../orm.ts';
import { withScratch, type Scratch } from '../../rehearsal/scratch/database.ts';
import { quoted } from '../../catalogue/kinds/naming.ts';
import { build, type Built } from './build.ts';
import type { BuildEntry } from './entry.ts';
import { readContents } from './contents.ts';
import type { Statements } from '../../diff/moves.ts';
import { formatStatement } from '../file/file.ts';

/** Everything there is in a database: what makes it again, and what to compare that with. */
export interface DatabaseSource {
  entries: BuildEntry[];
  catalogue: Catalogue;
  /** Rows and sequences by name, where they belong to it. */
  contents?: Map<string, string> | undefined;
  /** Columns whose values are no part of it. */
  leftOut?: ReadonlySet<string>;
  /** Keys of what down leaves in place. */
  stays?: ReadonlySet<string>;
}

export interface Whole {
  statements: Statements;
  /** What the statements do not make again, and why not. */
  lost: string[];
  /** What they do make. */
  catalogue: Catalogue;
  /** Of the server that tried them. */
  scratchMajor: number;
}

/**
 * Finds the statements that make all of `source` on an empty database, and rehearses them on scratch: what up gives is
 * compared with the source, down gives an empty database, up again the same. @throws whole-unproven
 */
export async function proveWhole(project: Project, source: DatabaseSource): Promise<Whole> {
  return withScratch(project, [], {}, async (scratch) => {
    const rehearsal = <T>(work: () => Promise<T>) => rolledBack(scratch.session, work);
    const built = await rehearsal(() => build(scratch.client, source.entries));
    if (built.stuck.size > 0)
      throw problem('whole-unproven', {
        stage: 'not everything can be dropped again without cascade',
        differences: [...built.stuck].map(([key, reason]) => `${key}: ${reason}`),
      });
    const statements = { up: built.up.map(formatStatement), down: built.down };
    return rehearsal(() => rehearse(scratch, source, statements, built));
  });
}

async function rehearse(
  { client }: Scratch,
  source: DatabaseSource,
  statements: Statements,
  built: Built,
): Promise<Whole> {
  const assertNone = (stage: string, differences: string[]) => {
    if (differences.length > 0) throw problem('whole-unproven', { stage, differences });
  };
  const contents = async () =>
    source.contents ? readContents(client, source.leftOut ?? new Set()) : new Map<string, string>();
  const empty = await readCatalogue(client);
  await play(client, 'up', statements.up);
  const [after, held] = [await readCatalogue(client), await contents()];
  await play(client, 'down', statements.down);
  assertNone(
    'down does not give an empty database',
    differencesOf(empty, await readCatalogue(client))
      .filter(({ key }) => !source.stays?.has(key))
      .map(describe),
  );
  for (const key of source.stays ?? []) await client.query(`drop schema ${spelled(readKey(key).names)}`);
  await play(client, 'up again', statements.up);
  assertNone('up again does not give the same', [
    ...differencesOf(after, await readCatalogue(client)).map(describe),
    ...contentsLost(held, await contents()),
  ]);
  const { rows } = await client.query("select current_setting('server_version_num')::int / 10000 as major");
  const { major } = rows[0] as { major: number };
  return { statements, lost: lostOf(source, after, held, built.failed), catalogue: after, scratchMajor: major };
}

async function play(client: Client, stage: string, statements: readonly string[]): Promise<void> {
  for (const sql of statements)
    try {
      await client.query(sql);
    } catch (error) {
      throw problem('whole-unproven', { stage: `${stage} fails`, differences: [firstLine(error), sql] }, error);
    }
}

/**
 * The runner makes the ledger's schema before any revision runs, and keeps it as long as there is a ledger: a revision that
 * has it too must find it there, and leave it.
 */
export function besideLedger({ table }: Project, source: DatabaseSource): DatabaseSource {
  const key = keyOf('schema', [table.schema]);
  if (!source.catalogue.has(key)) return source;
  const entries = source.entries.map(({ undo, ...entry }): BuildEntry => {
    if (entry.key !== key || entry.phase !== 'structure') return { ...entry, ...(undo && { undo }) };
    return { ...entry, statements: [`create schema if not exists ${quoted(table.schema)}`] };
  });
  return { ...source, entries, stays: new Set([key]) };
}

/** What somebody should know of the roles that the statements name, as sentences. */
export const rolesMade = (entries: readonly BuildEntry[]): string[] =>
  entries.flatMap(({ role }) =>
    role === undefined ? [] : `role ${role} is made, without a login, where the server has none`,
  );

/** Without the database itself: a scratch database has a comment of ours. */
const differencesOf = (expected: Catalogue, found: Catalogue) =>
  compareCatalogues(expected, found).filter(({ kind }) => kind !== 'database');

/** What the source has and the rehearsal did not give, each thing once and with the server's reason where there is one. */
function lostOf(
  source: DatabaseSource,
  after: Catalogue,
  held: Map<string, string>,
  failed: ReadonlyMap<string, string>,
): string[] {
  const gone = (schema: string | undefined, table: string | undefined) =>
    table !== undefined &&
    [...source.catalogue.values()].some(
      ({ key, ...owner }) =>
        !after.has(key) && owner.table === undefined && owner.schema === schema && owner.name === table,
    );
  const reason = (key: string) => (failed.has(key) ? `: ${failed.get(key)}` : '');
  const differences = differencesOf(source.catalogue, after);
  const named = new Set(differences.map(({ key }) => key));
  return [
    // With a table goes all that hangs on it.
    ...differences
      .filter(({ key }) => {
        const item = source.catalogue.get(key);
        return !(item?.table !== undefined && gone(item.schema, item.table));
      })
      .map(
        (difference) =>
          (difference.what === 'missing' ? difference.key : describe(difference)) + reason(difference.key),
      ),
    ...(source.contents ? contentsLost(source.contents, held) : []),
    ...source.entries
      .filter(
        ({ key, schema, table }) =>
          failed.has(key) && !named.has(key) && !source.contents?.has(key) && !gone(schema, table),
      )
      .map(({ key }) => key + reason(key))
      .filter((line, at, all) => all.indexOf(line) === at),
  ];
}

const contentsLost = (expected: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): string[] =>
  [...new Set([...expected.keys(), ...found.keys()])].filter((key) => expected.get(key) !== found.get(key));
