/** A value that is gone from an enum, or from a check that lists what a column may hold: renamed, mapped, or in no row. */
import { firstFew } from '../../text/count.ts';
import { escapeLiteral } from 'pg';
import { isSame, type Item } from '../../catalogue/index.ts';
import { asConstraint } from '../../catalogue/kinds/constraint.ts';
import type { Column } from '../column.ts';
import { labelsOf } from '../../catalogue/kinds/type.ts';
import { nameOf, quoted } from '../../catalogue/kinds/naming.ts';
import { statementsOf, type Rename } from '../rename.ts';
import { valuesOfCheck } from '../../sql/expression.ts';
import { byLikeness, calledIn, type Ambiguity, type QuestionSource, type Sides, subjectOf } from './ambiguity.ts';
import type { Answer } from './question.ts';

/** Values before and after, and what they are the values of. */
interface Lists {
  /** Key that a mapping is noted under. */
  key: string;
  schema: string | undefined;
  /** Names that lead to a value in what a person types: the type, or table and column. */
  names: string[];
  before: string[];
  after: string[];
  rename: (from: string, to: string) => { sql: string[]; rename: Rename | undefined };
  map: (from: string, to: string) => string[];
}

/** Values that are gone. */
export const values: QuestionSource = { order: 5, find: askOfValues };

async function askOfValues({ from, to }: Sides): Promise<Ambiguity[]> {
  const findings: Ambiguity[] = [];
  for (const item of from.catalogue.values()) {
    const next = to.catalogue.get(item.key);
    if (!next || isSame(next, item)) continue;
    const lists = item.kind === 'type' ? ofType(item, next) : await ofCheck(item, next, from.columns);
    if (!lists) continue;
    findings.push(...askOf(lists, calledIn(to)));
    if (item.kind === 'type' && !isSameOrder(lists)) findings.push(askOfOrder(lists, calledIn(to)));
  }
  return findings;
}

function ofType(item: Item, next: Item): Lists | undefined {
  const [before, after] = [labelsOf(item), labelsOf(next)];
  if (!before || !after) return undefined;
  const { key, schema, name } = item;
  const renameTo = (from: string, to: string): Rename => ({ kind: 'value', schema, table: name, name: from, to });
  return {
    key,
    schema,
    names: [name],
    before,
    after,
    rename: (from, to) => ({ sql: statementsOf(renameTo(from, to)), rename: renameTo(from, to) }),
    map: () => [`-- the type is made anew, and every column of it is taken over`],
  };
}

async function ofCheck(item: Item, next: Item, columns: ReadonlyMap<string, Column>): Promise<Lists | undefined> {
  if (item.kind !== 'constraint') return undefined;
  const [before, after] = await Promise.all(
    [item, next].map((one) => valuesOfCheck(asConstraint(one)?.facts.text ?? '')),
  );
  if (!before || !after || before.column !== after.column) return undefined;
  const { schema, table = '' } = item;
  const column = [...columns.values()].find(
    (one) => one.schema === schema && one.table === table && one.name === before.column,
  );
  if (!column) return undefined;
  const name = quoted(column.name);
  const isArray = column.type.endsWith('[]');
  const update = (from: string, to: string) => {
    const [old, other] = [escapeLiteral(from), escapeLiteral(to)];
    const set = isArray
      ? `set ${name} = array_replace(${name}, ${old}, ${other}) where ${old} = any (${name})`
      : `set ${name} = ${other} where ${name} = ${old}`;
    return [`update ${nameOf(schema, table)} ${set}`];
  };
  return {
    key: column.key,
    schema,
    names: [table, column.name],
    before: before.values,
    after: after.values,
    rename: (from, to) => ({ sql: update(from, to), rename: undefined }),
    map: update,
  };
}

/** Whether the values that both lists have stand in the same order. */
const isSameOrder = ({ before, after }: Lists): boolean =>
  before.filter((value) => after.includes(value)).join('\0') ===
  after.filter((value) => before.includes(value)).join('\0');

/** The order can only be changed by making the type anew, and every column of it; where nothing sorts by it, it may stay. */
function askOfOrder({ key, schema, names }: Lists, called: string): Ambiguity {
  const subject = subjectOf(schema, ...names);
  return {
    question: {
      text: `The values of ${subject} stand in another order in ${called}. Is the type made anew, or is its order left alone?`,
      answers: [
        {
          kind: 'keep',
          subject,
          thing: 'enum type',
          effect: { sql: [], data: 'Its values stay in their order; new ones still come, and others go.' },
        },
      ],
      optional: true,
    },
    apply: (_, outcome) => outcome.held.add(key),
  };
}

function askOf({ key, schema, names, before, after, rename, map }: Lists, called: string): Ambiguity[] {
  const come = after.filter((value) => !before.includes(value));
  const gone = before.filter((value) => !after.includes(value));
  return gone.map((value): Ambiguity => {
    const subject = subjectOf(schema, ...names, value);
    const say = (other: string) => subjectOf(undefined, other);
    const answers: Answer[] = [
      ...byLikeness(come, (other) => other, value).map((other): Answer => ({
        kind: 'rename',
        subject,
        thing: 'enum value',
        value: say(other),
        effect: { sql: rename(value, other).sql, data: `Rows that hold ${value} hold ${other}; down gives it back.` },
      })),
      ...byLikeness(after, (other) => other, value).map((other): Answer => ({
        kind: 'map',
        subject,
        thing: 'enum value',
        value: say(other),
        effect: { sql: map(value, other), data: `Rows that hold ${value} get ${other}.` },
      })),
      {
        kind: 'drop',
        subject,
        thing: 'enum value',
        effect: { sql: [], data: `No row holds ${value}: where one does, \`up\` fails and changes nothing.` },
      },
    ];
    return {
      question: {
        text: `Value ${value} of ${subjectOf(schema, ...names)} is gone from ${called}${come.length > 0 ? `, and ${firstFew(come)} came` : ''}. Which value do rows get that hold it?`,
        answers,
      },
      apply: ({ kind, value: typed }, outcome) => {
        const other = after.find((one) => say(one) === typed);
        if (other === undefined) return;
        const renamed = kind === 'rename' ? rename(value, other).rename : undefined;
        if (renamed) outcome.renames.push(renamed);
        else
          outcome.values.push({
            key,
            from: value,
            to: other,
            sql: map(value, other),
            back: come.includes(other) ? map(other, value) : [],
          });
      },
    };
  });
}
