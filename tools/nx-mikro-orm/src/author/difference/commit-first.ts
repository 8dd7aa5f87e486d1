/** Values of enums that have to be committed before the rest of a change can use them. */
import { keyOf } from '../../catalogue/index.ts';
import { rehearse } from '../../orm.ts';
import type { Scratch } from '../../rehearsal/scratch/database.ts';
import { labelsOf } from '../../catalogue/kinds/type.ts';
import { statementsOf, type Rename } from '../../diff/rename.ts';
import { readSide, sideOf } from '../../diff/side.ts';
import type { DesiredState } from '../../diff/target.ts';
import type { SchemaDiff, ToCompare } from './difference.ts';

/**
 * The same history, but for the values that some enums get: what has to be committed before the rest. Where such a type or a
 * value of it is renamed, everything that names it says so.
 */
export async function onlyValuesOf(
  { client, session }: Scratch,
  { from, ignore }: Pick<ToCompare, 'from' | 'ignore'>,
  { commitFirst, moves, desired }: SchemaDiff,
): Promise<DesiredState> {
  const renames = moves.renames.filter((rename) => commitFirst.includes(keyOfType(rename)));
  const { catalogue } =
    renames.length === 0
      ? from
      : await rehearse(session, async () => {
          for (const sql of renames.flatMap(statementsOf)) await client.query(sql);
          return readSide(client, ignore);
        });
  const grown = new Map(catalogue);
  for (const key of commitFirst) {
    const [was, is] = [catalogue.get(key), desired.get(key)];
    if (was && is && labelsOf(was) && labelsOf(is)) grown.set(key, is);
  }
  return sideOf(grown);
}

/** The key of the enum that a rename is about, as it is called afterwards. */
const keyOfType = ({ kind, schema, table, to, toSchema = schema }: Rename): string =>
  kind === 'value' ? keyOf('type', [schema, table]) : kind === 'type' ? keyOf('type', [toSchema, to]) : '';
