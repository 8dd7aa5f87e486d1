import type {
  MaybePromise,
  MigrateOptions,
  MigrationInfo,
  MigrationRow,
  MigratorEvent,
  MikroORM,
} from '@mikro-orm/core';
import { Migrator as StockMigrator, type MigrationResult } from '@mikro-orm/migrations';
import type { Options } from '@mikro-orm/postgresql';
import { resolve } from 'node:path';
import { journalName } from './ledger/journal.ts';
import { findTarget, isEmbedded } from './postgres/connect/connect.ts';
import { guardSchema } from './migrator/schema.ts';
import { mikroOrm } from './mikro-orm/mikro-orm.ts';
import { together, type OnEvent, type RunEvent } from './run/events/events.ts';
import { readState } from './run/standing/standing.ts';
import { run } from './run/run.ts';
import type { Plan } from './run/request.ts';
import { isProtected, workspaceOf, type Config, type Project } from './config.ts';
import { databaseUrl } from './database-url.ts';
import { Problem, problem, typed } from './errors.ts';
import { create, differencesOfModels } from './author/create.ts';
import { onlyHead } from './history/graph.ts';
import { readRevisions } from './history/read.ts';
import { findRevision } from './history/target.ts';

/** What happens in a run, by its type; `event` is every one of them. */
type Heard<Type extends RunEvent['type'] | 'event'> = Type extends 'event'
  ? RunEvent
  : Extract<RunEvent, { type: Type }>;

/** What `down` takes beyond MikroORM's own options. */
export interface Consent {
  /** Go on although rows or values are lost, or something that cannot be counted. */
  acceptDataLoss?: boolean;
}

/** Set to `1`, it is that consent for a whole process; `npx mikro-orm` passes no options of ours on. */
const consentVariable = 'NX_MIKRO_ORM_ACCEPT_DATA_LOSS';

/**
 * MikroORM's own migrator, with this engine inside: `npx mikro-orm migration:…` and `orm.migrator` go through the same
 * planner, lock, ledger and proof as the commands do. Register it in `extensions` of the MikroORM configuration.
 *
 * It must bear the name of the class that it replaces: MikroORM 7 recognises extensions by class name, and silently
 * uses its own in place of one that is called otherwise.
 */
export class Migrator extends StockMigrator {
  static override register(orm: MikroORM): void {
    const migrator = () => new Migrator(orm.em as never);
    orm.config.registerExtension('@mikro-orm/migrator', migrator);
    guardSchema(orm, (command) => migrator().assertDestroyable(command));
    // `schema:update` leaves the ledger alone, and would drop the journal beside it: no model describes it.
    const { skipTables = [], ...generator } = orm.config.get('schemaGenerator');
    const journal = journalName({ table: tableOf(orm.config) });
    orm.config.set('schemaGenerator', { ...generator, skipTables: [...skipTables, journal] });
  }

  /** Stock creates the database and the ledger here, even for a command that only reads. */
  protected override init(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Beside MikroORM's four events, those of a run: `on('retried', …)`, or all of them: `on('event', …)`. What a listener
   * of `migrating`, `reverting`, `planned`, `started`, `finished` or `ended` throws stops the run there.
   */
  override on(name: MigratorEvent, listener: (event: MigrationInfo) => MaybePromise<void>): this;
  override on<Type extends RunEvent['type'] | 'event'>(
    name: Type,
    listener: (event: Heard<Type>) => MaybePromise<void>,
  ): this;
  override on(name: string, listener: (event: never) => MaybePromise<void>): this {
    return super.on(name as MigratorEvent, listener as () => void);
  }

  override off(name: MigratorEvent, listener: (event: MigrationInfo) => MaybePromise<void>): this;
  override off<Type extends RunEvent['type'] | 'event'>(
    name: Type,
    listener: (event: Heard<Type>) => MaybePromise<void>,
  ): this;
  override off(name: string, listener: (event: never) => MaybePromise<void>): this {
    return super.off(name as MigratorEvent, listener as () => void);
  }

  /**
   * Refuses where rows or values would go with it, unless that is accepted: `down({ acceptDataLoss: true })`. A database
   * that migrations.config.ts protects is only reverted by our own command, which wants its name typed.
   */
  override down(options?: string | string[] | (Omit<MigrateOptions, 'from'> & Consent)): Promise<MigrationInfo[]> {
    return super.down(options);
  }

  /** Refuses for a protected database: what drops whole schemas leaves no journal behind. @throws protected-database */
  async assertDestroyable(command: string): Promise<void> {
    const project = await this.#project();
    const found = await findTarget(project);
    if (!isProtected(project, found) || (await isEmbedded(project, found.url))) return;
    const { shown, database: name } = found;
    await this.#guard(
      Promise.reject(problem('protected-database', { command, database: shown, name, given: undefined })),
    );
  }

