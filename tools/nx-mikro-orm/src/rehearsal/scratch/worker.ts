import { telling, type Worker } from '../../run/worker/worker.ts';
import { plainSettings } from '../../postgres/plain-settings.ts';
import { confinementOf } from './confine.ts';
import type { OrmSession } from '../../orm.ts';

/** What a session on scratch is set to. Nothing there has to survive a crash of the machine. */
export const ofScratch = ['set synchronous_commit = off', plainSettings];

/**
 * Runs steps on scratch as they are run for real, but for what only a database that counts needs: no lock, no ledger, no
 * journal, and no patience, as nobody else is there.
 */
export const scratchWorker = (session: OrmSession): Worker => ({
  client: session.client,
  prelude: ['discard all', ...ofScratch],
  orm: () => Promise.resolve(session),
  patience: { lockTimeoutMs: 0, budgetMs: 0 },
  scratch: scratchShown(session.client),
  ...telling((event) => {
    const known = confinementOf(session.client);
    if (known && event.type === 'started')
      Object.assign(known, { revision: { name: event.revision, path: event.path }, asOther: false });
    if (known && event.type === 'finished') known.revision = undefined;
  }),
});

/** Which server that is, for messages. */
const scratchShown = ({ host, port }: OrmSession['client']): string =>
  `${process.env['SCRATCH_DATABASE_URL'] ? '' : 'the embedded PostgreSQL at '}${host}:${port}`;
