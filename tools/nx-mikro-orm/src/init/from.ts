/** `init --from`: the history of another tool becomes one revision, proven equal to the live database. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { baseline, type Baseline } from '../author/baseline.ts';
import { isIgnored, loadProject, type Project } from '../config.ts';
import { databaseUrl } from '../database-url.ts';
import { problem } from '../errors.ts';
import { connectToRead, findTarget } from '../postgres/connect/connect.ts';
import { planSetup, writeSetup, type Setup } from './init.ts';
import { readTheirs, toolNamed, type TheirHistory, type TheirsOptions } from './theirs.ts';

export interface FromOptions extends TheirsOptions {
  acceptLost: boolean;
  dryRun: boolean;
  onStage?: ((what: string) => void) | undefined;
}

export interface From {
  setup: Setup;
  theirs: TheirHistory;
  /** Undefined in a dry run, and where it was written before. */
  baseline: Baseline | undefined;
}

/**
 * Reads what their tool has applied, sets this folder up, and makes what is in the database the first revision. Whatever fails, the
 * files are as they were.
 * @throws init-from-history, init-from-ignore, init-from-empty, and what reading theirs and `baseline` throw
 */
export async function setUpFrom(folder: string, options: FromOptions): Promise<From> {
  toolNamed(options.tool);
  const plain = await planSetup(folder);
  const { found } = plain;
  const project = await projectOf(plain);
  options.onStage?.(`reading what ${options.tool} has applied`);
  const theirs = await readFrom(project, [found.root, found.workspace], options);
  const isThere = existsSync(project.file);
  if (isThere) assertIgnored(project, theirs);
  if (found.migrations > 0) {
    if (isThere && plain.edits.length === 0) return { setup: plain, theirs, baseline: undefined };
    throw problem('init-from-history', { tool: options.tool, folder: found.revisions, files: found.migrations });
  }
  const setup = await planSetup(folder, { ignore: theirs.ignore });
  if (options.dryRun) return { setup, theirs, baseline: undefined };
  const takeBack = writeSetup(setup);
  try {
    const { acceptLost, onStage } = options;
    const written = await baseline(await loadProject({ from: found.root }), {
      message: `As ${options.tool} left it`,
      acceptLost,
      onStage,
    });
    if (!written) throw problem('init-from-empty', { tool: options.tool, table: theirs.table });
    return { setup, theirs, baseline: written };
  } catch (error) {
    takeBack();
    throw error;
  }
}

/** As it is configured; or as it will be. */
async function projectOf({ found }: Setup): Promise<Project> {
  const { root, workspace, revisions, ormConfig } = found;
  const file = join(root, 'migrations.config.ts');
  if (existsSync(file)) return loadProject({ from: root });
  const dotenv = join(workspace, '.env');
  if (existsSync(dotenv)) process.loadEnvFile(dotenv);
  const database = async () => process.env['DATABASE_URL'] ?? databaseUrl(ormConfig.options);
  const orm = () => Promise.resolve({ default: ormConfig.options });
  const table = { schema: 'public', name: 'mikro_orm_migrations' };
  const stats = join(root, 'stats.json');
  return { file, root, workspace, revisions, table, models: [], stats, config: { database, orm } };
}

async function readFrom(project: Project, roots: readonly string[], options: TheirsOptions): Promise<TheirHistory> {
  const target = await findTarget(project);
  const client = await connectToRead(project, target);
  if (!client)
    throw problem('init-from-empty', { tool: options.tool, table: options.table ?? toolNamed(options.tool).table });
  try {
    return await readTheirs(client, [...new Set(roots)], target.shown, options);
  } finally {
    await client.end();
  }
}

/** @throws init-from-ignore */
function assertIgnored(project: Project, { tool, ignore }: TheirHistory): void {
  const isOutside = isIgnored(project);
  const compared = ignore.filter((pattern) => {
    const [schema = '', name = ''] = pattern.split('.');
    return !isOutside(schema, name);
  });
  if (compared.length > 0) throw problem('init-from-ignore', { tool, file: project.file, ignore: compared });
}