  protected override async runMigrations(
    method: 'up' | 'down',
    options?: string | string[] | (MigrateOptions & Consent),
  ): Promise<MigrationInfo[]> {
    const asked = askedOf(method, options);
    const stock: OnEvent = async (event) => {
      if (event.type === 'started' && event.attempt === 1)
        await this.#tell(method === 'up' ? 'migrating' : 'reverting', infoOf(event));
      if (event.type === 'finished') await this.#tell(method === 'up' ? 'migrated' : 'reverted', infoOf(event));
    };
    const ours: OnEvent = async (event) => {
      await this.#tell(event.type, event);
      await this.#tell('event', event);
    };
    const project = await this.#project();
    const target = asked.names || asked.from ? await this.#guard(inTurn(project, method, asked)) : asked.to;
    if (target === nowhere) return [];
    const accepted = acceptsLoss(options) || process.env[consentVariable] === '1';
    const consent = (plan: Plan) =>
      method === 'up' ? assertForward(project, plan) : assertConsent(project, plan, { target, accepted });
    const isAsked = method === 'down' || project.config.protected !== undefined;
    const result = await this.#guard(
      run(project, {
        direction: method,
        target,
        onEvent: together(ours, stock),
        ...(isAsked && { consent }),
      }),
    );
    return result.ran.map(({ step: { revision } }) => ({ name: revision.name, path: revision.path }));
  }

  override async getExecuted(): Promise<MigrationRow[]> {
    const { state } = await this.#guard(readState(await this.#project()));
    return state.applied.map(({ name, at }, index) => ({ id: index + 1, name, executed_at: at }));
  }

  override async getPending(): Promise<MigrationInfo[]> {
    const { state } = await this.#guard(readState(await this.#project()));
    return state.pending.map(({ name, path }) => ({ name, path }));
  }

  /** True when the models are ahead of the history, as MikroORM's `check` understands it. */
  override async checkSchema(): Promise<boolean> {
    const project = await this.#project();
    const { readHistory } = await import('./run/standing/standing.ts');
    const history = readHistory(project);
    onlyHead(history);
    return (await this.#guard(differencesOfModels(project, history))).length > 0;
  }

  override async create(path?: string, blank = false, initial = false, name?: string): Promise<MigrationResult> {
    const project = await this.#project();
    if (path !== undefined && resolve(this.config.get('baseDir'), path) !== project.revisions)
      unsupported('--path', 'revisions live in the one folder that the history is read from');
    if (initial && (await readState(project)).history.order.length > 0)
      unsupported('--initial', 'there is a history already');
    const created = await this.#guard(create(project, { message: name, empty: blank, decisions: [] }));
    return {
      fileName: created ? `${created.name}.ts` : '',
      code: created?.text ?? '',
      // MikroORM's command line takes an empty `up` for "no changes".
      diff: created?.statements ?? { up: created ? [''] : [], down: [] },
    };
  }

  override createInitial(path?: string, name?: string, blank = false): Promise<MigrationResult> {
    return this.create(path, blank, true, name);
  }

  override rollup(): never {
    unsupported('rollup', 'it would rewrite what other databases have applied');
  }

  override logMigration(name: string): never {
    unsupported('log', `it would record "${name}" unseen; use ${typed('stamp')}, which looks at the schema first`);
  }

  override unlogMigration(name: string): never {
    unsupported('unlog', `it would forget "${name}" unseen; use ${typed('stamp')}, which looks at the schema first`);
  }

  /** The project as this ORM instance sees it: its database, its folder, its ledger. */
  async #project(): Promise<Project> {
    const { loadProject } = await import('./config.ts');
    const folder = this.#folder();
    const found = await loadProject({ from: folder }).catch((error: unknown) => {
      // A project without a migrations.config.ts is at home here too; a broken one has to be mended.
      if (error instanceof Problem && (error.code === 'config-missing' || error.code === 'config-ambiguous'))
        return undefined;
      throw error;
    });
    const options = this.config.getAll() as unknown as Options;
    const url = await databaseUrl(options);
    return {
      file: found?.file ?? folder,
      root: found?.root ?? folder,
      workspace: found?.workspace ?? workspaceOf(folder),
      models: found?.models ?? [],
      stats: found?.stats ?? resolve(folder, 'stats.json'),
      revisions: folder,
      table: tableOf(this.config),
      config: {
        orm: () => Promise.resolve({ default: options }),
        database: () => url,
        ...shared(found?.config),
      },
    };
  }

  /** Of the folders for TypeScript and for what was compiled, the one that has revisions. */
  #folder(): string {
    const { path = './migrations', pathTs } = this.options;
    const folders = [...(pathTs === undefined ? [] : [pathTs]), path].map((one) =>
      resolve(this.config.get('baseDir'), one),
    );
    return folders.find((one) => readRevisions(one).length > 0) ?? folders[0] ?? path;
  }

  async #tell(name: string, event: RunEvent | MigrationInfo): Promise<void> {
    await mikroOrm.emit(this, name, event);
  }

  /** MikroORM's command line prints a message only: it has to carry the way out. */
  async #guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof Problem) error.message += `\nNext:\n${error.next.map((line) => `  ${line}`).join('\n')}`;
      throw error;
    }
  }
}

