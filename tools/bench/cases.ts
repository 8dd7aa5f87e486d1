import type { Size } from './fixture.ts';

/** What a tool is asked to do. */
export type Action = 'current' | 'status' | 'up' | 'create';

/** One line of questions: what is prepared, what is measured, and what should come out. */
export interface Case {
  name: string;
  title: string;
  size: Size;
  action: Action;
  /** How the measured command finds the database: with every revision applied, or empty each time. */
  database: 'at-head' | 'empty';
  /** The models have a column that the history lacks. */
  modelsAhead?: boolean;
  /** Ours divided by theirs should not be above this. A peer without a number is shown for orientation. */
  reach: Record<string, number>;
}

const idle = { floor: 2, alembic: 0.5, 'mikro-orm': 0.5, knex: 0.9, 'node-pg-migrate': 0.9 };

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
    reach: { psql: 1.2, 'pg-loop': 1.2, 'node-pg-migrate': 1, knex: 1, 'mikro-orm': 1, alembic: 1 },
  },
  {
    name: 'create-100',
    title: 'create one column at 100 tables: ours with the proof, scratch warm',
    size: { tables: 100, added: 0 },
    action: 'create',
    database: 'at-head',
    modelsAhead: true,
    reach: { alembic: 1 },
  },
  {
    name: 'create-1000',
    title: 'create one column at 1,000 tables: ours with the proof, scratch warm',
    size: { tables: 1000, added: 0 },
    action: 'create',
    database: 'at-head',
    modelsAhead: true,
    reach: { alembic: 1 },
  },
];
