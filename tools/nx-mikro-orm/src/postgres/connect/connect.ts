import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type DatabaseError } from 'pg';
import type { Project } from '../../config.ts';
import { problem, type Problem } from '../../errors.ts';
import { registerSecret } from '../../secrets.ts';
import { codeOf, isOfClass, isState, sqlstate } from '../../sql/sqlstate.ts';
import type { Server } from '../embedded/server.ts';

/** Where the revisions go: an address, and whether it is this workspace's embedded PostgreSQL. */
export interface Target {
  url: string;
  embedded: boolean;
  /** `host:port/database`: what may be shown. */
  shown: string;
  database: string;
}

export type { Client };

/** Imported only when the target is the embedded PostgreSQL: a service's own server needs none of it. */
const embedded = () => import('../embedded/server.ts');

/** Finds the target database without connecting; starts nothing when the embedded server has run before. */
export async function findTarget(project: Project): Promise<Target> {
  const configured = (await project.config.database?.()) ?? process.env['DATABASE_URL'];
  if (configured) return target(configured, false);
  const { knownServer, startServer } = await embedded();
  const server = knownServer(project.workspace) ?? (await startServer({ root: project.workspace }));
  return target(server.url(embeddedDatabase(project)), true);
}

/** The name of the target database on the embedded PostgreSQL: what is configured, or the workspace's own. */
export const embeddedDatabase = ({ config, workspace }: Project): string =>
  config.embeddedDatabase ?? packageName(workspace) ?? 'app';

/** The name in the workspace's package.json, without a scope; undefined where there is none. */
function packageName(workspace: string): string | undefined {
  const file = join(workspace, 'package.json');
  if (!existsSync(file)) return undefined;
  const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown };
  return typeof name === 'string'
    ? name
        .split('/')
        .at(-1)
        ?.replaceAll(/[^\w-]/g, '_') || undefined
    : undefined;
}

/** Reads an address; every password that passes here is kept out of all output. @throws bad-url */
export function target(url: string, embedded: boolean): Target {
  if (!URL.canParse(url)) throw problem('bad-url', {});
  const { protocol, hostname, port, pathname, password, username, searchParams } = new URL(url);
  if (!/^postgres(ql)?:$/.test(protocol)) throw problem('bad-url', {});
  for (const secret of [password, searchParams.get('password') ?? '']) if (secret) registerSecret(decoded(secret));
  const database = decoded(pathname.slice(1)) || decoded(username) || 'postgres';
  const host = searchParams.get('host') ?? (hostname || 'localhost');
  return { url, embedded, shown: `${host}:${port || '5432'}/${database}`, database };
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * Connects to the target. Starts the embedded server when it is the target and does not run.
 * @throws server-unreachable, login-refused, database-missing, connection-failed
 */
export async function connect(project: Project, to?: Target): Promise<Client> {
  const found = to ?? (await findTarget(project));
  try {
    return await open(found.url);
  } catch (error) {
    if (!found.embedded || !isUnreachable(error)) throw connectionProblem(error, found);
    const server = await (await embedded()).startServer({ root: project.workspace });
    const again = target(server.url(found.database), true);
    return open(again.url).catch((cause: unknown) => {
      throw connectionProblem(cause, again);
    });
  }
}

/** Connects for work that may create the database: on the embedded server only, others are left as they are. */
export async function connectOrCreate(project: Project, to?: Target): Promise<Client> {
  const found = to ?? (await findTarget(project));
  try {
    return await connect(project, found);
  } catch (error) {
    if (!found.embedded || (error as Problem).code !== 'database-missing') throw error;
    const server = await (await embedded()).startServer({ root: project.workspace });
    await createDatabase(server, found.database);
    return connect(project, target(server.url(found.database), true));
  }
}

/** Connects for reading; undefined when the database of the embedded server does not exist yet. Creates nothing. */
export async function connectToRead(project: Project, to?: Target): Promise<Client | undefined> {
  const found = to ?? (await findTarget(project));
  try {
    return await connect(project, found);
  } catch (error) {
    if (found.embedded && (error as Problem).code === 'database-missing') return undefined;
    throw error;
  }
}

/** Opens one connection; whoever opens it ends it. */
export async function open(url: string, options: { timeoutMs?: number } = {}): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: 'nx-mikro-orm',
    connectionTimeoutMillis: options.timeoutMs ?? 15_000,
    // An idle connection must not be forgotten by a firewall on its way: the lock lives on one.
    keepAlive: true,
    // Queries go out as they are asked for, not one answer at a time; order and transactions stay the same.
    pipeline: true,
  });
  // Without a listener, a connection that the server drops while idle would end the process; the query in flight rejects.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function createDatabase(server: Server, name: string): Promise<void> {
  const client = await open(server.url('postgres'));
  try {
    await client.query(`create database ${client.escapeIdentifier(name)}`);
  } catch (error) {
    // Another command created it at the same moment.
    if (!isState(error, sqlstate.duplicateDatabase, sqlstate.uniqueViolation)) throw error;
  } finally {
    await client.end();
  }
}

/** True when nobody answered, or another server than ours did (its password is not ours). */
const isUnreachable = (error: unknown): boolean =>
  ['ECONNREFUSED', 'ECONNRESET'].includes(codeOf(error)) ||
  isState(
    error,
    sqlstate.invalidPassword,
    sqlstate.invalidAuthorization,
    sqlstate.cannotConnectNow,
    sqlstate.adminShutdown,
  );

/** Translates a failure to connect; SQLSTATE classes per PostgreSQL's appendix A. */
export function connectionProblem(error: unknown, to: Pick<Target, 'shown' | 'embedded'>): Problem {
  const { code = '', message } = error as DatabaseError;
  const facts = { database: to.shown, detail: message, embedded: to.embedded };
  if (isOfClass(error, 'invalidAuthorizationSpecification')) return problem('login-refused', facts, error);
  if (code === sqlstate.invalidCatalogName) return problem('database-missing', facts, error);
  if (/^E[A-Z_]+$/.test(code) || /timeout|terminated unexpectedly/i.test(message))
    return problem('server-unreachable', { ...facts, detail: message || code }, error);
  return problem('connection-failed', facts, error);
}

/** The address of the target on the embedded PostgreSQL, which is started when it does not run. */
export async function embeddedUrl(project: Project): Promise<string> {
  return (await (await embedded()).startServer({ root: project.workspace })).url(embeddedDatabase(project));
}

/** The address that a connection really has: the embedded server may have come up on another port than remembered. */
export function urlOf(target: Target, client: Client): string {
  if (!target.embedded) return target.url;
  const url = new URL(target.url);
  url.port = String(client.port);
  return url.href;
}

/** Is this an address on the embedded PostgreSQL of the workspace, whoever gave it? Starts nothing. */
export async function isEmbedded(project: Pick<Project, 'workspace'>, url: string): Promise<boolean> {
  const server = (await embedded()).knownServer(project.workspace);
  if (!server) return false;
  const placeOf = (text: string) => {
    const { username, password } = new URL(text);
    return [target(text, false).shown, username, password].join(' ');
  };
  return placeOf(url) === placeOf(server.url(target(url, false).database));
}

/** What the server says when the bookkeeping itself is not allowed, as a problem; any other error as it is. */
export function allowed(error: unknown): unknown {
  if (!isState(error, sqlstate.insufficientPrivilege, sqlstate.readOnlySqlTransaction)) return error;
  return problem('not-allowed', { detail: (error as Error).message, sqlstate: codeOf(error) }, error);
}
