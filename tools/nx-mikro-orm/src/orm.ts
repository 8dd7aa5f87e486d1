import type { Migration } from '@mikro-orm/migrations';
import { MetadataError, type EntityMetadata, type MikroORM as AnyOrm } from '@mikro-orm/core';
import { MikroORM, type Options, type PostgreSqlDriver } from '@mikro-orm/postgresql';
import type { Client } from 'pg';
import { withoutWrapping, type OrmOptions, type Project } from './config.ts';
import { firstLine, problem } from './errors.ts';
import { asForeign } from './foreign.ts';
import type { MigrationClass } from './history/class.ts';
import { mikroOrm } from './mikro-orm/mikro-orm.ts';
import { withoutSemicolon } from './sql/tokens.ts';
import { loadTypeScript } from './typescript.ts';

/** The transaction context that MikroORM hands around. */
export type Context = Awaited<ReturnType<ReturnType<PostgreSqlDriver['getConnection']>['begin']>>;

/** A MikroORM instance that lives on one connection of ours: what it does and what we do share a transaction. */
export interface OrmSession {
  client: Client;
  orm: MikroORM;
  config: Options;
  /** How many questions of MikroORM's the server has not answered. */
  unanswered: () => number;
}

/** Reads the ORM's options, as `mikro-orm.config.ts` exports them. */
export async function loadOptions(project: Project): Promise<Options> {
  let exported: { default?: OrmOptions };
  try {
    exported = await asForeign('the MikroORM configuration', () =>
      loadTypeScript(project.root, () => project.config.orm()),
    );
  } catch (error) {
    throw problem('orm-config-broken', { file: project.file, detail: firstLine(error) }, error);
  }
  const found = withoutWrapping(exported);
  const options = await asForeign('the MikroORM configuration', () => (typeof found === 'function' ? found() : found));
  if (!options) throw problem('orm-config-broken', { file: project.file, detail: '`orm` has no default export.' });
  if (Array.isArray(options)) {
    const detail =
      'it is a list of configurations, and a project has one: `orm: async () => ({ default: (await import(…)).default[0] })`.';
    throw problem('orm-config-broken', { file: project.file, detail });
  }
  return options;
}

/** Opens MikroORM on a connection that the caller keeps and ends. */
export async function openOrm(options: Options, client: Client, overrides: Partial<Options> = {}): Promise<OrmSession> {
  const { clientUrl: _url, ...rest } = options;
  const { options: attached, unanswered } = mikroOrm.attach(client);
  const config = {
    ...rest,
    ...overrides,
    dbName: client.database ?? 'postgres',
    ...attached,
    // That there are no models is said where they are needed.
    discovery: { ...options.discovery, warnWhenNoEntities: false },
    debug: false,
    connect: false,
  } as Options;
  const orm = await MikroORM.init(config).catch((error: unknown) => {
    const isIncomplete = [...(options.entities ?? [])].some((entity) => entity === undefined || entity === null);
    if (!(error instanceof MetadataError) && !isIncomplete) throw error;
    const detail = isIncomplete ? 'one of `entities` is undefined' : firstLine(error).replace(/\.$/, '');
    throw problem('models-rejected', { detail }, error);
  });
  escapeDefaults(orm);
  return { client, orm, config, unanswered };
}

/**
 * Reads models without a database, and without two of MikroORM's checks that stop at the first mistake: whoever asks looks for
 * all of them. @throws MetadataError
 */
export function discover({ clientUrl: _url, ...options }: Options): Promise<MikroORM> {
  const discovery = { warnWhenNoEntities: false, checkDuplicateTableNames: false, checkDuplicateFieldNames: false };
  return MikroORM.init({
    ...options,
    dbName: 'models',
    discovery: { ...options.discovery, ...discovery },
    debug: false,
    connect: false,
  } as Options);
}

/**
 * MikroORM 7.2.1 puts a string default between quotes without doubling those inside (MetadataDiscovery, `inferDefaultValue`):
 * `it's` would end the literal early, and with it the statement.
 */
function escapeDefaults(orm: MikroORM): void {
  for (const meta of metadataOf(orm))
    for (const property of meta.props) {
      const { default: value } = property;
      if (typeof value === 'string' && value.includes("'") && property.defaultRaw === `'${value}'`)
        property.defaultRaw = `'${value.replaceAll("'", "''")}'`;
    }
}

/** What MikroORM knows of the entities. */
export const metadataOf = (orm: AnyOrm): EntityMetadata[] => [...orm.getMetadata()];

/** An open transaction of MikroORM's. */
export interface Transaction {
  context: Context;
  commit: () => Promise<void>;
  rollback: () => Promise<void>;
}

/** Begins a transaction that MikroORM knows of, on the session's one connection. */
export async function begin(session: OrmSession): Promise<Transaction> {
  const connection = session.orm.em.getConnection();
  const context = await connection.begin();
  return { context, commit: () => connection.commit(context), rollback: () => connection.rollback(context) };
}

/** Runs `work` in a transaction that is rolled back in the end, whatever happens: a rehearsal. */
export async function rehearse<T>(session: OrmSession, work: () => Promise<T>): Promise<T> {
  const { rollback } = await begin(session);
  try {
    return await work();
  } finally {
    // An error of `work` says why; a rollback can only add that the connection is gone.
    await rollback().catch(() => undefined);
  }
}

/** MikroORM's own statements that make everything the models describe, each by itself. */
export async function createStatements({ orm }: OrmSession): Promise<string[]> {
  const statements = await mikroOrm.statementsOf(orm);
  return statements.map(withoutSemicolon).filter((sql) => sql !== '');
}

/** Makes the instance of a revision's class that `up()` and `down()` are called on. */
export const instantiate = (session: OrmSession, Class: MigrationClass): Migration =>
  mikroOrm.instantiate(session.orm, Class);
