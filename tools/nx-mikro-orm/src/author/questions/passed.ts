/** A name that is passed on: what had it is called otherwise from now on, and something new has it. */
import { applyRename, columnsThatDiffer, renamesOf, sameTable, subject } from './columns.ts';
import { sameNames } from './decision.ts';
import { subjectOf, type Finding } from './finding.ts';
import type { Decision } from './question.ts';
import { applyTableRename, tableRenamesOf, tablesThatCome, type Sides } from './tables.ts';

/** Both sides have the name, so that nobody can see it and it is not asked about; but somebody may say so. */
export function askOfPassedNames(sides: Sides, said: readonly Decision[]): Finding[] {
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
    ...columns.map((column): Finding => {
      const candidates = come.filter((other) => sameTable(column, other));
      return {
        question: {
          text: `Column ${subject(column)} has a namesake in the models. Was it renamed, and is that one new?`,
          answers: renamesOf(column, candidates),
          optional: true,
        },
        apply: (decision, outcome) => applyRename(column, candidates, decision, outcome),
      };
    }),
    ...tables.map((item): Finding => {
      const candidates = tablesThatCome(sides);
      return {
        question: {
          text: `Table ${subjectOf(item.schema, item.name)} has a namesake in the models. Was it renamed, and is that one new?`,
          answers: tableRenamesOf(item, candidates),
          optional: true,
        },
        apply: (decision, outcome) => applyTableRename(item, candidates, decision, outcome),
      };
    }),
  ];
}
