import { join } from 'node:path';
import { defineConfig } from '@mikro-orm/postgresql';
import { entities } from '@tutoria/models';
import { Migrator } from 'nx-mikro-orm/migrator';
import { databaseUrl } from './src/database.ts';

/** The one MikroORM configuration: of the API, of the migrations, and of MikroORM's own command line. */
export default async () =>
  defineConfig({
    entities,
    clientUrl: await databaseUrl(),
    timezone: 'UTC',
    extensions: [Migrator],
    migrations: {
      path: join(import.meta.dirname, 'revisions'),
      // The revisions are the only source of history: there is no snapshot to go stale.
      snapshot: false,
    },
  });
