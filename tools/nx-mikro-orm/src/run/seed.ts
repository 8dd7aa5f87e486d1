import type { Client } from 'pg';
import type { Project, Seed } from '../config.ts';
import { problem } from '../errors.ts';
import { openOrmSession } from '../postgres/orm-session.ts';

/** The project's seed, before anything is dropped for it. @throws seed-missing */
export async function loadSeed({ config, file }: Project): Promise<Seed> {
  const seed = (await config.seed?.())?.default;
  if (typeof seed !== 'function') throw problem('seed-missing', { file, found: config.seed !== undefined });
  return seed;
}

/** Fills a database with what development needs: all of it, or nothing. */
export async function plant(project: Project, client: Client, seed: Seed): Promise<void> {
  const { orm } = await openOrmSession(project, client);
  await orm.em.fork().transactional((em) => seed(em));
}
