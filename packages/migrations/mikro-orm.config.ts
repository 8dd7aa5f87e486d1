import { join } from 'node:path';
import { defineConfig } from '@mikro-orm/postgresql';
import { Migrator } from 'nx-mikro-orm/migrator';
import { databaseUrl } from './src/database.ts';
import { ormOptions } from './src/orm.ts';

/** The MikroORM configuration of the migrations and of MikroORM's own command line: what a service has, and the engine. */
export default async () =>
  defineConfig({
    ...ormOptions,
    clientUrl: await databaseUrl(),
    extensions: [Migrator],
    migrations: {
      path: join(import.meta.dirname, 'revisions'),
      // The revisions are the only source of history: there is no snapshot to go stale.
      snapshot: false,
    },
  });
