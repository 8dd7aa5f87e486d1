import { defineRule } from '../rule.ts';
import type { RuleRemark } from '../finding.ts';
import { gone, isPartOfWhole, isUsed, lockOn, madeAnew, shownRelation, type Seen } from '../seen.ts';
import type { Constraint, TracedState, Trigger } from '../trace/state.ts';

export default defineRule({
  code: 'check-gone',
  class: 'integrity_loss',
  severity: 'warning',
  danger:
    'What was refused so far is let in from now on, and has to be found and mended before it can be refused again.',
  instead: 'add what takes its place first, and drop the old one then',
  bad: [
    'alter table lesson drop constraint lesson_teacher_id_fkey',
    'alter table teacher alter column name drop not null',
    'alter table lesson disable trigger all',
    'drop index room_name_key',
  ],
  good: [
    'alter table lesson add constraint lesson_length_positive check (minutes > 0) not valid; alter table lesson drop constraint lesson_minutes_check',
    'drop trigger teacher_touch on teacher; create trigger teacher_touch before update on teacher for each row execute function touch()',
  ],
  check: (seen) => {
    if (seen.failure) return [];
    return [
      ...constraints(seen),
      ...uniqueIndexes(seen),
      ...notNull(seen),
      ...computed(seen),
      ...triggers(seen),
      ...unlogged(seen),
      ...byRole(seen),
    ];
  },
});

const kinds: Record<string, string> = {
  c: 'check',
  f: 'foreign key',
  p: 'primary key',
  u: 'unique constraint',
  x: 'exclusion constraint',
};

const about = (seen: Seen, table: string, message: string): RuleRemark => {
  const lock = lockOn(seen, table);
  return { relation: shownRelation(seen, table), message, ...(lock && { lock }) };
};

function constraints(seen: Seen): RuleRemark[] {
  const { base, before, after } = seen;
  const lost = [...before.constraints.values()].filter((one) => {
    const { id, isEnforced } = one;
    const now = after.constraints.get(id) ?? madeAnew(after, one);
    return base.constraints.has(id) && isEnforced && !now?.isEnforced;
  });
  return lost.flatMap((one) => {
    if (one.domain !== null)
      return after.types.has(one.domain) ? [{ message: `the domain no longer has ${one.name}: ${one.text}` }] : [];
    const { table } = one;
    if (table === null || !isUsed(seen, table) || !after.relations.has(table) || isReplaced(before, after, one))
      return [];
    if (isPartOfWhole(seen, table)) return [];
    return [
      about(
        seen,
        table,
        `the ${kinds[one.type] ?? 'constraint'} ${one.name} of ${shownRelation(seen, table)} is gone: ${one.text}`,
      ),
    ];
  });
}

/** Whether something else sees to it that the same holds, or nothing is left that it could be about. */
function isReplaced(before: TracedState, after: TracedState, one: Constraint): boolean {
  const columns = [...after.columns.values()].filter(({ table }) => table === one.table);
  const present = one.columns.filter((name) => columns.some((column) => column.name === name));
  const isRenamed = [...before.columns.values()].some(
    ({ id, table, name }) => table === one.table && one.columns.includes(name) && after.columns.has(id),
  );
  // What rows of other columns cannot break goes along with its own; a key is missed by whoever relied on it.
  if (one.type === 'c' && one.columns.length === 1 && present.length === 0 && !isRenamed) return true;
  const other = [...before.constraints.values()].some(
    ({ id, table, type, columns: these }) =>
      id !== one.id &&
      after.constraints.has(id) &&
      table === one.table &&
      type === one.type &&
      these.join() === one.columns.join(),
  );
  const [, proven] = /^CHECK \(\(+"?([^()"]+)"? IS NOT NULL\)+(?: NOT VALID)?$/.exec(one.text) ?? [];
  return other || columns.some(({ name, notNull }) => name === proven && notNull);
}

