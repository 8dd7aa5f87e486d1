import type { AlterStep } from '../catalogue/kinds/kind.ts';
import type { Phase } from '../catalogue/phase.ts';

export { phases, type Phase } from '../catalogue/phase.ts';

/** Statements that belong together: all of them or none. */
export interface Op {
  /** The key, in the catalogue, of what it is for. */
  key: string;
  phase: Phase;
  /** Place within the phase; it counts where dependence leaves a choice. */
  rank: number;
  statements: string[];
  /** To be used where the statements fail at the end of all tries. */
  instead?: string[];
  /** It drops a thing that holds no rows: where the server dropped that with another one, nothing is left to do. */
  drops?: true;
  /** `create or replace`: only the server knows whether it takes one text for the other. */
  replaces?: true;
  /** It gives values another type, which the server refuses where rows have some. */
  retypes?: true;
  /** The statement is `alter table <table> <action>, …`, so that it can be joined with its neighbours. */
  alter?: { table: string; actions: string[] };
}

/** Actions on one table, all of which take the strongest lock. */
export const alterTable = (
  key: string,
  table: string,
  actions: string[],
  place: { phase: Phase; rank: number },
): Op => ({ key, ...place, statements: [`alter table ${table} ${actions.join(', ')}`], alter: { table, actions } });

/** A step of a kind's as an operation; `place` is where it runs when it does not say. */
export const opOf = (key: string, { sql, action, ...step }: AlterStep, place: { phase: Phase; rank: number }): Op => ({
  key,
  phase: step.phase ?? place.phase,
  rank: step.rank ?? place.rank,
  statements: [sql],
  ...(action && { alter: { table: action.table, actions: [action.action] } }),
  ...(step.replaces && { replaces: true }),
  ...(step.retypes && { retypes: true }),
});
