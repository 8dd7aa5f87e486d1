import { changesOf, largeChange, noisyChange, type Change, type Size } from './fixture.ts';

/** What a tool is asked to do. */
export type Action = 'current' | 'status' | 'up' | 'create' | 'verify';

/** One line of questions: what is prepared, what is measured, and what should come out. */
export interface Case {
  name: string;
  title: string;
  size: Size;
  /** The revisions, where they are not those of the tables. */
  changes?: () => Change[];
  action: Action;
  /** How the measured command finds the database: with every revision applied, or empty each time. */
  database: 'at-head' | 'empty';
  /** The models have a column that the history lacks. */
  modelsAhead?: boolean;
  /** Nothing of an earlier run is kept on scratch. */
  scratch?: 'cold';
  /** Each byte arrives so many milliseconds later, in either direction. */
  delayMs?: number;
  /** Only on the page of numbers: it takes long, or is about memory. */
  onPage?: true;
  /** Ours divided by theirs should not be above this. A peer without a number is shown for orientation. */
  reach: Record<string, number>;
}

const idle = { floor: 1.3, alembic: 0.5, 'mikro-orm': 0.5, knex: 0.9, 'node-pg-migrate': 0.9 };
const peers = { knex: 1, 'node-pg-migrate': 1, kysely: 1, drizzle: 1, typeorm: 1, 'mikro-orm': 1, alembic: 1 };

/** Every case; a new one is an entry here. */
export const cases: Case[] = [
  {
    name: 'current',
    title: 'current, 100 revisions applied',
    size: { tables: 20, added: 4 },
    action: 'current',
    database: 'at-head',
    reach: idle,
  },
  {
    name: 'status',
    title: 'status, 100 revisions applied',
    size: { tables: 20, added: 4 },
    action: 'status',
    database: 'at-head',
    reach: idle,
  },
  {
    name: 'up-noop',
    title: 'up with nothing to do, 100 revisions applied',
    size: { tables: 20, added: 4 },
    action: 'up',
    database: 'at-head',
    reach: idle,
  },
  {
    name: 'up-500',
    title: 'up of 500 revisions on an empty database',
    size: { tables: 100, added: 4 },
    action: 'up',
    database: 'empty',
    reach: { psql: 1, 'pg-loop': 1, ...peers },
  },
  ...[1, 20].map((ms): Case => ({
    name: `up-500-${ms}ms`,
    title: `up of 500 revisions over a network with a round trip of ${ms} ms`,
    size: { tables: 100, added: 4 },
    action: 'up',
    database: 'empty',
    delayMs: ms / 2,
    onPage: true,
    reach: { 'round-trips': 1.1, ...peers },
  })),
  {
    name: 'current-5000',
    title: 'current, 5,000 revisions applied',
    size: { tables: 200, added: 24 },
    action: 'current',
    database: 'at-head',
    onPage: true,
    reach: idle,
  },
  {
    name: 'up-noop-5000',
    title: 'up with nothing to do, 5,000 revisions applied',
    size: { tables: 200, added: 24 },
    action: 'up',
    database: 'at-head',
    onPage: true,
    reach: idle,
  },
  {
    name: 'create-100',
    title: 'create one column at 100 tables: ours with the proof, scratch warm',
    size: { tables: 100, added: 0 },
    action: 'create',
    database: 'at-head',
    modelsAhead: true,
    reach: { alembic: 1, 'mikro-orm': 1 },
  },
  {
    name: 'create-100-cold',
    title: 'create one column at 100 tables: ours with the proof, nothing kept on scratch',
    size: { tables: 100, added: 0 },
    action: 'create',
    database: 'at-head',
    modelsAhead: true,
    scratch: 'cold',
    onPage: true,
    reach: { 'mikro-orm': 2 },
  },
  {
    name: 'create-1000',
    title: 'create one column at 1,000 tables: ours with the proof, scratch warm',
    size: { tables: 1000, added: 0 },
    action: 'create',
    database: 'at-head',
    modelsAhead: true,
    onPage: true,
    reach: { alembic: 1, 'mikro-orm': 1 },
  },
  {
    name: 'verify-500',
    title: 'verify of 500 revisions over 100 tables: each applied, reverted, applied again and compared',
    size: { tables: 100, added: 4 },
    action: 'verify',
    database: 'empty',
    scratch: 'cold',
    onPage: true,
    reach: { 'own-up': 4 },
  },
  {
    name: 'up-large',
    title: 'up of one revision of 60 MB of SQL',
    size: { tables: 1, added: 0 },
    changes: () => [...changesOf({ tables: 1, added: 0 }), largeChange(60)],
    action: 'up',
    database: 'empty',
    onPage: true,
    reach: {},
  },
  {
    name: 'up-noisy',
    title: 'up of one revision for which the server sends 100 MB of notices',
    size: { tables: 1, added: 0 },
    changes: () => [...changesOf({ tables: 1, added: 0 }), noisyChange(100)],
    action: 'up',
    database: 'empty',
    onPage: true,
    reach: {},
  },
];
