import { another } from './another.ts';
import { entry, list, typed } from './entry.ts';
import { plural } from '../text/count.ts';

/** The command line and the configuration. */
export const commandline = {
  'unknown-command': entry<{ command: string; nearest: string[] }>(
    'usage',
    (f) =>
      `There is no command "${f.command}".${f.nearest.length ? ` Did you mean ${f.nearest.join(' or ')}?` : ''} Nothing was run.`,
    () => ['npx nx-mikro-orm --help'],
  ),
  'bad-option': entry<{ command: string; detail: string }>(
    'usage',
    (f) => `${f.detail} Nothing was run.`,
    (f) => [`npx nx-mikro-orm ${f.command} --help`],
  ),
  'config-missing': entry<{ from: string }>(
    'usage',
    (f) => `No migrations.config.ts was found at or above ${f.from}, nor in a package of its workspace.`,
    () => ['npx nx-mikro-orm <command> --config path/to/migrations.config.ts'],
  ),
  'config-ambiguous': entry<{ found: string[] }>(
    'usage',
    (f) => `This workspace has several migrations projects:${list(f.found)}`,
    (f) => [`npx nx-mikro-orm <command> --config ${f.found[0] ?? ''}`],
  ),
  'config-invalid': entry<{ file: string; mistakes: string[] }>(
    'usage',
    (f) => `${f.file} cannot be used:${list(f.mistakes)}`,
  ),
  'seed-missing': entry<{ file: string; found: boolean }>(
    'usage',
    (f) =>
      `${f.file} names no seed${f.found ? ': what `seed` imports has no function as its default export' : ''}. Nothing was dropped.`,
    () => [
      "in migrations.config.ts: `seed: () => import('./seed.ts')`",
      'in seed.ts: `export default async (em: EntityManager) => { … }`',
    ],
  ),
  'orm-config-broken': entry<{ file: string; detail: string }>(
    'usage',
    (f) => `The MikroORM configuration that ${f.file} points at cannot be used: ${f.detail} Nothing was run.`,
  ),
  'secret-through-nx': entry<{ command: string }>(
    'usage',
    (f) =>
      `${f.command} prints a password, and Nx keeps what a task prints in its cache folder, where others can read it. Nothing was printed.`,
    (f) => [`npx nx-mikro-orm ${f.command}`, typed('psql')],
  ),
  'settings-disagree': entry<{
    file: string;
    what: string;
    theirs: string;
    ours: string;
    setting: string;
    value: string;
  }>(
    'usage',
    (f) =>
      `The MikroORM configuration and ${f.file} name ${f.what} differently: ${f.theirs}, and ${f.ours}. Nothing was run.`,
    (f) => [`in ${f.file}, write: ${f.setting}: '${f.value}'`, `or take it out of the MikroORM configuration`],
  ),
  'mikro-orm-other-major': entry<{ found: string; folder: string }>(
    'refused',
    (f) =>
      `MikroORM ${f.found} is installed for ${f.folder}, and nx-mikro-orm needs MikroORM 6.6 or 7. Nothing was run.`,
    (f) => [
      `npm install ${['core', 'postgresql', 'migrations'].map((name) => `@mikro-orm/${name}@${Number.parseInt(f.found, 10) < 7 ? '6.6' : '7'}`).join(' ')}`,
      'the migrations that are there run as they are',
    ],
  ),
  'init-nothing': entry<{ folder: string; lacking: string; tried: string[] }>(
    'usage',
    (f) => `There is ${f.lacking} in ${f.folder}. Nothing was written.${list(f.tried)}`,
    (f) => [
      f.tried.length > 0
        ? 'compile it, so that Node can load it, or name what was compiled: "mikro-orm": { "configPaths": [...] } in package.json'
        : 'type it in the folder of the package.json that has the MikroORM configuration, or write mikro-orm.config.ts there',
    ],
  ),
  'init-undone': entry<{ folder: string }>(
    'usage',
    (f) => `There is no note in ${f.folder} of what init has written, so there is nothing to take back.`,
  ),
  'init-edited': entry<{ files: string[] }>(
    'refused',
    (f) =>
      `${plural(f.files.length, 'One file was', 'files were')} edited since init wrote it. Nothing was taken back.${list(f.files)}`,
    () => [
      'take out by hand: migrations.config.ts, nx-mikro-orm/migrator in the MikroORM configuration, the scripts or the plugin',
    ],
  ),
  ...another,
  'option-refused': entry<{ option: string; why: string }>(
    'usage',
    (f) => `${f.option} of the MikroORM configuration is not supported: ${f.why}. Nothing was run.`,
    (f) => [`take ${f.option} out of the MikroORM configuration, then type the same command again`],
  ),
  'file-missing': entry<{ file: string; detail: string }>(
    'usage',
    (f) => `${f.file} cannot be read (${f.detail}). Nothing was judged.`,
  ),
  'since-unknown': entry<{ ref: string | undefined }>(
    'usage',
    (f) =>
      f.ref === undefined
        ? 'No main branch was found that this checkout could have left, so that it is not known what it adds. Nothing was judged.'
        : `git knows no commit "${f.ref}". Nothing was judged.`,
    () => [typed('lint head'), `${typed('lint')} --since <ref>`],
  ),
  'not-before': entry<{ from: string; to: string }>(
    'usage',
    (f) => `${f.from} does not come before ${f.to}, so that there is nothing between them. Nothing was judged.`,
    () => [typed('history')],
  ),
  'base-broken': entry<{ file: string; line: number; detail: string }>(
    'usage',
    (f) => `${f.file} is not a schema that an empty database takes: line ${f.line}: ${f.detail}. Nothing was judged.`,
    () => ['pg_dump --schema-only --no-owner "$DATABASE_URL" > schema.sql'],
  ),
  'stats-broken': entry<{ file: string; detail: string }>(
    'usage',
    (f) => `${f.file} is not what \`stats\` writes: ${f.detail}. Nothing was judged.`,
    () => [typed('stats')],
  ),
  'psql-missing': entry<{ detail: string }>(
    'failed',
    (f) => `psql could not be started (${f.detail}).`,
    () => [typed('inspect'), 'install the PostgreSQL client, for instance: apt-get install postgresql-client'],
  ),
  'unknown-table': entry<{ table: string; database: string; nearest: string[] }>(
    'usage',
    (f) =>
      `${f.database} has no table "${f.table}".${f.nearest.length ? ` The nearest names are:${list(f.nearest)}` : ''}`,
    () => [typed('inspect')],
  ),
  'reason-missing': entry<{ command: string; option: string }>(
    'usage',
    (f) => `${f.option} overrules what was found, so the journal has to know why. Nothing was changed.`,
    (f) => [`${typed(f.command)} ${f.option} --reason "…"`],
  ),
} as const;
