import { join } from 'node:path';
import ours from './ours.ts';
import type { Peer } from './peer.ts';

const root = join(import.meta.dirname, '../../..');

/** Ours once more, as an Nx target: the difference is what Nx takes for itself. */
export default {
  name: 'nx',
  note: 'nx run migrations:current, with ours inside: what Nx itself takes',
  missing: () => undefined,
  prepare: (site) => ours.prepare(site),
  command: (site, action) =>
    action === 'current'
      ? {
          program: process.execPath,
          args: [
            join(root, 'node_modules/nx/dist/bin/nx.js'),
            ...['run', 'migrations:current', '--config', join(site.folder, 'migrations.config.ts')],
          ],
          cwd: root,
        }
      : undefined,
} satisfies Peer;
