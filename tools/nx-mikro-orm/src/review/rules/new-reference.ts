import { defineRule } from '../rule.ts';
import { came, isUsed, shownRelation, scannedTables } from '../seen.ts';
import { stopsWriters, whoWaits } from '../trace/locks.ts';

export default defineRule({
  code: 'new-reference',
  class: 'exclusive_lock_op',
  severity: 'note',
  danger:
    'A reference locks the table that it points to as well, and keeps that lock until the transaction ends, also where the table that refers is new.',
  instead: 'make it the last statement of its transaction, or add it NOT VALID in a step of its own',
  bad: [
    'create table course (id bigint primary key, teacher_id integer references teacher (id))',
    'alter table room add column keeper integer references teacher (id)',
  ],
  good: [
    'create table a (id bigint primary key); create table b (id bigint primary key, a_id bigint references a (id))',
  ],
  check: (seen) => {
    // Where rows are looked at, that is what is told.
    if (scannedTables(seen).length > 0) return [];
    const keys = came(seen.before.constraints, seen.after.constraints).filter(
      ({ type, isValid }) => type === 'f' && isValid,
    );
    const locked = [...seen.added].filter(
      ([id, mode]) => stopsWriters(mode) && isUsed(seen, id) && keys.some(({ to }) => to === id),
    );
    return locked.map(([id, lock]) => {
      const relation = shownRelation(seen, id);
      return {
        relation,
        lock,
        message: `${whoWaits(lock)} of ${relation} waits, as the new key points to it (${lock})`,
      };
    });
  },
});
