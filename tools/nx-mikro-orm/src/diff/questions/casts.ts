/** A column of another type: how its values get there. */
import type { Cast } from '../cast.ts';
import type { Column } from '../column.ts';
import { alterColumn } from '../columns.ts';
import { nameOf, quoted, typeName } from '../../catalogue/kinds/naming.ts';
import { columnRenaming, columnsThatDiffer, onSameTable, subject } from './columns.ts';
import type { Finding, Inquiry, QuestionSource } from './finding.ts';
import type { Answer } from './question.ts';

/** How values of the old type become values of the new, where that loses something or has to be said. */
export const casts: QuestionSource = { order: 4, find: askOfTypes };

async function askOfTypes(sides: Inquiry): Promise<Finding[]> {
  const findings: Finding[] = [];
  const { come } = columnsThatDiffer(sides);
  for (const from of sides.from.columns.values()) {
    const to = sides.to.columns.get(from.key);
    if (!to || from.type === to.type || from.inherited || from.generated || to.generated) continue;
    // It may be another column, which only has the name of this one.
    const others = come.filter((other) => onSameTable(from, other) && other.type === from.type);
    findings.push(askForCast(from, to, await sides.castOf(from, to), others));
  }
  return findings;
}

function askForCast(from: Column, to: Column, { using, loss, suggestion }: Cast, others: readonly Column[]): Finding {
  const about = subject(to);
  const [old, next] = [typeName(from.type), typeName(to.type)];
  const example = suggestion ?? using ?? quoted(to.name);
  const answers: Answer[] = [
    {
      kind: 'using',
      subject: about,
      thing: 'column',
      value: example,
      input: true,
      effect: {
        sql: alterColumn(from, to, { using: example }).flatMap((op) => op.statements),
        data: loss ?? 'Every value becomes what the expression gives.',
      },
    },
  ];
  if (using === undefined && loss === undefined && suggestion !== undefined)
    answers.push({
      kind: 'drop',
      subject: about,
      thing: 'column',
      effect: {
        sql: [`alter table ${nameOf(to.schema, to.table)} drop column ${quoted(to.name)}, add column …`],
        data: 'Its values are lost: it is dropped and added again.',
      },
    });
  const renamed = columnRenaming(from, others);
  answers.push(...renamed.answers);
  return {
    candidates: others.map(({ key }) => key),
    question: {
      text: suggestion
        ? `Column ${about} is ${next} in the models and ${old} in the history, and PostgreSQL has no cast. How are its values converted?`
        : `Column ${about} is ${next} in the models and ${old} in the history. ${loss ?? ''} How are its values converted?`,
      answers,
      ...(loss === undefined && suggestion === undefined && { optional: true }),
    },
    apply: (decision, outcome) => {
      const { kind, value } = decision;
      if (kind === 'rename') return renamed.apply(decision, outcome);
      const answer = kind === 'drop' ? { anew: true } : { using: value };
      outcome.columns.set(to.key, { ...outcome.columns.get(to.key), ...answer });
    },
  };
}
