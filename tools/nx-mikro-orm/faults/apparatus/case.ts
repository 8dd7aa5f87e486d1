/** One case: a database and a project of its own, and runners between them. */
import { withDatabase, type Database } from './database.ts';
import { makeProject, removeProject, type Project } from './project.ts';
import { startRunner, type Ended, type Runner, type Surroundings } from './runner.ts';
import { keep } from './secrecy.ts';
import { sharedServer, type Address } from './server.ts';

export interface Case extends Project {
  database: Database;
  /** Runs a command to its end: `run('up', '--lock-wait', '1')`. */
  run(...args: string[]): Promise<Ended>;
  /** The same through another address, or in other surroundings. */
  runIn(surroundings: Partial<Surroundings>, ...args: string[]): Promise<Ended>;
  start(args: string[], surroundings?: Partial<Surroundings>): Runner;
  /** Starts it through a proxy. */
  through(port: number): Partial<Surroundings>;
  value: Database['value'];
  values: Database['values'];
}

export interface CaseOptions {
  server?: Address;
  /** The database's name. */
  name?: string;
  /** A database to copy. */
  like?: string;
  /** A project that stays: several cases may share one. */
  project?: Project;
}

/** The body of a test: `it('…', inCase(async ({ write, run }) => { … }))`. */
export const inCase =
  (work: (the: Case) => Promise<void>, options: CaseOptions = {}) =>
  (): Promise<void> =>
    withDatabase(
      options.server ?? sharedServer(),
      async (database) => {
        const project = options.project ?? makeProject();
        const running = new Set<Runner>();
        const start: Case['start'] = (args, surroundings = {}) => {
          const runner = startRunner(project, args, { url: database.url(), ...surroundings });
          running.add(runner);
          void runner.ended.finally(() => running.delete(runner)).catch(() => undefined);
          return runner;
        };
        const runIn: Case['runIn'] = (surroundings, ...args) => start(args, surroundings).ended;
        const { value, values } = database;
        const run: Case['run'] = (...args) => runIn({}, ...args);
        const through: Case['through'] = (port) => ({ url: database.url({ port }) });
        try {
          await work({ ...project, database, start, runIn, run, through, value, values });
        } finally {
          await Promise.all([...running].map((runner) => runner.kill().catch(() => undefined)));
          await keepBooks(database);
          if (!options.project) removeProject(project);
        }
      },
      options,
    );

/** What ledgers and journals say is seen by people too. */
async function keepBooks({ client }: Database): Promise<void> {
  const { rows } = await client
    .query<{ name: string }>(
      `select attrelid::regclass::text as name from pg_attribute join pg_class c on c.oid = attrelid
       where attname in ('applied_by') and not attisdropped and c.relkind = 'r'`,
    )
    .catch(() => ({ rows: [] }));
  for (const { name } of rows) {
    const book = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
    keep(name, book.rows.map(({ row }) => row).join('\n'));
  }
}
