import { plural } from '../text/count.ts';
import { entry, list, typed } from './entry.ts';

/** One revision for a whole history, or for a whole database. */
export const whole = {
  'rebuild-halfway': entry<{ database: string; applied: number; lacks: string[] }>(
    'refused',
    (f) =>
      `${f.database} has only ${f.applied} of the revisions to be replaced, and lacks ${f.lacks.length}. Nothing was written.${list(f.lacks)}`,
    () => [typed('up'), `then ${typed('rebuild')} -m "…"`],
  ),
  'rebuild-lost': entry<{ lost: string[] }>(
    'refused',
    (f) =>
      `${plural(f.lost.length, 'One thing', 'things')} of the history cannot be carried over into one revision. Nothing was written.${list(f.lost)}`,
    () => [
      `${typed('rebuild')} --dry-run --accept-lost, to see the revision without it`,
      `${typed('rebuild')} --accept-lost -m "…", and write what is missing by hand: ${typed('create')} --empty -m "…"`,
    ],
  ),
  'rebuild-interrupted': entry<{ folder: string; edited?: string }>(
    'refused',
    (f) =>
      f.edited === undefined
        ? `A rebuild of this history was interrupted, and its files are on their way in ${f.folder}. Nothing was written.`
        : `A rebuild of this history was interrupted, and ${f.edited}, which it made, was edited since. Nothing was moved.`,
    (f) => [
      ...(f.edited === undefined ? [] : [`move ${f.edited} out of the folder`]),
      `${typed('rebuild')} -m "…": it is finished where nothing has changed since, and put back where something has`,
    ],
  ),
  'baseline-history': entry<{ revisions: string[] }>(
    'refused',
    (f) =>
      `There is a history already: ${plural(f.revisions.length, 'one revision', 'revisions')}, from ${f.revisions[0] ?? ''} on. A baseline is the first revision. Nothing was written.`,
    () => [
      `if the database is what they give: ${typed('stamp head')}`,
      `if the models have more than they give: ${typed('create')} -m "…"`,
    ],
  ),
  'baseline-lost': entry<{ database: string; lost: string[]; servers?: { database: number; scratch: number } }>(
    'refused',
    (f) =>
      `${plural(f.lost.length, 'One thing', 'things')} in ${f.database} cannot be made again by statements. Nothing was written.${list(f.lost)}${f.servers ? `\nThe database is on PostgreSQL ${f.servers.database}, scratch on ${f.servers.scratch}: they may print the same thing differently.` : ''}`,
    (f) => [
      ...(f.servers ? [`rehearse on the same major: export POSTGRES_MAJOR=${f.servers.database}`] : []),
      `${typed('baseline')} --accept-lost -m "…", and write what is missing by hand: ${typed('create')} --empty -m "…"`,
    ],
  ),
  'baseline-moved': entry<{ database: string; differences: string[] }>(
    'differs',
    (f) => `Somebody changed ${f.database} while it was read. Nothing was written.${list(f.differences)}`,
    () => [`${typed('baseline')} -m "…"`],
  ),
  'whole-unproven': entry<{ stage: string; differences: string[] }>(
    'failed',
    (f) =>
      `The one revision that would stand for everything was rehearsed on scratch, and the proof failed: ${f.stage}. Nothing was written.${list(f.differences)}`,
    () => [typed('verify')],
  ),
} as const;
