/** One case: a database and a project of its own, and runners between them. */
import { openDatabase, type Database, type Through } from './database.ts';
import { makeProject, removeProject, type Project } from './project.ts';
import { runScript, startRunner, type Ended, type Runner, type Surroundings } from './runner.ts';
import { keep } from './secrecy.ts';
import { sharedServer, type Address } from './server.ts';

export interface Case extends Project, AsyncDisposable {
  database: Database;
  value: Database['value'];
  values: Database['values'];
  execute: Database['execute'];
  /** Runs a command to its end: `run('up', '--lock-wait', '1')`. */
  run(...args: string[]): Promise<Ended>;
  /** The same on another way, or in other surroundings. */
  runIn(other: Partial<Surroundings> & Through, ...args: string[]): Promise<Ended>;
  /** Runs a script of the project's folder with its DATABASE_URL; returns what it printed. */
  script(path: string): Promise<string>;
  start(args: string[], other?: Partial<Surroundings> & Through): Runner;
}

export interface CaseOptions {
  server?: Address;
  /** The database's name. */
  name?: string;
  /** A database to copy. */
  like?: string;
  /** Where the database lies. */
  tablespace?: string;
  /** A project that stays: several cases may share one. */
  project?: Project;
}

/** The body of a test: `it('…', inCase(async ({ write, run }) => { … }))`. */
export const inCase =
  (work: (the: Case) => Promise<void>, options: CaseOptions = {}) =>
  async (): Promise<void> => {
    await using the = await openCase(options);
    await work(the);
  };

export async function openCase(options: CaseOptions = {}): Promise<Case> {
  const database = await openDatabase(options.server ?? sharedServer(), options);
  const project = options.project ?? makeProject();
  const running = new Set<Runner>();
  const start: Case['start'] = (args, other = {}) => {
    const runner = startRunner(project, args, { url: database.url(other), ...other });
    running.add(runner);
    void runner.ended.finally(() => running.delete(runner)).catch(() => undefined);
    return runner;
  };
  return {
    ...project,
    database,
    value: database.value,
    values: database.values,
    execute: database.execute,
    run: (...args) => start(args).ended,
    runIn: (other, ...args) => start(args, other).ended,
    script: (path) => runScript(path, database.url()),
    start,
    async [Symbol.asyncDispose]() {
      await Promise.all([...running].map((runner) => runner.kill().catch(() => undefined)));
      await keepBooks(database).catch(() => undefined);
      await database[Symbol.asyncDispose]();
      if (!options.project) removeProject(project);
    },
  };
}

/** What ledgers and journals say is seen by people too. */
async function keepBooks(database: Database): Promise<void> {
  const books = await database.values(
    `select attrelid::regclass::text from pg_attribute join pg_class c on c.oid = attrelid
     where attname = 'applied_by' and not attisdropped and c.relkind = 'r'`,
  );
  for (const book of books as string[]) keep(book, (await database.values(`select b::text from ${book} b`)).join('\n'));
}
