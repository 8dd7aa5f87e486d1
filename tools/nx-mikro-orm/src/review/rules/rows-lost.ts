import { defineRule } from '../rule.ts';
import { writesOf } from '../bounds.ts';
import { gone, isCode, isUsed, lockOn, shownRelation, truncatedTables, writtenRows, type Seen } from '../seen.ts';
import { unboundedTables } from '../work.ts';

export default defineRule({
  code: 'rows-lost',
  class: 'data_loss',
  severity: 'error',
  danger: 'Rows are gone, and the way back does not bring them.',
  instead: 'rename the table or mark the rows first, and take them away when nobody has missed them for a while',
  bad: [
    'drop table room cascade',
    'truncate lesson',
    'delete from lesson',
    { sql: 'drop database shop', autocommit: true },
  ],
  good: ['drop table if exists nowhere', 'delete from lesson where id = 7'],
  check: (seen) => {
    if (seen.failure) return [];
    const { before, after, statement } = seen;
    if (statement.type === 'DropdbStmt')
      return [{ message: `the database ${statement.node.dbname ?? ''} is gone with all that is in it` }];
    if (statement.type === 'DropOwnedStmt')
      return [{ message: 'whatever the role owns is gone, tables with their rows as well' }];
    const dropped = gone(before.relations, after.relations)
      .filter(({ id, kind }) => 'rp'.includes(kind) && isUsed(seen, id))
      .map(({ id }) => ({ id, message: `all rows of ${shownRelation(seen, id)} are gone with the table` }));
    const emptied = truncatedTables(seen).map((id) => ({
      id,
      message: `all rows of ${shownRelation(seen, id)} are gone`,
    }));
    return [...dropped, ...emptied, ...deleted(seen)].map(({ id, message }) => {
      const lock = lockOn(seen, id);
      return { relation: shownRelation(seen, id), message, ...(lock && { lock }) };
    });
  },
});

function deleted(seen: Seen): { id: string; message: string }[] {
  const unbounded = unboundedTables(seen);
  const said = writesOf(seen).filter(({ deletes, table }) => deletes && unbounded.includes(table.id));
  const byCode = isCode(seen.statement) && said.length === 0 ? unbounded.filter((id) => isEmptied(seen, id)) : [];
  return [
    ...said.map(({ table: { id }, isWhole }) => ({
      id,
      message: isWhole
        ? `all rows of ${shownRelation(seen, id)} are gone`
        : `rows of ${shownRelation(seen, id)} are gone, as many as meet the condition`,
    })),
    ...byCode.map((id) => ({ id, message: `all rows of ${shownRelation(seen, id)} are gone` })),
  ];
}

/** A body that names a delete, and wrote as many rows as there were. */
const isEmptied = (seen: Seen, id: string): boolean =>
  /\bdelete\s+from\b/i.test(seen.statement.text) && writtenRows(seen, id) >= (seen.rows.get(id) ?? Infinity);
