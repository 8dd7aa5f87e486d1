/**
 * When a statement may run at the earliest. What is in the way goes first; values move while both the old and the new
 * columns are there; what guards values comes when they are as they should be.
 */
export const phases = ['away', 'structure', 'fill', 'tighten', 'gone', 'attach'] as const;
export type Phase = (typeof phases)[number];

/** Statements that belong together: all of them or none. */
export interface Op {
  /** The key, in the catalogue, of what it is for. */
  key: string;
  phase: Phase;
  /** Place within the phase; it counts where dependence leaves a choice. */
  rank: number;
  statements: string[];
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
