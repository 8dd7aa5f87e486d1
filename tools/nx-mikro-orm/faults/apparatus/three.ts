/** A history of three tables, and what is said of it. */
import assert from 'node:assert/strict';
import type { Case } from './case.ts';
import { exits, type Ended } from './runner.ts';

/** Three revisions, each a table of its own; with `applied`, the first so many are applied. */
export async function three(the: Case, applied = 3): Promise<[string, string, string]> {
  const names = ['a', 'b', 'c'].map((table) =>
    the.write(table, { up: [`create table ${table} (id int)`], down: [`drop table ${table}`] }),
  );
  if (applied > 0) exits(await the.run('up', `+${applied}`), 0);
  return names as [string, string, string];
}

export const tables = (the: Case) =>
  the.values(`select relname::text from pg_class where relkind = 'r' and length(relname) = 1 order by 1`);
export const ledger = (the: Case) => the.values('select name from mikro_orm_migrations order by id');

/** Insists that a run was refused before anything was done, and that the refusal says these things. */
export function refused(ended: Ended, ...says: (RegExp | string)[]) {
  exits(ended, 4);
  assert.match(ended.said, /nothing was (run|changed)/i);
  assert.match(ended.said, /Next:/);
  for (const each of says) assert.match(ended.said, typeof each === 'string' ? new RegExp(each) : each);
}
