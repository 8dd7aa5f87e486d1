import { entry, list, shellWord, typed } from './entry.ts';

const notDone = 'Nothing was written, and the database is as it was.';

/** `init --from`: the history of another tool. */
export const another = {
  'init-from-unknown': entry<{ asked: string; known: string[] }>(
    'usage',
    (f) => `Nothing is known of the tool ${f.asked}. Known are ${f.known.join(', ')}. ${notDone}`,
    () => [
      `for every other tool: ${typed('init')}, its table into \`ignore\` of migrations.config.ts, then ${typed('baseline')}`,
    ],
  ),
  'init-from-missing': entry<{ tool: string; database: string; table: string; columns: string[]; found: string[] }>(
    'refused',
    (f) =>
      f.found.length > 0
        ? `${f.found.length} tables in ${f.database} may be that of ${f.tool}. ${notDone}${list(f.found)}`
        : `There is no table ${f.table} of ${f.tool} in ${f.database}, with the columns ${f.columns.join(', ')}. ${notDone}`,
    (f) =>
      f.found.length > 0
        ? f.found.map((name) => `${typed('init')} --from ${f.tool} --from-table ${shellWord(name)}`)
        : [
            `where it has another name: ${typed('init')} --from ${f.tool} --from-table schema.name`,
            'where it is in another database: export DATABASE_URL=postgres://…',
          ],
  ),
  'init-from-unfinished': entry<{ tool: string; table: string; database: string; unfinished: string[] }>(
    'refused',
    (f) => `${f.table} in ${f.database} says that ${f.tool} did not come to an end. ${notDone}${list(f.unfinished)}`,
    (f) => [`mend it with ${f.tool}, then ${typed('init')} --from ${f.tool}`],
  ),
  'init-from-pending': entry<{ tool: string; table: string; database: string; folder: string; pending: string[] }>(
    'refused',
    (f) =>
      `${f.tool} has not applied all of its migrations to ${f.database}: the first revision would lack what these do. ${notDone}${list(f.pending)}`,
    (f) => [
      `apply them with ${f.tool}, or take them out of ${f.folder}; then ${typed('init')} --from ${f.tool}`,
      `where its files are elsewhere: ${typed('init')} --from ${f.tool} --from-folder path/to/them`,
    ],
  ),
  'init-from-folder': entry<{ tool: string; folder: string }>(
    'usage',
    (f) => `There is no migration of ${f.tool} in ${f.folder}. ${notDone}`,
    (f) => [`name the folder of its files: ${typed('init')} --from ${f.tool} --from-folder path/to/them`],
  ),
  'init-from-history': entry<{ tool: string; folder: string; files: number }>(
    'refused',
    (f) =>
      `There are files in ${f.folder} already (${f.files}), and what ${f.tool} left has to be the first revision. ${notDone}`,
    () => ['name an empty folder in the MikroORM configuration: migrations: { path: "./revisions" }'],
  ),
  'init-from-ignore': entry<{ tool: string; file: string; ignore: string[] }>(
    'refused',
    (f) =>
      `${f.file} says nothing of what ${f.tool} owns, so that it would become part of the first revision. ${notDone}`,
    (f) => [`in ${f.file}, write: ignore: [${f.ignore.map((pattern) => `'${pattern}'`).join(', ')}]`],
  ),
  'init-from-empty': entry<{ tool: string; table: string }>(
    'refused',
    (f) => `There is nothing in the database but the table ${f.table} of ${f.tool}, if that. ${notDone}`,
    () => [`begin with the models: ${typed('init')}, then ${typed('create')} -m "Begin"`],
  ),
};
