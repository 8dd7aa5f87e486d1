import { defineRule } from '../rule.ts';
import type { RuleRemark } from '../finding.ts';
import { columnsOf, firstNames, lockOn, relationNamed, type Seen } from '../seen.ts';
import { shown, type Relation, type TracedState } from '../trace/state.ts';

export default defineRule({
  code: 'name-gone',
  class: 'client_break',
  severity: 'error',
  danger: 'Whoever still uses the name fails: the release that runs now does, until every instance of it is gone.',
  instead:
    'keep the old name until no release uses it: a view under the old name of a table, a second column that is written along',
  bad: [
    'alter table teacher rename column bio to about',
    'alter table teacher rename to tutor',
    "alter type mood rename value 'sad' to 'gloomy'",
    'drop function greeting(text)',
  ],
  good: [
    'alter table teacher rename to tutor; create view teacher as select * from tutor',
    'alter index lesson_status_idx rename to lesson_status',
    'alter table teacher rename constraint teacher_pkey to teacher_key',
  ],
  check: (seen) =>
    seen.failure ? [] : [...relations(seen), ...routines(seen), ...types(seen), ...others(seen), ...untraced(seen)],
});

const named = {
  r: 'table',
  p: 'table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
  S: 'sequence',
  c: 'type',
} as const;

/** Relations whose name, or one of whose columns, is there before the statement, and neither after it nor at the end. */
function relations(seen: Seen): RuleRemark[] {
  const { base, before, after, end } = seen;
  return [...base.relations.values()].flatMap((relation) => {
    if (!isNamed(relation) || isCarried(seen, relation)) return [];
    const [was, is, ends] = [before, after, end].map((state) => relationNamed(state, relation));
    if (!was) return [];
    const lock = lockOn(seen, was.id);
    const about = { relation: shown(relation), ...(lock && { lock }) };
    if (!is && !ends) {
      const now = after.relations.get(was.id);
      const what = `the ${named[relation.kind as keyof typeof named]} ${shown(relation)}`;
      return [{ ...about, message: now ? `${what} is called ${shown(now)} from now on` : `${what} is gone` }];
    }
    if (!ends || relation.kind === 'S') return [];
    const left = is ? columnsOf(after, is.id) : new Set();
    const columns = [...columnsOf(base, relation.id)].filter(
      (name) => columnsOf(before, was.id).has(name) && !left.has(name) && !columnsOf(end, ends.id).has(name),
    );
    if (columns.length === 0 || relation.parent !== null) return [];
    return [{ ...about, message: `${shown(relation)} has no ${firstNames(columns)} from now on` }];
  });
}

const isNamed = ({ kind, persistence }: Relation): boolean => kind in named && persistence !== 't';

/** What goes along with something that is told by itself: a column's sequence, a schema that is renamed, a partition. */
function isCarried({ base, before, after, statement }: Seen, { id, kind, schema, parent }: Relation): boolean {
  if (parent !== null) return true;
  if (kind === 'S' && !/\bsequence\b|\bdo\b|\brename\b/i.test(statement.text)) return true;
  const [old] = [...base.schemas.values()].filter(({ name }) => name === schema);
  return old !== undefined && before.relations.has(id) && isRenamed(before, after, old.id);
}

const isRenamed = (before: TracedState, after: TracedState, schema: string): boolean => {
  const now = after.schemas.get(schema);
  return now !== undefined && now.name !== before.schemas.get(schema)?.name;
};

function routines({ base, before, after, end }: Seen): RuleRemark[] {
  return [...base.routines.values()].flatMap((routine) => {
    const find = ({ routines: all }: TracedState) =>
      [...all.values()].find(
        ({ schema, name, types: given }) =>
          schema === routine.schema && name === routine.name && given.join() === routine.types.join(),
      );
    if (routine.isOfTriggers || !find(before) || find(after) || find(end)) return [];
    return [
      {
        message: `${routine.kind === 'p' ? 'the procedure' : 'the function'} ${shown(routine)}(${routine.types.join(', ')}) is gone`,
      },
    ];
  });
}

function types({ base, before, after, end }: Seen): RuleRemark[] {
  return [...base.types.values()].flatMap((type) => {
    const find = ({ types: all }: TracedState) =>
      [...all.values()].find(({ schema, name }) => schema === type.schema && name === type.name);
    const [was, is, ends] = [before, after, end].map(find);
    // One of several fields is told as a relation.
    if (!was || type.kind === 'c') return [];
    if (!is && !ends) return [{ message: `the type ${shown(type)} is gone` }];
    if (!is || !ends) return [];
    const labels = ({ labels: all }: TracedState, of: string) =>
      [...all.values()].filter((one) => one.of === of).map(({ name }) => name);
    const lost = labels(before, was.id).filter(
      (label) => !labels(after, is.id).includes(label) && !labels(end, ends.id).includes(label),
    );
    return lost.length > 0 ? [{ message: `${shown(type)} has no value ${firstNames(lost)} from now on` }] : [];
  });
}

function others({ base, before, after, end }: Seen): RuleRemark[] {
  const schemas = [...base.schemas.values()].filter(
    ({ id, name }) =>
      before.schemas.get(id)?.name === name &&
      after.schemas.get(id)?.name !== name &&
      ![...end.schemas.values()].some((one) => one.name === name),
  );
  const extensions = [...base.extensions.values()].filter(
    ({ id, name }) =>
      before.extensions.has(id) &&
      !after.extensions.has(id) &&
      ![...end.extensions.values()].some((one) => one.name === name),
  );
  return [
    ...schemas.map(({ name }) => ({ message: `the schema ${name} is gone` })),
    ...extensions.map(({ name }) => ({ message: `the extension ${name} is gone, with its functions and types` })),
  ];
}

/** Kinds of things that the trace does not follow, and that statements use by name. */
const untracedKinds = new Map([
  ['OBJECT_OPERATOR', 'operator'],
  ['OBJECT_CAST', 'cast'],
  ['OBJECT_COLLATION', 'collation'],
  ['OBJECT_TSCONFIGURATION', 'text search configuration'],
  ['OBJECT_TSDICTIONARY', 'text search dictionary'],
  ['OBJECT_PUBLICATION', 'publication'],
]);

function untraced({ statement, messages, all, number }: Seen): RuleRemark[] {
  if (statement.type !== 'DropStmt') return [];
  const kind = untracedKinds.get(statement.node.removeType ?? '');
  const named = /\s(\S+?)(?:\s+(?:cascade|restrict))?\s*$/i.exec(statement.text)?.[1] ?? '';
  const isOwn = all
    .slice(0, number)
    .some(({ text }) => text.includes(named) && new RegExp(`^\\s*create\\s+${kind}\\b`, 'i').test(text));
  if (isOwn) return [];
  const isMissing = messages.some(({ text }) => /does not exist, skipping$/.test(text));
  return kind === undefined || isMissing ? [] : [{ message: `the ${kind} is gone` }];
}
