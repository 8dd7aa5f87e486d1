/** A table that cannot become what is wanted in place. */
import { nameOf } from '../../catalogue/kinds/naming.ts';
import { tablesAnew } from '../recreate.ts';
import { subjectOf, type Ambiguity, type QuestionSource, type Sides } from './ambiguity.ts';

const askToRecreate = ({ from, to }: Sides): Ambiguity[] =>
  [...tablesAnew(from, to)].flatMap(([item, why]): Ambiguity[] => {
    const subject = subjectOf(item.schema, item.name);
    const table = nameOf(item.schema, item.name);
    return [
      {
        question: {
          text: `Table ${why}. PostgreSQL cannot change that in place. Is ${subject} made anew, with its rows?`,
          answers: [
            {
              kind: 'recreate',
              subject,
              thing: 'table',
              effect: {
                sql: [
                  `create table … as select * from ${table}`,
                  `drop table ${table}`,
                  `create table ${table} …`,
                  `insert into ${table} …`,
                ],
                data: 'Every row stays, and is copied twice; nobody reads or writes the table meanwhile.',
              },
            },
          ],
        },
        apply: (_, outcome) => outcome.recreated.add(item.key),
      },
    ];
  });

/** Tables that can only be made anew. */
export const recreatedTables: QuestionSource = { order: 3, find: askToRecreate };
