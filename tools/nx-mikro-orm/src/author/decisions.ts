import type { SchemaDifference, TableDifference } from '@mikro-orm/sql';
import { escapeIdentifier } from 'pg';
import { subjectOf } from './questions/decision.ts';
import type { Answer, AnswerKind, Decision, Question } from './questions/question.ts';
import { settle, type Given } from './questions/settle.ts';

/**
 * Has the questions of a difference answered, and applies the answers to it, in place.
 *
 * A column that went away beside one that came is never taken for a rename, nor for a drop, unless somebody says so:
 * MikroORM would guess by type alone. @throws question-open, answer-unasked, bad-option
 */
export async function decide(difference: SchemaDifference, given: Given): Promise<Decision[]> {
  const tables = Object.values(difference.changedTables);
  for (const table of tables) takeBackGuesses(table);
  const questions = [...tables.flatMap(questionsAbout), ...removedTables(difference)];
  const answered = await settle(questions, given);
  for (const { decision } of answered) if (decision.kind === 'rename') rename(tables, decision);
  return answered.map(({ decision }) => decision);
}

/** So that all columns are treated alike. */
function takeBackGuesses(table: TableDifference): void {
  for (const [old, column] of Object.entries(table.renamedColumns)) {
    delete table.renamedColumns[old];
    const before = table.fromTable.getColumn(old);
    if (before) table.removedColumns[old] = before;
    table.addedColumns[column.name] = column;
  }
}

function questionsAbout(table: TableDifference): Question[] {
  const candidates = Object.keys(table.addedColumns);
  if (candidates.length === 0) return [];
  const place = namesOf(table.toTable);
  const sql = `alter table ${place.map(escapeIdentifier).join('.')}`;
  return Object.keys(table.removedColumns).map((old) => {
    const subject = subjectOf([...place, old]);
    const answer = (kind: AnswerKind, statement: string, data: string, value?: string): Answer => ({
      kind,
      subject,
      ...(value !== undefined && { value }),
      thing: 'column',
      effect: { sql: [`${sql} ${statement}`], data },
    });
    return {
      text: `Column ${subject} is gone from the models, and ${candidates.join(', ')} came. Renamed, or dropped with its values?`,
      answers: [
        ...candidates.map((to) =>
          answer(
            'rename',
            `rename column ${escapeIdentifier(old)} to ${escapeIdentifier(to)}`,
            'Its values stay, under the new name.',
            to,
          ),
        ),
        answer('drop', `drop column ${escapeIdentifier(old)}`, 'Its values go, and no way back brings them again.'),
      ],
    };
  });
}

function removedTables({ newTables, removedTables: removed }: SchemaDifference): Question[] {
  const added = Object.values(newTables);
  if (added.length === 0) return [];
  return Object.values(removed).map((table) => {
    const subject = subjectOf(namesOf(table));
    const effect = {
      sql: [`drop table ${namesOf(table).map(escapeIdentifier).join('.')}`],
      data: 'Its rows go, and no way back brings them again.',
    };
    return {
      text: `Table ${subject} is gone from the models, and ${added.map((one) => subjectOf(namesOf(one))).join(', ')} came. Is it dropped, with its rows?`,
      answers: [{ kind: 'drop', subject, thing: 'table', effect }],
    };
  });
}

function rename(tables: TableDifference[], { subject, value = '' }: Decision): void {
  for (const table of tables)
    for (const old of Object.keys(table.removedColumns)) {
      const column = table.addedColumns[value];
      if (!column || subjectOf([...namesOf(table.toTable), old]) !== subject) continue;
      delete table.removedColumns[old];
      delete table.addedColumns[value];
      table.renamedColumns[old] = column;
    }
}

const namesOf = ({ schema, name }: { schema?: string | undefined; name: string }): string[] =>
  schema === undefined || schema === 'public' ? [name] : [schema, name];
