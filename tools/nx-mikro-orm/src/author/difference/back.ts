/** The way back: from what up gave to what was before, with the values as far as they are still there. */
import { takeBack } from '../../rehearsal/renames.ts';
import { isSame, readKey, type Client } from '../../catalogue/index.ts';
import { labelsOf } from '../../catalogue/kinds/type.ts';
import { emptyTables, isForRows } from '../../rehearsal/history-rows.ts';
import { castOf, newTypes, wayBack } from '../../rehearsal/casts.ts';
import { opsBetween } from '../../diff/operations.ts';
import { serverOf } from '../../rehearsal/dependents.ts';
import type { Column } from '../../diff/column.ts';
import type { ColumnAnswers } from '../../diff/columns.ts';
import type { Op } from '../../diff/operation.ts';
import { readSide, type Side } from '../../diff/side.ts';
import type { Transition } from '../../diff/target.ts';
import { tablesAnew } from '../../diff/recreate.ts';
import { keyAfter } from '../../diff/rename.ts';
import { withValueTypes } from '../../diff/swap.ts';
import { tryInOrder, type Stuck } from '../../rehearsal/schedule.ts';
import type { ToCompare } from './difference.ts';
import { timeZoneIn } from '../../sql/expression.ts';
import { neutralAnswer } from '../../diff/neutral.ts';
import type { Decided } from './settle.ts';

/** Carries it out, from what up gave to what was before. */
export async function goDown(
  client: Client,
  settled: Decided,
  { from: to, ignore, schemaStays }: ToCompare,
): Promise<{ back: string[]; done: Op[]; stuck: Stuck[] }> {
  const back = await takeBack(client, settled.renames);
  const from = await readSide(client, ignore);
  const columns = new Map<string, ColumnAnswers>();
  for (const column of to.columns.values())
    columns.set(column.key, await answerBack(client, from, to, column, settled));
  const onlyValues = [...to.catalogue.values()].every((item) => {
    const present = from.catalogue.get(item.key);
    return item.kind === 'type' || (present !== undefined && isSame(item, present));
  });
  const anew = new Set([...tablesAnew(from, to).keys()].map(({ key }) => key));
  const change: Transition = {
    from,
    to,
    answers: {
      column: (key) => columns.get(key) ?? {},
      mapping: (key) => backOf(settled, to, key),
      // A value that comes to an enum takes nothing; to take it away, a table that is partitioned by it is made anew.
      recreated: (key) => anew.has(key),
      updates: settled.outcome.values
        .filter(({ key, back: sql }) => readKey(key).kind !== 'type' && sql.length > 0)
        .map(({ key, back: sql }): Op => ({ key, phase: 'fill', rank: 1, statements: sql })),
    },
    // In production the type is an old one, and what is added to it now could not be used yet.
    valuesAtOnce: !onlyValues,
    schemaStays,
  };
  const ops = await opsBetween(serverOf(client, ignore), change);
  await client.query('savepoint down');
  const first = await tryInOrder(client, ops);
  if (!first.stuck.some(({ refusal }) => isForRows(refusal))) return { back, ...first };
  await client.query('rollback to savepoint down');
  await emptyTables(client);
  return { back, ...(await tryInOrder(client, ops)) };
}

/** A value that only comes with the change goes back to the one that it took the place of. */
function backOf({ outcome, renames }: Decided, { catalogue }: Side, type: string): Map<string, string> {
  const known = labelsOf(catalogue.get(type)) ?? [];
  const called = keyAfter(type, renames);
  const moves = outcome.values.filter(({ key, to }) => key === called && !known.includes(to));
  return new Map(moves.toReversed().map(({ from, to }) => [to, from]));
}

/** How a column's values come back: by the cast the other way round, or, where they are gone, as something neutral. */
async function answerBack(
  client: Client,
  from: Side,
  to: Side,
  column: Column,
  { outcome }: Decided,
): Promise<ColumnAnswers> {
  const present = from.columns.get(column.key);
  if (!present) return neutralAnswer(column, to);
  const [held, wanted] = withValueTypes(from, to, present, column);
  if (held.type === wanted.type || present.generated || column.generated) return {};
  const said = outcome.columns.get(column.key)?.using;
  const zone = await timeZoneIn(said ?? '');
  const prelude = newTypes(from, to);
  const cast = await castOf(client, held, wanted, prelude, zone);
  if (cast.using !== undefined || cast.suggestion === undefined) return { using: cast.using };
  const back = said === undefined ? undefined : await wayBack(client, wanted, held, { using: said, prelude });
  return back === undefined ? { anew: true, ...neutralAnswer(column, to) } : { using: back };
}
