import { MetadataError, type MikroORM } from '@mikro-orm/core';
import type { Options } from '@mikro-orm/postgresql';
import { isIgnored, type Project } from '../../config.ts';
import { firstLine, isProblem, problem } from '../../errors.ts';
import { loadOptions, metadataOf } from '../../orm.ts';
import { readModelFiles } from './files.ts';
import type { Mistake } from './mistake.ts';
import { namesInModels } from './named.ts';
import { namedTwice, tooLong } from './names.ts';
import { placesIn, type Place } from './place.ts';
import { unregistered } from './registered.ts';
import { inOurWords, readRejected } from './rejected.ts';
import { ignored, sharedColumns, sharedTables, tableless } from './tables.ts';

/**
 * Insists that the set of models is sound, before anything is compared: each entity registered, with a table of its own,
 * under names that PostgreSQL keeps. All mistakes are told together. @throws no-entities, models-invalid
 */
export async function checkModelSet(project: Project, orm: MikroORM): Promise<void> {
  const entities = orm.config.get('entities') as unknown[];
  if (entities.length === 0) throw problem('no-entities', { file: project.file });
  const { files, broken } = await readModelFiles(project);
  const place = placesIn(files);
  const metadata = metadataOf(orm);
  assertNoMistakes([
    ...broken,
    ...unregistered(files, entities, metadata, place),
    ...mistakesOf(project, orm, place, orm.config.get('discovery')),
  ]);
  if (metadata.length === 0) throw problem('no-entities', { file: project.file });
}

/**
 * Does work that opens MikroORM. Where it rejects the models, that is told in our words, with everything else that is wrong
 * with them. @throws models-invalid
 */
export async function withModels<T>(project: Project, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isProblem(error) || error.code !== 'models-rejected') throw error;
    const options = await loadOptions(project);
    const { files, broken } = await readModelFiles(project);
    const place = placesIn(files);
    const { orm, mistakes } = await readRejected(options, place);
    const metadata = orm ? metadataOf(orm) : [];
    // Without metadata, everything would look unregistered.
    const lost = unregistered(orm ? files : [], options.entities ?? [], metadata, place);
    assertNoMistakes(
      [...broken, ...mistakes, ...lost, ...(orm ? mistakesOf(project, orm, place, options.discovery) : [])],
      error,
    );
    throw error;
  }
}

function mistakesOf(
  project: Project,
  orm: MikroORM,
  place: Place,
  discovery: Options['discovery'] | undefined,
): Mistake[] {
  const metadata = metadataOf(orm);
  const mistakes = [
    ...tableless(orm.config.get('entities'), metadata, place),
    ...sharedTables(metadata, place),
    ...(discovery?.checkDuplicateFieldNames === false ? [] : sharedColumns(metadata, place)),
  ];
  try {
    const named = namesInModels(orm);
    mistakes.push(...tooLong(named, place), ...namedTwice(named, place), ...ignored(named, isIgnored(project), place));
  } catch (error) {
    // Some mistakes are only found where the schema is put together, as two policies of one name.
    if (!(error instanceof MetadataError)) throw error;
    mistakes.push(inOurWords(firstLine(error), orm.config.get('entities'), place));
  }
  return mistakes;
}

function assertNoMistakes(mistakes: readonly Mistake[], cause?: unknown): void {
  if (mistakes.length > 0) throw problem('models-invalid', { mistakes: [...mistakes] }, cause);
}
