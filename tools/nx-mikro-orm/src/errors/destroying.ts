import { entry, list, typed, shellWord } from './entry.ts';

/** What would destroy something. */
export const destroying = {
  'fresh-foreign': entry<{ database: string }>(
    'refused',
    (f) => `${f.database} is not the embedded PostgreSQL, and \`fresh\` drops everything in it. Nothing was dropped.`,
    (f) => [`${typed('fresh')} --drop-everything-in ${f.database}`],
  ),
  'protected-database': entry<{ command: string; database: string; name: string; given: string | undefined }>(
    'refused',
    (f) =>
      `"${f.command}" can destroy something in ${f.database}: type the name of the database to confirm${f.given === undefined ? '' : `, "${f.name}" and not "${f.given}"`}. Nothing was run.`,
    (f) => [`if that is the one you mean: ${typed(f.command)} --confirm ${shellWord(f.name)}`],
  ),
  'data-loss': entry<{ command: string; database: string; lost: string; lines: string[]; program: boolean }>(
    'refused',
    (f) => `"${f.command}" would lose ${f.lost} in ${f.database}. Nothing was run.${list(f.lines)}`,
    (f) => [
      `see the statements: ${typed(f.command)} --dry-run`,
      `${typed(f.command)} --accept-data-loss`,
      ...(f.program
        ? [
            'in a program that means it: `migrator.down({ acceptDataLoss: true })`',
            'with `npx mikro-orm`: set NX_MIKRO_ORM_ACCEPT_DATA_LOSS=1',
          ]
        : []),
    ],
  ),
} as const;
