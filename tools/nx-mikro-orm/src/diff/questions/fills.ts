/** A column that may not be empty: what rows get that are there already. */
import { typeWord } from '../../catalogue/kinds/naming.ts';
import type { Column } from '../column.ts';
import { addColumn, alterColumn } from '../columns.ts';
import { columnsThatDiffer, subject } from './columns.ts';
import type { Finding, Inquiry, QuestionSource } from './finding.ts';
import { match } from './match.ts';

/** Columns that may not be null, and have no default. */
export const requiredColumns: QuestionSource = { order: 6, find: askOfRequired };

function askOfRequired(sides: Inquiry): Finding[] {
  const mayBeRenamed = candidatesIn(sides);
  const { come } = columnsThatDiffer(sides);
  const isRequired = (column: Column) =>
    column.notNull && !column.default && !column.identity && !column.sequence && !column.generated;
  const required = come.filter((column) => isRequired(column) && !mayBeRenamed.has(column.key));
  const tightened = [...sides.from.columns.values()].flatMap((column) => {
    const next = sides.to.columns.get(column.key);
    return next?.notNull && !column.notNull && !next.inherited ? [next] : [];
  });
  return [
    ...required.map((column) => askForValue(column, addColumn(column, { fill: exampleOf(column) }))),
    ...tightened.map((column): Finding => {
      const from = sides.from.columns.get(column.key) ?? column;
      const finding = askForValue(column, alterColumn(from, column, { fill: exampleOf(column) }));
      return { ...finding, question: { ...finding.question, optional: true } };
    }),
  ];
}

/** Keys of columns that may be one that was renamed: what such a column gets is not asked as long as that is open. */
function candidatesIn({ found, decisions, remembered }: Inquiry): Set<string> {
  const open = found.filter(({ question, candidates }) => candidates && !question.optional);
  const { answered } = match(
    open.map(({ question }) => question),
    decisions,
    remembered,
  );
  const mayRename = open.filter(({ question }) => ['rename', undefined].includes(answered.get(question)?.kind));
  return new Set(mayRename.flatMap(({ candidates = [] }) => candidates));
}

function askForValue(column: Column, ops: { statements: string[] }[]): Finding {
  const about = subject(column);
  return {
    question: {
      text: `Column ${about} may not be null and has no default. Which value do existing rows get?`,
      answers: [
        {
          kind: 'fill',
          subject: about,
          thing: 'column',
          value: exampleOf(column),
          input: true,
          effect: { sql: ops.flatMap((op) => op.statements), data: 'Existing rows get this value.' },
        },
        {
          kind: 'fill',
          subject: about,
          thing: 'column',
          effect: { sql: [], data: 'The table has no rows: where it has some, `up` fails and changes nothing.' },
        },
      ],
    },
    apply: ({ value }, outcome) => {
      outcome.columns.set(column.key, { ...outcome.columns.get(column.key), fill: value });
    },
  };
}

/** By the first word of the type. */
const examples: Partial<Record<string, string>> = {
  '[]': "'{}'",
  smallint: '0',
  integer: '0',
  bigint: '0',
  numeric: '0',
  real: '0',
  double: '0',
  money: '0',
  text: "''",
  character: "''",
  name: "''",
  citext: "''",
  boolean: 'false',
  timestamp: 'now()',
  date: 'current_date',
  time: "'00:00'",
  uuid: 'gen_random_uuid()',
  json: "'{}'",
  jsonb: "'{}'",
  interval: "'0'",
};

const exampleOf = ({ type }: Column): string => examples[typeWord(type)] ?? "'…'";
