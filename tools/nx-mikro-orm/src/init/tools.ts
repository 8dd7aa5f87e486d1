/**
 * Migration tools of others: the table in which each notes what it has applied, and how its files are named. Each reads rows and a
 * folder as the tool itself does; nothing here asks a database.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A row of a tool's table, as the server gives it. */
export type ToolRow = Record<string, unknown>;

export interface Tool {
  /** Its usual table. */
  table: string;
  /** By which its table is told from another one of that name. */
  columns: string[];
  /** More tables of its own, beside that one. */
  beside?: (table: string) => string[];
  /** Where its files usually are, from the top of the project. */
  folders: string[];
  /** What it has applied, by its own names, the oldest first. */
  applied: (rows: readonly ToolRow[]) => string[];
  /** What it began and did not end, or undid only in part, as sentences. */
  unfinished?: (rows: readonly ToolRow[], beside: readonly ToolRow[]) => string[];
  /** Files that it would still apply; undefined where the folder has no file of this tool. */
  pending: (rows: readonly ToolRow[], folder: string) => string[] | undefined;
}

const text = (value: unknown): string => `${(value ?? '') as string | number}`;

/** Files of a folder, in order, as paths from it. */
const filesIn = (folder: string, pattern: string): string[] =>
  globSync(pattern, { cwd: folder, exclude: (path) => basename(path) === 'node_modules' })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted();

/** Files without a row; undefined where there are no files. */
function without(files: readonly { id: string; shown: string }[], ids: readonly string[]): string[] | undefined {
  if (files.length === 0) return undefined;
  return files.filter(({ id }) => !ids.includes(id)).map(({ shown }) => shown);
}

const sources = '*.{ts,js,mts,mjs,cts,cjs}';
const isDeclaration = (file: string): boolean => /\.d\.[cm]?ts$/.test(file);
const withoutEnding = (file: string): string => file.replace(/\.[^.]+$/, '');

/** TypeORM goes by the 13 digits at the end of the name of the class. */
const typeorm: Tool = {
  table: 'migrations',
  columns: ['id', 'timestamp', 'name'],
  folders: [
    'src/migrations',
    'src/migration',
    'migrations',
    'migration',
    'src/database/migrations',
    'src/db/migrations',
  ],
  applied: (rows) => rows.map(({ name }) => text(name)),
  pending: (rows, folder) => {
    const files = filesIn(folder, `**/${sources}`).filter((file) => !isDeclaration(file));
    const classes = files.flatMap((shown) =>
      [...readFileSync(join(folder, shown), 'utf8').matchAll(/\bclass\s+\w*?(\d{13})\b/g)].map(([, id = '']) => ({
        id,
        shown,
      })),
    );
    return without(
      classes,
      rows.map(({ timestamp }) => text(timestamp)),
    );
  },
};

const isRolledBack = (row: ToolRow): boolean => row['rolled_back_at'] !== null;
const isFinished = (row: ToolRow): boolean => row['finished_at'] !== null;

const sqlFolders = (folder: string) => filesIn(folder, '*/migration.sql').map(dirname);

const prisma: Tool = {
  table: '_prisma_migrations',
  columns: ['id', 'checksum', 'finished_at', 'migration_name', 'rolled_back_at'],
  folders: ['prisma/migrations', 'migrations'],
  applied: (rows) =>
    rows.filter((row) => isFinished(row) && !isRolledBack(row)).map((row) => text(row['migration_name'])),
  unfinished: (rows) =>
    rows
      .filter((row) => !isFinished(row) && !isRolledBack(row))
      .map((row) => `${text(row['migration_name'])} began and did not end; see \`prisma migrate resolve\``),
  pending: (rows, folder) =>
    without(
      sqlFolders(folder).map((name) => ({ id: name, shown: name })),
      prisma.applied(rows),
    ),
};

interface DrizzleJournal {
  entries: { when: number; tag: string }[];
}

/** Up to 0.45, its files are in a journal and its rows go by time; from 1.0 on, both go by the name of a folder. */
const drizzle: Tool = {
  table: '__drizzle_migrations',
  columns: ['id', 'hash', 'created_at'],
  folders: ['drizzle', 'migrations', 'src/drizzle', 'src/db/migrations', 'drizzle/migrations'],
  applied: (rows) => rows.map((row) => text(row['name']) || text(row['created_at'])),
  pending: (rows, folder) => {
    const journal = join(folder, 'meta/_journal.json');
    const files = existsSync(journal)
      ? (JSON.parse(readFileSync(journal, 'utf8')) as DrizzleJournal).entries.map(({ when, tag }) => ({
          id: text(when),
          shown: tag,
        }))
      : sqlFolders(folder).map((name) => ({ id: name, shown: name }));
    return without(
      files,
      rows.flatMap((row) => [text(row['name']), text(row['created_at'])]),
    );
  },
};

