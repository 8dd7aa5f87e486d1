import { defineKind } from './kind.ts';
import { literal, quoted } from './naming.ts';
import { enabled, routineText, routineName, sorted, userMade } from './reading.ts';

interface Facts {
  on: string;
  tags?: string[];
  execute: string;
  enabled?: string;
}

const words: Record<string, string> = {
  disabled: 'disable',
  'enabled for replica': 'enable replica',
  'enabled always': 'enable always',
};

const state = (name: string, is: string | undefined): string =>
  `alter event trigger ${quoted(name)} ${is === undefined ? 'enable' : words[is]}`;

/** Event triggers: they are in no schema. */
export const eventTrigger = defineKind<Facts, { execute: string }>({
  order: 370,
  catalogue: 'pg_event_trigger',
  name: 'e.evtname',
  oid: 'e.oid',
  from: 'pg_event_trigger e',
  where: userMade('pg_event_trigger', 'e.oid'),
  facts: () => ({
    on: 'e.evtevent',
    tags: sorted('e.evttags'),
    execute: routineText('e.evtfoid'),
    enabled: enabled('e.evtenabled'),
  }),
  layout: () => ({ execute: routineName('e.evtfoid') }),
  print: ({ on, tags, execute, enabled: is }) => [
    `on ${on}`,
    tags && `when tag in (${tags.join(', ')})`,
    `execute ${execute}`,
    is,
  ],
  named: ({ name }) => quoted(name),
  make: ({ name, facts: { on, tags, enabled: is }, layout }) => ({
    create: [
      `create event trigger ${quoted(name)} on ${on}${tags ? ` when tag in (${tags.map(literal).join(', ')})` : ''} execute function ${layout.execute}()`,
    ],
    phase: 'last',
    after: is === undefined ? [] : [{ sql: state(name, is), phase: 'last' }],
  }),
  alter: ({ to, changed }) =>
    [...changed].every((fact) => fact === 'enabled') ? [{ sql: state(to.name, to.facts.enabled) }] : undefined,
  rename: ({ name }, to) => `alter event trigger ${quoted(name)} rename to ${quoted(to)}`,
});
