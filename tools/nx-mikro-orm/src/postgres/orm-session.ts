import type { Client } from 'pg';
import type { Project } from '../config.ts';
import type { OrmSession } from '../orm.ts';

/** MikroORM, with the project's own options, on a connection that the caller keeps. Imported only when it is needed. */
export async function openOrmSession(project: Project, client: Client): Promise<OrmSession> {
  const { loadOptions, openOrm } = await import('../orm.ts');
  return openOrm(await loadOptions(project), client);
}

/** The same, opened at the first call only. */
export function lazyOrmSession(project: Project, client: Client): () => Promise<OrmSession> {
  let session: Promise<OrmSession> | undefined;
  return () => (session ??= openOrmSession(project, client));
}