const knex: Tool = {
  table: 'knex_migrations',
  columns: ['id', 'name', 'batch', 'migration_time'],
  beside: (table) => [`${table}_lock`],
  folders: ['migrations', 'src/migrations', 'db/migrations', 'database/migrations'],
  applied: (rows) => rows.map(({ name }) => text(name)),
  unfinished: (_, locks) =>
    locks.some((row) => Number(row['is_locked']) === 1)
      ? ['its lock is taken: migrations run at this moment, or were cut off; see `knex migrate:unlock`']
      : [],
  // A row that a compiled `.js` has written is also that of the `.ts`.
  pending: (rows, folder) =>
    without(
      filesIn(folder, `**/${sources}`)
        .filter((file) => !isDeclaration(file))
        .map((shown) => ({ id: withoutEnding(basename(shown)), shown })),
      rows.map(({ name }) => withoutEnding(text(name))),
    ),
};

/** `01_2` and `1.2` are the same version. */
const versionOf = (version: string): string =>
  version
    .replaceAll('_', '.')
    .split('.')
    .map((part) => part.replace(/^0+(?=\d)/, ''))
    .join('.')
    .replace(/(\.0)+$/, '');

const isUpTo = (version: string, limit: string): boolean => version.localeCompare(limit, 'en', { numeric: true }) <= 0;

/** The newest row of each version counts: it may be undone, or deleted from the history. */
const flywayRows = (rows: readonly ToolRow[]): ToolRow[] =>
  [...new Map(rows.map((row) => [text(row['version'] ?? row['script']), row])).values()].filter(
    ({ success, type }) => success === true && !/^(UNDO|DELETE|SCHEMA)/.test(text(type)),
  );

const flyway: Tool = {
  table: 'flyway_schema_history',
  columns: ['installed_rank', 'version', 'script', 'checksum', 'success'],
  folders: ['src/main/resources/db/migration', 'db/migration', 'sql', 'migrations', 'flyway/sql'],
  applied: (rows) => flywayRows(rows).map(({ script }) => text(script)),
  unfinished: (rows) =>
    rows.filter(({ success }) => success !== true).map(({ script }) => `${text(script)} failed; see \`flyway repair\``),
  pending: (rows, folder) => {
    const files = filesIn(folder, '**/{V*__*,R__*}.sql');
    if (files.length === 0) return undefined;
    const counted = flywayRows(rows);
    const versions = counted.map(({ version }) => versionOf(text(version)));
    const scripts = counted.map(({ script }) => basename(text(script)));
    const base = counted.find(({ type }) => /^BASELINE|^SQL_BASELINE/.test(text(type)));
    return files.filter((file) => {
      const [, version] = /^V([\d._]+?)__/.exec(basename(file)) ?? [];
      if (version === undefined) return !scripts.includes(basename(file));
      if (base && isUpTo(versionOf(version), versionOf(text(base['version'])))) return false;
      return !versions.includes(versionOf(version));
    });
  },
};

interface AlembicFile {
  id: string;
  shown: string;
  before: string[];
}

const quoted = (value: string): string[] => [...value.matchAll(/(['"])(.*?)\1/g)].map(([, , id = '']) => id);

/** What a file of Alembic's says of itself: its identifier, and what it comes after and needs. */
function alembicFile(folder: string, shown: string): AlembicFile[] {
  const source = readFileSync(join(folder, shown), 'utf8');
  const said = (name: string) =>
    quoted(new RegExp(`^${name}\\s*(?::[^=]*)?=\\s*(\\([^)]*\\)|\\[[^\\]]*\\]|[^#\\n]*)`, 'm').exec(source)?.[1] ?? '');
  const [id] = said('revision');
  return id === undefined ? [] : [{ id, shown, before: [...said('down_revision'), ...said('depends_on')] }];
}

/** Its table has the heads alone: what comes before them is applied as well. */
const alembic: Tool = {
  table: 'alembic_version',
  columns: ['version_num'],
  folders: ['alembic/versions', 'migrations/versions', 'versions'],
  applied: (rows) => rows.map((row) => text(row['version_num'])),
  pending: (rows, folder) => {
    const files = filesIn(folder, '**/*.py').flatMap((file) => alembicFile(folder, file));
    const byId = new Map(files.map((file) => [file.id, file]));
    const applied = new Set<string>();
    const open = alembic.applied(rows);
    for (let id = open.pop(); id !== undefined; id = open.pop())
      if (!applied.has(id)) {
        applied.add(id);
        open.push(...(byId.get(id)?.before ?? []));
      }
    return without(files, [...applied]);
  },
};

export const tools: Record<string, Tool> = { typeorm, prisma, drizzle, knex, flyway, alembic };
