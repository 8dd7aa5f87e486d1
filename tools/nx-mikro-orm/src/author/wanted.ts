import { escapeIdentifier } from 'pg';
import {
  compareCatalogues,
  keyOf,
  readCatalogue,
  type Catalogue,
  type Difference,
  type Kind,
} from '../catalogue/index.ts';
import { problem } from '../errors.ts';
import { firstLine, rehearse } from '../orm.ts';
import type { Scratch } from '../scratch/database.ts';

/**
 * The catalogue that the models would have, as the server itself prints it: in a transaction that is rolled back, all
 * that is not made by hand is dropped and made anew from the models. Both sides of a comparison then speak the server's
 * language, so that a default, a check or an expression that is spelled in another way is no difference.
 */
export async function wantedCatalogue(scratch: Scratch, present: Catalogue): Promise<Catalogue> {
  const { session, client, byHand } = scratch;
  const generator = session.orm.schema;
  const inModels = keysInModels(scratch);
  const sql = await generator.getCreateSchemaSQL({ wrap: false });
  return rehearse(session, async () => {
    for (const { key, kind, schema = 'public', name } of present.values()) {
      if (!['table', 'view', 'materialized view', 'type'].includes(kind)) continue;
      if (byHand.has(key) && !inModels.has(key)) continue;
      await client.query(`drop ${kind} if exists ${escapeIdentifier(schema)}.${escapeIdentifier(name)} cascade`);
    }
    try {
      await client.query(sql);
    } catch (error) {
      throw problem('models-not-buildable', { detail: firstLine(error) }, error);
    }
    return readCatalogue(client);
  });
}

/** The tables, views and types that the models describe, as keys of a catalogue. */
export function keysInModels({ session }: Scratch): Set<string> {
  const target = session.orm.schema.getTargetSchema();
  const keys = (kind: Kind, items: { schema?: string | undefined; name: string }[]) =>
    items.map(({ schema, name }) => keyOf(kind, [schema ?? 'public', name]));
  return new Set([
    ...keys('table', target.getTables()),
    ...keys('view', target.getViews()),
    ...keys('materialized view', target.getViews()),
    ...keys('type', Object.values(target.getNativeEnums())),
  ]);
}

/** What differs between the models and a catalogue of the history, except for what was added by hand. */
export const differencesFromModels = (
  wanted: Catalogue,
  present: Catalogue,
  byHand: ReadonlySet<string>,
): Difference[] =>
  compareCatalogues(wanted, present).filter(
    ({ key, kind, what }) => kind !== 'database' && !(what === 'extra' && byHand.has(key)),
  );
