import { plansPrefix } from '../../catalogue/index.ts';
import { telling, type Worker } from '../../run/worker/worker.ts';
import { plainSettings } from '../../postgres/plain-settings.ts';
import { confinementOf } from './confine.ts';
import type { OrmSession } from '../../orm.ts';

/** What a session on scratch is set to. Nothing there has to survive a crash of the machine. */
export const ofScratch = ['set synchronous_commit = off', plainSettings];

/**
 * The same as `discard all`, but that what readings have planned stays: planning it again takes the server many times as long as
 * a reading.
 */
const discardButPlans = [
  'close all',
  'set session authorization default',
  'reset all',
  'unlisten *',
  'select pg_catalog.pg_advisory_unlock_all()',
  `do $$ declare other text; begin
    for other in select p.name from pg_catalog.pg_prepared_statements p
      where not pg_catalog.starts_with(p.name, '${plansPrefix}') loop
      execute pg_catalog.format('deallocate %I', other);
    end loop;
  end $$`,
  'discard sequences',
  'discard temp',
].join('; ');

/**
 * Runs steps on scratch as they are run for real, but for what only a database that counts needs: no lock, no ledger, no
 * journal, and no patience, as nobody else is there.
 */
export const scratchWorker = (session: OrmSession): Worker => ({
  client: session.client,
  prelude: [discardButPlans, ...ofScratch],
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
