import { defineRule } from '../rule.ts';
import type { RuleRemark } from '../finding.ts';
import { alterCommands } from '../../sql/kind.ts';
import { gone, shownRelation, scannedTables, strongLocks, type Seen } from '../seen.ts';
import { whoWaits } from '../trace/locks.ts';

export default defineRule({
  code: 'online-form',
  class: 'exclusive_lock_op',
  severity: 'warning',
  danger: 'It takes a strong lock, for a moment only; but while it waits for it, everything else waits behind it.',
  instead: 'use the form that works beside the traffic',
  bad: [
    'drop index lesson_status_idx',
    'alter table event detach partition event_2026',
    "create table event_2027 partition of event for values from ('2027-01-01') to ('2028-01-01')",
    'refresh materialized view teacher_stats',
  ],
  good: [
    { sql: 'drop index concurrently lesson_status_idx', autocommit: true },
    { sql: 'alter table event detach partition event_2026 concurrently', autocommit: true },
    "create table event_2027 (like event including all); alter table event attach partition event_2027 for values from ('2027-01-01') to ('2028-01-01')",
  ],
  check: (seen) => {
    if (seen.failure || seen.isApart) return [];
    const instead = onlineForm(seen);
    const [first] = strongLocks(seen, 'added');
    if (instead === undefined || !first) return [];
    const [id, lock] = first;
    const relation = shownRelation(seen, id);
    const found: RuleRemark = { relation, lock, message: `${whoWaits(lock)} of ${relation} waits (${lock})`, instead };
    return [found];
  },
});

/** The form of a statement that takes a weaker lock, where there is one. */
function onlineForm(seen: Seen): string | undefined {
  const { statement } = seen;
  switch (statement.type) {
    case 'DropStmt':
      return statement.node.removeType === 'OBJECT_INDEX' && !isPartitioned(seen)
        ? 'drop index concurrently, outside of a transaction'
        : undefined;
    case 'DoStmt':
    case 'CallStmt':
      return dropsIndex(seen) ? 'drop index concurrently, outside of a transaction and of code' : undefined;
    case 'RefreshMatViewStmt':
      return 'refresh materialized view concurrently, which takes a unique index on it';
    case 'LockStmt':
      return 'leave the locking to the statements that need it, each in a step of its own';
    case 'AlterTableStmt':
      if (alterCommands(statement.node).some(({ subtype }) => subtype === 'AT_DetachPartition'))
        return 'detach partition … concurrently, outside of a transaction';
      break;
    case 'CreateStmt':
      if (statement.node.partbound && scannedTables(seen).length === 0)
        return 'create the table by itself, and attach it as a partition: that stops neither readers nor writers of the parent';
      break;
    default:
  }
  return undefined;
}

/** An index that goes by itself, while its table stays. */
const dropsIndex = ({ before, after, base }: Seen): boolean =>
  gone(before.relations, after.relations).some(
    ({ id, kind, table, constraint, columns }) =>
      kind === 'i' &&
      base.relations.has(id) &&
      constraint === null &&
      table !== null &&
      after.relations.has(table) &&
      [...after.columns.values()].filter((one) => one.table === table && columns?.includes(one.name)).length ===
        columns?.length,
  );

/** A partitioned index goes in this form only. */
const isPartitioned = ({ before, after }: Seen): boolean =>
  [...before.relations.values()].some(({ id, kind }) => kind === 'I' && !after.relations.has(id));
