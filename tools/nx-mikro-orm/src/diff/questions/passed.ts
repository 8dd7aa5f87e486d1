/** A name that is passed on: what had it is called otherwise from now on, and something new has it. */
import { columnRenaming, columnsThatDiffer, onSameTable, subject } from './columns.ts';
import { sameNames } from './decision.ts';
import {
  calledIn,
  type Ambiguity,
  type Inquiry,
  type QuestionSource,
  type renaming,
  type Sides,
  subjectOf,
} from './ambiguity.ts';
import type { Decision } from './question.ts';
import { tableRenaming, tablesThatCome } from './tables.ts';

/** Both sides have the name, so that nobody can see it and it is not asked about; but somebody may say so. */
export const passedNames: QuestionSource = { order: 7, find: askOfPassedNames };

function askOfPassedNames(sides: Inquiry): Ambiguity[] {
  const said = unheardBy(sides);
  const isRenamed = (about: string) => said.some(({ kind, subject }) => kind === 'rename' && sameNames(subject, about));
  const { come } = columnsThatDiffer(sides);
  const columns = [...sides.from.columns.values()].filter(
    (column) => sides.to.columns.has(column.key) && !column.inherited && isRenamed(subject(column)),
  );
  const tables = [...sides.from.catalogue.values()].filter(
    ({ kind, key, schema, name }) =>
      kind === 'table' && sides.to.catalogue.has(key) && isRenamed(subjectOf(schema, name)),
  );
  return [
    ...columns.map((column) => {
      const candidates = come.filter((other) => onSameTable(column, other));
      return passedOn(sides, `Column ${subject(column)}`, columnRenaming(column, candidates));
    }),
    ...tables.map((item) =>
      passedOn(sides, `Table ${subjectOf(item.schema, item.name)}`, tableRenaming(item, tablesThatCome(sides))),
    ),
  ];
}

/** Decisions that answer none of the questions so far. */
function unheardBy({ found, decisions, remembered }: Inquiry): Decision[] {
  const offered = found.flatMap(({ question }) => question.answers);
  return [...decisions, ...remembered].filter(
    ({ kind, subject: about }) => !offered.some((one) => one.kind === kind && sameNames(one.subject, about)),
  );
}

const passedOn = ({ to }: Sides, what: string, { answers, apply }: ReturnType<typeof renaming>): Ambiguity => ({
  question: {
    text: `${what} is in ${calledIn(to)}, too. Was the old one renamed, and is that one new?`,
    answers,
    optional: true,
  },
  apply,
});
