import { isValidation } from '../../sql/kind.ts';
import { defineRule } from '../rule.ts';
import { asWholes, builtIndexes, lockOn, shownRelation, rewrittenTables, scannedTables } from '../seen.ts';
import { stopsWriters, whoWaits } from '../trace/locks.ts';

export default defineRule({
  code: 'full-scan',
  class: 'full_scan_blocking',
  severity: 'error',
  danger: 'The server looks at every row, to see whether something holds, while writers wait; mostly readers, too.',
  instead:
    'add the constraint NOT VALID, and validate it in a later transaction; `set not null` reads nothing after a valid check',
  bad: [
    'alter table teacher alter column bio set not null',
    "alter table teacher add constraint named check (name <> '')",
    'alter table lesson add constraint lesson_room_fkey foreign key (room_id) references room (id)',
  ],
  good: [
    "alter table teacher add constraint named check (name <> '') not valid",
    'alter table teacher validate constraint teacher_bio_present',
  ],
  check: (seen) => {
    // Building an index reads all rows as well; that they are looked at besides, the server says.
    const isVerified = (id: string) => seen.announced.verified.includes(seen.before.relations.get(id)?.name ?? '');
    const built = builtIndexes(seen).flatMap(({ table }) => (isVerified(table) ? [] : [table]));
    const explained = [...rewrittenTables(seen), ...built];
    const scanned = scannedTables(seen).filter((id) => !explained.includes(id));
    return asWholes(seen, scanned).flatMap((id) => {
      // A validation needs no such lock itself, and is told as work under that of an earlier statement.
      const lock = isValidation(seen.statement) ? seen.added.get(id) : lockOn(seen, id);
      if (!lock || !stopsWriters(lock)) return [];
      const relation = shownRelation(seen, id);
      return [{ relation, lock, message: `every row of ${relation} is read; ${whoWaits(lock)} of it waits (${lock})` }];
    });
  },
});