// Other majors call these by other names.
for (const [known, name] of Object.entries(mikroOrm.migratorNames))
  if (name) Object.defineProperty(Migrator.prototype, name, { value: Migrator.prototype[known as keyof Migrator] });

/** What counts of a `migrations.config.ts` here too. */
const shared = ({ protected: guarded, ignore, afterWrite }: Partial<Config> = {}): Partial<Config> => ({
  ...(guarded !== undefined && { protected: guarded }),
  ...(ignore !== undefined && { ignore }),
  ...(afterWrite !== undefined && { afterWrite }),
});

/** The ledger's table, where stock MikroORM has it: `name`, in the schema of the ORM, or `schema.name`. */
function tableOf(config: MikroORM['config']): Project['table'] {
  const { tableName = 'mikro_orm_migrations' } = config.get('migrations');
  const [first, name] = tableName.split('.') as [string, string?];
  if (name) return { schema: first, name };
  const schema = config.get('schema');
  return { schema: schema === undefined || schema === '*' ? 'public' : schema, name: first };
}

const infoOf = ({ revision, path }: { revision: string; path: string }): MigrationInfo => ({ name: revision, path });

const acceptsLoss = (options?: string | string[] | (MigrateOptions & Consent)): boolean =>
  typeof options === 'object' && 'acceptDataLoss' in options && options.acceptDataLoss === true;

/** Insists that nothing is destroyed on the way forward in a protected database. @throws protected-database */
async function assertForward(project: Project, { client, steps, target }: Plan): Promise<void> {
  if (!client || !isProtected(project, target) || (await isEmbedded(project, target.url))) return;
  const { lossForward } = await import('./rehearsal/loss-of-steps.ts');
  const { loses, lossLines } = await import('./rehearsal/loss.ts');
  const loss = await lossForward(client, steps);
  const { shown, database: name } = target;
  if (loses(loss))
    throw problem('protected-database', {
      command: 'up',
      database: shown,
      name,
      given: undefined,
      lines: lossLines(loss),
    });
}

/** Insists that somebody wants what is about to be destroyed. @throws protected-database, data-loss */
async function assertConsent(
  project: Project,
  plan: Plan,
  { target, accepted }: { target: string | undefined; accepted: boolean },
): Promise<void> {
  const command = ['down', ...(target === undefined ? [] : [target])].join(' ');
  const { url, shown, database } = plan.target;
  if (isProtected(project, plan.target) && !(await isEmbedded(project, url)))
    throw problem('protected-database', { command, database: shown, name: database, given: undefined });
  if (accepted) return;
  const { assertNoLoss } = await import('./rehearsal/consent.ts');
  await assertNoLoss(plan, { command, program: true });
}

/** What was asked of MikroORM's migrator, in words of ours. */
interface Asked {
  to?: string | undefined;
  /** Only these. */
  names?: string[] | undefined;
  /** Only what comes after it. */
  from?: string | undefined;
}

/** Refuses what would do something else here than it says. */
function askedOf(method: 'up' | 'down', options: string | string[] | MigrateOptions = {}): Asked {
  if (typeof options === 'string' || Array.isArray(options)) return { names: [options].flat() };
  if (options.transaction) unsupported('`transaction`', 'each revision commits together with its ledger row');
  if (options.schema !== undefined) unsupported('--schema', 'revisions name their schemas');
  // Going down, MikroORM takes no notice of `from`.
  const from = method === 'up' && options.from !== undefined ? String(options.from) : undefined;
  if (options.to === undefined) return { names: options.migrations, from };
  return {
    to: String(options.to) === '0' && method === 'down' ? 'base' : String(options.to),
    names: options.migrations,
    from,
  };
}

/** There is nothing to do. */
const nowhere = Symbol('nowhere');

/**
 * The target that runs what was asked for by names: where that is what comes next, in its order. Of two that ask at once, the
 * second one finds it done.
 */
async function inTurn(
  project: Project,
  method: 'up' | 'down',
  { names, from, to }: Asked,
): Promise<string | typeof nowhere | undefined> {
  const { history, state } = await readState(project);
  const applied = new Set(state.applied.map(({ name }) => name));
  const turn = method === 'up' ? state.pending : history.order.filter(({ name }) => applied.has(name)).reverse();
  const start = from === undefined ? undefined : findRevision(history, from);
  if (start && turn.some((one) => history.order.indexOf(one) <= history.order.indexOf(start)))
    unsupported('--from', `something before ${start.name} is pending too, and would be left out`);
  if (!names) return to;
  const wanted = new Set(names.map((name) => findRevision(history, name).name));
  const found = turn.filter(({ name }) => wanted.has(name));
  const last = found.at(-1);
  if (!last) return nowhere;
  if (turn.indexOf(last) >= found.length)
    unsupported(
      names.length > 1 ? 'a list of names' : 'a single name',
      `it would run out of order, as ${turn.find(({ name }) => !wanted.has(name))?.name} comes first; use \`to\``,
    );
  return method === 'up' ? last.name : (turn[found.length]?.name ?? 'base');
}

function unsupported(what: string, why: string): never {
  throw new Error(`${what} is not supported: ${why}. Nothing was run.`);
}
