import { defineConfig } from 'nx-mikro-orm';

export default defineConfig({
  revisions: './revisions',
  models: '../models/src',
  embeddedDatabase: 'tutoria',
  afterWrite: [['prettier', '--write', '{file}']],
  seed: () => import('./seed.ts'),
  orm: () => import('./mikro-orm.config.ts'),
});
