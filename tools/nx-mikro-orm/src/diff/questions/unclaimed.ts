/** What came before `create` and no model describes: nobody knows whether a model ever did. Tables and columns are asked about anyway. */
import { readKey, spelled, type Item } from '../../catalogue/index.ts';
import { asConstraint } from '../../catalogue/kinds/constraint.ts';
import { sameButForName, type Rename } from '../rename.ts';
import { ownerKinds, ownerOf } from '../side.ts';
import { droppingOf } from '../statements.ts';
import { columnsReadBy } from './columns.ts';
import { subjectOf, type Ambiguity, type Inquiry, type QuestionSource } from './ambiguity.ts';

/** Indexes, constraints, enum types, views, triggers and policies. */
export const unclaimed: QuestionSource = { order: 8, find: askOfUnclaimed };

const askedElsewhere = new Set<Item['kind']>(['table', 'column']);

function askOfUnclaimed(inquiry: Inquiry): Ambiguity[] {
  const { from, to, handwork, isLeftAlone } = inquiry;
  const nameOf = ({ schema, table, name }: Partial<Rename>) => spelled([schema, table, name ?? '']);
  const renamed = new Set(sameButForName(from, to, isLeftAlone).map(nameOf));
  return [...from.catalogue.values()]
    .filter((item) => handwork.unclaimed.has(item.key) && !to.catalogue.has(item.key) && !isLeftAlone(item))
    .filter((item) => !askedElsewhere.has(item.kind) && !renamed.has(nameOf(item)))
    .filter((item) => !goesAlong(inquiry, item))
    .map((item) => askOf(inquiry, item));
}

/** Whether it goes with something else that goes, which is asked about, or has to make room for what comes. */
function goesAlong({ from, to }: Inquiry, item: Item): boolean {
  if (item.table === undefined) return false;
  const owner = ownerOf(item, from.catalogue);
  if (!owner || !to.catalogue.has(owner.key)) return true;
  const { type, references } = asConstraint(item)?.facts ?? {};
  if (type === 'primary key') return true;
  const isGone = (one: Item): boolean => !to.catalogue.has(one.key);
  const columns = [...from.columns.values()].filter(
    ({ schema, table, name }) =>
      schema === (item.schema ?? 'public') && table === item.table && columnsReadBy(item).includes(name),
  );
  const [schema, table] = references?.table ?? [];
  const target = [...from.catalogue.values()].find(
    (one) => one.kind === 'table' && one.schema === schema && one.name === table,
  );
  return columns.some((column) => isGone(column.item)) || (target !== undefined && isGone(target));
}

function askOf({ from }: Inquiry, item: Item): Ambiguity {
  const { kind } = item;
  const subject = subjectOf(...(readKey(item.key).names as [string, ...string[]]));
  const { sql } = droppingOf(item, from) ?? { sql: [] };
  return {
    question: {
      text: `No model describes the ${kind} ${subject}, which came before \`create\`. Is it dropped, or left alone?`,
      answers: [
        {
          kind: 'drop',
          subject,
          thing: kind,
          effect: { sql: [sql].flat(), data: 'No row is lost.' },
        },
        {
          kind: 'keep',
          subject,
          thing: kind,
          effect: { sql: [], data: 'It stays as it is, and is left alone from now on.' },
        },
      ],
    },
    apply: (decision, outcome) => {
      if (decision.kind !== 'keep') return;
      const parts = (ownerKinds as readonly string[]).includes(kind) ? from.partsOf(item) : [];
      for (const one of [item, ...parts]) outcome.kept.add(one.key);
    },
  };
}
