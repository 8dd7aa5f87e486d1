/** The service on a database of its own, which stands at head. */
import { MikroORM } from '@mikro-orm/postgresql';
import { ormConfig } from '@tutoria/migrations';
import type { FastifyInstance } from 'fastify';
import { loadProject, run } from 'nx-mikro-orm';
import type { Client } from 'pg';
import { withDatabase } from '../../../tools/nx-mikro-orm/test/database.ts';
import { buildApp } from '../src/app.ts';

export interface Standing {
  app: FastifyInstance;
  /** A connection to the same database, beside the service's. */
  client: Client;
  url: string;
  migrate: (direction: 'up' | 'down', target?: string) => Promise<void>;
}

/** Makes a database, migrates it, builds the service on it, and takes everything away again. */
export async function withApp(work: (standing: Standing) => Promise<void>): Promise<void> {
  await withDatabase(async (client, url) => {
    const before = process.env['DATABASE_URL'];
    process.env['DATABASE_URL'] = url;
    try {
      const migrate: Standing['migrate'] = async (direction, target) => {
        const project = await loadProject({ from: new URL('../../migrations', import.meta.url).pathname });
        await run({ ...project, config: { ...project.config, database: () => url } }, { direction, target });
      };
      await migrate('up');
      const orm = await MikroORM.init(await ormConfig());
      const app = buildApp({ orm });
      try {
        await work({ app, client, url, migrate });
      } finally {
        await app.close();
        await orm.close();
      }
    } finally {
      if (before === undefined) delete process.env['DATABASE_URL'];
      else process.env['DATABASE_URL'] = before;
    }
  });
}
