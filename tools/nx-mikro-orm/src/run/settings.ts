/** Two configurations that say where the same things are: MikroORM's own, and migrations.config.ts. */
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Options } from '@mikro-orm/postgresql';
import type { Project } from '../config.ts';
import { problem } from '../errors.ts';
import { assertOptions } from './options.ts';

/**
 * That MikroORM's configuration, where it names a ledger or a folder, names the same. Asked before the first revision of a
 * database is applied: with another ledger, a history that has run already would run again.
 * @throws settings-disagree, option-refused
 */
export async function assertSettingsAgree(project: Project): Promise<void> {
  const { loadOptions } = await import('../orm.ts');
  // Revisions of nothing but texts need no MikroORM; those that do say themselves what is wrong with it.
  const options = await loadOptions(project).catch(() => undefined);
  if (!options) return;
  const [theirs, ours] = [ledgerOf(options), `${project.table.schema}.${project.table.name}`];
  if (theirs !== undefined && theirs !== ours)
    throw problem('settings-disagree', {
      file: project.file,
      what: 'the ledger',
      theirs,
      ours,
      setting: 'table',
      value: theirs,
    });
  const paths = [options.migrations?.path, options.migrations?.pathTs].filter((path) => path !== undefined);
  const [path] = paths;
  if (path !== undefined && !paths.some((one) => placesOf(one, project, options).includes(real(project.revisions))))
    throw problem('settings-disagree', {
      file: project.file,
      what: 'the folder of revisions',
      theirs: path,
      ours: project.revisions,
      setting: 'revisions',
      value: path,
    });
  assertOptions('up', options, project);
}

/** That nothing in MikroORM's configuration asks `create` for another kind of file than it writes. @throws option-refused */
export async function assertCreatable(project: Project): Promise<void> {
  const { loadOptions } = await import('../orm.ts');
  const options = await loadOptions(project).catch(() => undefined);
  if (options) assertOptions('create', options, project);
}

/** Where stock MikroORM keeps its ledger; undefined where nobody has said so. */
function ledgerOf({ migrations, schema }: Options): string | undefined {
  const { tableName } = migrations ?? {};
  if (tableName === undefined && (schema === undefined || schema === '*')) return undefined;
  const name = tableName ?? 'mikro_orm_migrations';
  return name.includes('.') ? name : `${schema === undefined || schema === '*' ? 'public' : schema}.${name}`;
}

/** A relative folder is one of the base folder, by default of wherever the command was typed. */
const placesOf = (path: string, { root }: Project, { baseDir }: Options): string[] =>
  [baseDir ?? process.cwd(), root].map((from) => real(resolve(from, path)));

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
