import ours from './ours.ts';
import type { Peer } from './peer.ts';

/** Ours, once: what `verify`, which applies and reverts each revision and reads what came out, is measured against. */
export default {
  name: 'own-up',
  note: 'ours: up of the same revisions on an empty database',
  missing: () => undefined,
  prepare: (site) => ours.prepare(site),
  command: (site, action) => (action === 'verify' ? ours.command(site, 'up') : undefined),
} satisfies Peer;
