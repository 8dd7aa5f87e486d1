import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Client, type DatabaseError } from 'pg';
import type { Project } from '../../config.ts';
import { isProblem, problem, type Problem } from '../../errors.ts';
import { isSilence, silence } from './silence.ts';
import { registerSecret } from '../../secrets.ts';
import { codeOf, isOfClass, isState, sqlstate } from '../../sql/sqlstate.ts';
import type { Server } from '../embedded/server.ts';

/** Where the revisions go: an address, and whether it is this workspace's embedded PostgreSQL. */
export interface Target {
  url: string;
  embedded: boolean;
  /** `host:port/database`: what may be shown. */
  shown: string;
  host: string;
  port: string;
  database: string;
}

export type { Client };

/** Imported only when the target is the embedded PostgreSQL: a service's own server needs none of it. */
const embedded = () => import('../embedded/server.ts');

/** Finds the target database without connecting; starts nothing when the embedded server has run before. */
export async function findTarget(project: Project): Promise<Target> {
  const configured = (await project.config.database?.()) ?? process.env['DATABASE_URL'];
  if (configured) return target(configured, false);
  assertForDevelopment(project);
  const { knownServer, startServer } = await embedded();
  const server = knownServer(project.workspace) ?? (await startServer({ root: project.workspace }));
  return target(server.url(embeddedDatabase(project)), true);
}

/** Asks for the embedded server by name, where it would not be taken for want of another one. */
const byName = 'NX_MIKRO_ORM_EMBEDDED';

/**
 * In production, a forgotten address must not become an empty database of this machine's own, migrated with success. A container
 * is taken for production where it holds neither a checkout nor a compiler, as an image that was built to run.
 * @throws database-unnamed
 */
function assertForDevelopment({ workspace }: Pick<Project, 'workspace'>): void {
  if (process.env[byName] === '1') return;
  const why =
    process.env['NODE_ENV'] === 'production'
      ? 'NODE_ENV is production'
      : isContainer() && !isCheckout(workspace) && !hasCompiler(workspace)
        ? 'this is a container with neither a checkout nor TypeScript in it'
        : undefined;
  if (why !== undefined) throw problem('database-unnamed', { why, byName });
}

/** What Docker, Podman and Kubernetes leave for processes to see. */
const isContainer = (): boolean =>
  process.env['KUBERNETES_SERVICE_HOST'] !== undefined || ['/.dockerenv', '/run/.containerenv'].some(existsSync);

const isCheckout = (folder: string): boolean =>
  existsSync(join(folder, '.git')) || (dirname(folder) !== folder && isCheckout(dirname(folder)));

/** Development tools are what a production image leaves out. */
function hasCompiler(folder: string): boolean {
  try {
    createRequire(join(folder, 'package.json')).resolve('typescript/package.json');
    return true;
  } catch {
    return false;
  }
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
  const { protocol, password, searchParams } = new URL(url);
  if (!/^postgres(ql)?:$/.test(protocol)) throw problem('bad-url', {});
  for (const secret of [password, searchParams.get('password') ?? '']) if (secret) registerSecret(decoded(secret));
  const { host, port, database } = addressOf(new URL(url));
  return { url, embedded, shown: `${host}:${port}/${database}`, host, port, database };
}

/**
 * What the driver connects to: the query of an address counts before its front, and the environment's variables for what neither
 * says (pg-connection-string 2.14, pg 8.23).
 */
function addressOf({
  hostname,
  port,
  pathname,
  username,
  searchParams,
}: URL): Pick<Target, 'host' | 'port' | 'database'> {
  const { PGHOST, PGPORT, PGDATABASE, PGUSER } = process.env;
  const last = (name: string) => searchParams.getAll(name).at(-1);
  const user = last('user') || decoded(username) || PGUSER || userInfo().username;
  return {
    host: last('host') || decoded(hostname) || PGHOST || 'localhost',
    port: last('port') || port || PGPORT || '5432',
    database: decoded(pathname.slice(1)) || PGDATABASE || user,
  };
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
    keepAliveInitialDelayMillis: 10_000,
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
  if (isCertificate(code)) return problem('certificate-refused', { ...facts, otherName: code === wrongName }, error);
  if (/^E[A-Z_]+$/.test(code) || /timeout|terminated unexpectedly/i.test(message))
    return problem('server-unreachable', { ...facts, detail: message || code }, error);
  return problem('connection-failed', facts, error);
}

const wrongName = 'ERR_TLS_CERT_ALTNAME_INVALID';

/** What Node says of a server's certificate that it does not accept (OpenSSL's codes, by Node's names). */
const isCertificate = (code: string): boolean =>
  code === wrongName || /^(SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_)/.test(code);

/** The address of the target on the embedded PostgreSQL, which is started when it does not run. */
export async function embeddedUrl(project: Project): Promise<string> {
  assertForDevelopment(project);
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

/**
 * What the server says around ledger and journal, as a problem with its code, the database and a way out; any other error as it
 * is.
 */
export function booksProblem(error: unknown, { shown }: Pick<Target, 'shown'>, name?: string): unknown {
  const code = codeOf(error);
  if (isSilence(error))
    return problem('server-silent', { database: shown, seconds: Math.round(silence / 1000) }, error);
  if (isProblem(error) || !/^[0-9A-Z]{5}$/.test(code)) return error;
  const facts = { database: shown, detail: (error as Error).message, sqlstate: code, name };
  if (isState(error, sqlstate.insufficientPrivilege, sqlstate.readOnlySqlTransaction))
    return problem('not-allowed', facts, error);
  return problem('books-failed', facts, error);
}