/** An index that saw to it that values are different, where no constraint did. */
function uniqueIndexes(seen: Seen): RuleRemark[] {
  const { base, before, after } = seen;
  return gone(before.relations, after.relations).flatMap(({ id, table, isUnique, constraint, name, definition }) => {
    if (!isUnique || constraint !== null || table === null || !base.relations.has(id) || !isUsed(seen, table))
      return [];
    if (!after.relations.has(table)) return [];
    const other = [...before.relations.values()].some(
      (one) =>
        one.id !== id &&
        one.table === table &&
        one.isUnique &&
        one.isValid &&
        after.relations.has(one.id) &&
        one.definition === definition,
    );
    const again = [...after.relations.values()].some((one) => one.table === table && one.name === name && one.isUnique);
    if (again) return [];
    return other
      ? []
      : [about(seen, table, `${name} is gone, which let no value of ${shownRelation(seen, table)} in twice`)];
  });
}

/** What the server computed so far is what whoever writes says it is. */
function computed(seen: Seen): RuleRemark[] {
  const { before, after, base } = seen;
  return [...after.columns.values()].flatMap(({ id, table, name, isComputed }) => {
    if (!before.columns.get(id)?.isComputed || isComputed || !base.columns.has(id) || !isUsed(seen, table)) return [];
    return [about(seen, table, `${shownRelation(seen, table)}.${name} is no longer computed, and null in new rows`)];
  });
}

function notNull(seen: Seen): RuleRemark[] {
  const { before, after, base } = seen;
  const columns = [...after.columns.values()].flatMap(({ id, table, name, notNull: isNow }) => {
    const was = before.columns.get(id);
    if (!was?.notNull || isNow || !base.columns.has(id) || !isUsed(seen, table)) return [];
    if (after.relations.get(table)?.parent) return [];
    return [about(seen, table, `${shownRelation(seen, table)}.${name} may be null from now on`)];
  });
  const domains = [...after.types.values()].flatMap(({ id, kind, name, notNull: isNow }) =>
    kind === 'd' && before.types.get(id)?.notNull && !isNow && base.types.has(id)
      ? [{ message: `${name} may be null from now on` }]
      : [],
  );
  return [...columns, ...domains];
}

function triggers(seen: Seen): RuleRemark[] {
  const { base, before, after, end } = seen;
  const again = ({ table, name }: Trigger) =>
    [...end.triggers.values()].some((one) => one.table === table && one.name === name);
  const lost = gone(before.triggers, after.triggers).filter(
    (one) =>
      !one.isInternal &&
      base.triggers.has(one.id) &&
      after.relations.has(one.table) &&
      (seen.autocommit || !again(one)),
  );
  const off = [...after.triggers.values()].filter(({ id, enabled }) => {
    const was = before.triggers.get(id);
    return was && base.triggers.has(id) && 'OA'.includes(was.enabled) && 'DR'.includes(enabled);
  });
  const tables = [...new Set(off.map(({ table }) => table))].filter((id) => isUsed(seen, id));
  return [
    ...lost
      .filter(({ table }) => isUsed(seen, table))
      .map(({ table, name }) => about(seen, table, `the trigger ${name} of ${shownRelation(seen, table)} is gone`)),
    ...tables.map((id) => {
      const names = off.filter(({ table }) => table === id);
      const keys = names.some(({ isInternal }) => isInternal) ? ', and with them its foreign keys' : '';
      return about(seen, id, `triggers of ${shownRelation(seen, id)} are off${keys}`);
    }),
  ];
}

function unlogged(seen: Seen): RuleRemark[] {
  return [...seen.after.relations.values()].flatMap(({ id, persistence }) => {
    const was = seen.before.relations.get(id);
    return was?.persistence === 'p' && persistence === 'u' && isUsed(seen, id)
      ? [about(seen, id, `${shownRelation(seen, id)} is empty after a crash of the server, and on no replica`)]
      : [];
  });
}

/** As a replica, the server fires no ordinary trigger, and looks at no foreign key. */
function byRole({ statement }: Seen): RuleRemark[] {
  return /\bsession_replication_role\b/i.test(statement.text) && !/\b(origin|default)\b/i.test(statement.text)
    ? [{ message: 'no trigger fires and no foreign key is looked at while session_replication_role is replica' }]
    : [];
}
