import { isSame, keyOf, readCatalogue, type Item } from '../../catalogue/index.ts';
import type { Scratch } from '../../rehearsal/scratch/database.ts';
import { isTouched, saidOf } from '../../diff/handwork.ts';
import { readModels } from '../models/wanted.ts';

/**
 * What on scratch the models do not give, as entries of a revision's `byHand`: what they do not describe, and of what
 * they describe more was said, as a grant. A revision that stands for all of scratch has to name it, so that `create` goes on
 * leaving it alone.
 */
export async function readHandwork(scratch: Scratch): Promise<string[]> {
  const present = await readCatalogue(scratch.client);
  const { catalogue: wanted, keys: inModels } = await readModels(scratch, present);
  const described = ({ schema, table, name }: Item) =>
    (['table', 'view', 'materialized view', 'type'] as const).some((kind) =>
      inModels.has(keyOf(kind, [schema, table ?? name])),
    );
  const isTheirs = (item: Item) => wanted.has(item.key) && (described(item) || scratch.handwork.added.has(item.key));
  return [...present.values()]
    .filter(({ kind }) => kind !== 'database')
    .filter((item) => {
      const model = wanted.get(item.key);
      return model && isSame(model, item) ? isTouched(scratch.handwork, item.key) && !described(item) : true;
    })
    .map((item) => (isTheirs(item) ? saidOf(item.key) : item.key))
    .sort();
}
