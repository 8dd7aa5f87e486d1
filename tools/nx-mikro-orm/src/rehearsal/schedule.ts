/** Finding the order in which statements work, by trying them. */
import { readKey, type Client } from '../catalogue/index.ts';
import { nameOf } from '../catalogue/kinds/naming.ts';
import { isState, sqlstate } from '../sql/sqlstate.ts';
import { attempt, tryAll, type Refusal } from './attempt.ts';
import { phases, type Op } from '../diff/operation.ts';

/** An operation that the server did not accept, whatever came before. */
export interface Stuck {
  op: Op;
  refusal: Refusal;
}

/**
 * Runs all operations, in their phases and by rank; what the server refuses is tried again after the others, until nothing
 * more succeeds. To be called inside a transaction. What was run is in the order of `done`.
 */
export async function tryInOrder(client: Client, ops: readonly Op[]): Promise<{ done: Op[]; stuck: Stuck[] }> {
  const place = ({ phase }: Op) => phases.indexOf(phase);
  let open = ops.toSorted((a, b) => place(a) - place(b) || a.rank - b.rank);
  const done: Op[] = [];
  let stuck: Stuck[] = [];
  for (const now of phases.keys())
    for (;;) {
      const due = open.filter((op) => place(op) <= now);
      stuck = [];
      const round = await tryAll(client, due, (op, refusal) => stuck.push({ op, refusal }));
      done.push(...round.done);
      // Dropped again later, it would be the one that was made anew.
      const wentAlong = new Set(stuck.filter(hasGone).map(({ op }) => op));
      stuck = stuck.filter(({ op }) => !wentAlong.has(op));
      open = [...round.left.filter((op) => !wentAlong.has(op)), ...open.filter((op) => place(op) > now)];
      if (round.done.length > 0 && stuck.length > 0) continue;
      const together = await dropTogether(client, stuck);
      if (together) {
        done.push(together.op);
        open = open.filter((op) => !together.instead.has(op));
        continue;
      }
      // The last moment at which a way around can still be followed by what hangs on it.
      const around = phases[now] === 'attach' ? stuck.find(({ op }) => op.instead)?.op : undefined;
      if (!around) break;
      open = open.map((op) => (op === around ? detour(op) : op));
    }
  return { done, stuck };
}

/** Of things that wait for each other, one goes first in a way that does not look at the rest. */
const detour = ({ instead = [], ...op }: Op): Op => ({ ...op, statements: instead });

/** Whether the server has dropped it with something else. */
const hasGone = ({ op, refusal }: Stuck): boolean => op.drops === true && isState(refusal, ...missing);

const missing = [
  sqlstate.undefinedObject,
  sqlstate.undefinedTable,
  sqlstate.undefinedFunction,
  sqlstate.undefinedColumn,
  sqlstate.invalidSchemaName,
] as const;

/** Tables that reference each other in a circle can only go at once. */
async function dropTogether(
  client: Client,
  stuck: readonly Stuck[],
): Promise<{ op: Op; instead: Set<Op> } | undefined> {
  const drops = stuck.map(({ op }) => op).filter(({ key, phase }) => phase === 'gone' && readKey(key).kind === 'table');
  const first = drops[0];
  if (!first || drops.length < 2) return undefined;
  const names = drops.map(({ key }) => {
    const [schema, name = ''] = readKey(key).names;
    return nameOf(schema, name);
  });
  const op: Op = { ...first, statements: [`drop table ${names.join(', ')}`] };
  return (await attempt(client, [op])) ? undefined : { op, instead: new Set(drops) };
}
