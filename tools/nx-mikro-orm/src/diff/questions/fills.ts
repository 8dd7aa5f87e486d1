/** A column that may not be empty: what rows get that are there already. */
import { keyOf, spelled } from '../../catalogue/index.ts';
import { asConstraint } from '../../catalogue/kinds/constraint.ts';
import { defaultText, typeName, typeWord } from '../../catalogue/kinds/naming.ts';
import type { Column } from '../column.ts';
import { addColumn, alterColumn } from '../columns.ts';
import { columnsThatDiffer, sharedColumns, subject } from './columns.ts';
import { neutralOf } from '../neutral.ts';
import type { Side } from '../side.ts';
import type { Ambiguity, Inquiry, QuestionSource, Sides } from './ambiguity.ts';
import { match } from './match.ts';

/** Columns that may not be null, and have no default. */
export const requiredColumns: QuestionSource = { order: 8, find: askOfRequired };

function askOfRequired(sides: Inquiry): Ambiguity[] {
  const { isCandidate, isAnew } = knownFrom(sides);
  const { come } = columnsThatDiffer(sides);
  const example = (column: Column) => exampleOf(column, sides.to);
  const isRequired = (column: Column) =>
    column.notNull && !column.default && !column.identity && !column.sequence && !column.generated;
  const anew = [...sides.to.columns.values()].filter(isAnew);
  const required = [...come, ...anew].filter(
    (column) => isRequired(column) && !isCandidate(column) && !isForeign(sides, column),
  );
  const tightened = sharedColumns(sides).filter(
    ({ from, to }) => isTightened(from, to) && !isAnew(to) && !isForeign(sides, to),
  );
  return [
    ...required.map((column) => askForValue(column, example(column), addColumn(column, { fill: example(column) }))),
    ...tightened.map(({ from, to }) => askForNulls(sides, from, to)),
  ];
}

/** Whether its values are elsewhere: of these, `not null` is an assertion that nobody checks. */
const isForeign = ({ to }: Sides, { schema, table }: Column): boolean =>
  to.catalogue.has(keyOf('foreign table', [schema, table]));

/** What other answers say of columns. */
function knownFrom({ found, decisions, remembered }: Inquiry) {
  const open = found.filter(({ question, candidates }) => candidates && !question.optional);
  const { answered } = match(
    open.map(({ question }) => question),
    decisions,
    remembered,
  );
  const mayRename = open.filter(({ question }) => ['rename', undefined].includes(answered.get(question)?.kind));
  // What a column gets that may be one that was renamed is not asked as long as that is open.
  const candidates = new Set(mayRename.flatMap(({ candidates: keys = [] }) => keys));
  const anew = new Set(
    open.flatMap(({ question, anew: key }) => (key && answered.get(question)?.kind === 'drop' ? [key] : [])),
  );
  return {
    isCandidate: ({ key }: Column) => candidates.has(key),
    isAnew: ({ key }: Column) => anew.has(key),
  };
}

/** Whether null is no longer allowed, and rows are looked at. */
const isTightened = (from: Column, to: Column): boolean =>
  to.notNull && !from.notNull && !to.inherited && !to.generated && !to.item.facts['not valid'];

function askForNulls(sides: Sides, from: Column, to: Column): Ambiguity {
  const fill = exampleOf(to, sides.to);
  const finding = askForValue(
    to,
    fill,
    alterColumn(from, to, { fill }),
    `Column ${subject(to)} may not be null any more. Which value do rows get that hold null?`,
    'No row holds null: where one does, `up` fails and changes nothing.',
  );
  return holdsNoNull(sides, from) ? { ...finding, question: { ...finding.question, optional: true } } : finding;
}

/** Whether a check says so already. */
const holdsNoNull = ({ from: { catalogue } }: Sides, { schema, table, name }: Column): boolean =>
  [...catalogue.values()].some((item) => {
    const facts = item.schema === schema && item.table === table ? asConstraint(item)?.facts : undefined;
    return !facts?.['not valid'] && facts?.text === `CHECK ((${spelled([name])} IS NOT NULL))`;
  });

function askForValue(
  column: Column,
  example: string,
  ops: { statements: string[] }[],
  text = `Column ${subject(column)} may not be null and has no default. Which value do existing rows get?`,
  none = 'The table has no rows: where it has some, `up` fails and changes nothing.',
): Ambiguity {
  const about = subject(column);
  return {
    question: {
      text,
      answers: [
        {
          kind: 'fill',
          subject: about,
          thing: 'column',
          value: example,
          input: true,
          effect: { sql: ops.flatMap((op) => op.statements), data: 'Existing rows get this value.' },
        },
        {
          kind: 'fill',
          subject: about,
          thing: 'column',
          effect: { sql: [], data: none },
        },
      ],
    },
    apply: ({ value }, outcome) => {
      outcome.columns.set(column.key, { ...outcome.columns.get(column.key), fill: value });
    },
  };
}

/** Values that existing rows may well have, by the first word of the type. */
const examples: Partial<Record<string, string>> = {
  timestamp: 'now()',
  date: 'current_date',
  uuid: 'gen_random_uuid()',
};

/** The column's default, or another value that the server takes. */
const exampleOf = ({ type, default: value }: Column, side: Side): string =>
  (value && defaultText(value, type)) ?? examples[typeWord(type)] ?? neutralOf(type, side) ?? `'…'::${typeName(type)}`;
