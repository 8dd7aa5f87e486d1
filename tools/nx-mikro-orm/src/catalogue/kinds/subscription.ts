import { defineKind } from './kind.ts';
import { quoted } from './naming.ts';
import { flag, sorted } from './reading.ts';

interface Facts {
  publications: string[];
  disabled?: true;
  slot?: string;
  'synchronous commit'?: string;
  binary?: true;
}

/** Subscriptions of this database. How one connects, password included, has no place in a file that is shared: none is made. */
export const subscription = defineKind<Facts>({
  order: 340,
  catalogue: 'pg_subscription',
  name: 's.subname',
  oid: 's.oid',
  from: 'pg_subscription s',
  where: 's.subdbid = (select oid from pg_database where datname = current_database())',
  facts: () => ({
    publications: sorted('s.subpublications'),
    disabled: flag('not s.subenabled'),
    slot: 's.subslotname',
    'synchronous commit': `nullif(s.subsynccommit, 'off')`,
    // A letter since PostgreSQL 17, a truth value before.
    binary: `nullif(s.subbinary::text in ('t', 'true'), false)`,
  }),
  print: ({ publications, disabled, slot, binary, ...facts }) => [
    `publications (${publications.join(', ')})`,
    disabled && 'disabled',
    slot && `slot ${slot}`,
    facts['synchronous commit'] && `synchronous commit ${facts['synchronous commit']}`,
    binary && 'binary',
  ],
  named: ({ name }) => quoted(name),
  make: () => undefined,
});
