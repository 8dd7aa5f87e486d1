/** Aspects of columns that a model leaves to the database: MikroORM's `ignoreSchemaChanges`. */
import type { Client } from '../../catalogue/index.ts';
import { metadataOf, type OrmSession } from '../../orm.ts';
import type { Column } from '../../diff/column.ts';
import { alterColumn } from '../../diff/columns.ts';
import { readSide } from '../../diff/side.ts';
import { attempt } from '../../rehearsal/attempt.ts';
import { keyOf } from '../../catalogue/index.ts';

type Aspect = 'type' | 'default' | 'collation';

/** By the key of the column. */
export type Unmanaged = ReadonlyMap<string, readonly Aspect[]>;

export function unmanagedColumns({ orm }: OrmSession): Unmanaged {
  const found = new Map<string, readonly Aspect[]>();
  for (const meta of metadataOf(orm))
    for (const { ignoreSchemaChanges, fieldNames = [] } of meta.props) {
      // What MikroORM calls "extra" is of MySQL.
      const aspects = (ignoreSchemaChanges ?? []).filter((aspect) => aspect !== 'extra');
      if (aspects.length === 0) continue;
      const schema = meta.schema ?? 'public';
      for (const name of fieldNames) found.set(keyOf('column', [schema, meta.tableName, name]), aspects);
    }
  return found;
}

/** Gives the columns of the models, in what they leave to the database, what the history has. */
export async function leaveUnmanaged(
  client: Client,
  unmanaged: Unmanaged,
  before: ReadonlyMap<string, Column>,
): Promise<void> {
  if (unmanaged.size === 0) return;
  const { columns } = await readSide(client, undefined);
  for (const [key, aspects] of unmanaged) {
    const [was, is] = [before.get(key), columns.get(key)];
    if (!was || !is) continue;
    const wanted = {
      ...is,
      ...(aspects.includes('type') && { type: was.type }),
      ...(aspects.includes('collation') && { collation: was.collation }),
      ...(aspects.includes('default') && { default: was.default, sequence: was.sequence }),
    };
    // Where the two do not go together, the model's word stands, and is proposed.
    await attempt(client, alterColumn(is, wanted, {}));
  }
}
