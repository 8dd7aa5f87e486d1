/** A column of another type: how its values get there. */
import type { Cast } from '../cast.ts';
import type { Column } from '../column.ts';
import { alterColumn } from '../columns.ts';
import { withValueTypes } from '../swap.ts';
import { nameOf, quoted, typeName } from '../../catalogue/kinds/naming.ts';
import { columnRenaming, columnsThatDiffer, onSameTable, sharedColumns, subject } from './columns.ts';
import { calledIn, type Ambiguity, type Inquiry, type QuestionSource } from './ambiguity.ts';
import type { Answer } from './question.ts';

/** How values of the old type become values of the new, where that loses something or has to be said. */
export const casts: QuestionSource = { order: 6, find: askOfTypes };

async function askOfTypes(sides: Inquiry): Promise<Ambiguity[]> {
  const findings: Ambiguity[] = [];
  const { come } = columnsThatDiffer(sides);
  for (const { from, to } of sharedColumns(sides)) {
    if (from.inherited || from.generated || to.generated) continue;
    const [was, is] = withValueTypes(sides.from, sides.to, from, to);
    if (was.type === is.type) continue;
    // It may be another column, which only has the name of this one.
    const others = come.filter((other) => onSameTable(from, other) && other.type === from.type);
    const isOther = from.type !== to.type;
    findings.push(
      askForCast([was, is], await sides.castOf(was, is), isOther ? others : [], {
        isOther,
        called: calledIn(sides.to),
      }),
    );
  }
  return findings;
}

function askForCast(
  [from, to]: readonly [Column, Column],
  { using, loss, suggestion, others: ways = [] }: Cast,
  others: readonly Column[],
  { isOther: canBeginAnew, called }: { isOther: boolean; called: string },
): Ambiguity {
  const about = subject(to);
  const [old, next] = [typeName(from.type), typeName(to.type)];
  const example = suggestion ?? using ?? quoted(to.name);
  const converting = (value: string, does: string): Answer => ({
    kind: 'using',
    subject: about,
    thing: 'column',
    value,
    input: true,
    effect: { sql: alterColumn(from, to, { using: value }).flatMap((op) => op.statements), data: does },
  });
  const answers = [
    converting(example, loss ?? 'Every value becomes what the expression gives.'),
    ...ways.map((way) => converting(way.using, way.does)),
  ];
  if (suggestion !== undefined && canBeginAnew)
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
    anew: to.key,
    question: {
      text: suggestion
        ? `Column ${about} is ${next} in ${called} and ${old} in the history, and PostgreSQL has no cast. How are its values converted?`
        : `Column ${about} is ${next} in ${called} and ${old} in the history. ${loss ?? ''} How are its values converted?`,
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
