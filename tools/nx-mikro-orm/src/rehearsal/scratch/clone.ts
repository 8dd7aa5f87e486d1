import { escapeIdentifier, type Client } from 'pg';
import { isState, sqlstate } from '../../sql/sqlstate.ts';

/** Makes a database that is what another one is; of `template0`, an empty one. */
export async function cloneDatabase(admin: Client, from: string, to: string, owner?: string): Promise<void> {
  const strategy = (await copiesFiles(admin)) ? ' strategy file_copy' : '';
  for (let attempt = 0; ; attempt++) {
    try {
      await admin.query(
        `create database ${escapeIdentifier(to)} template ${escapeIdentifier(from)}` +
          (owner === undefined ? '' : ` owner ${owner}`) +
          (from === 'template0' ? " encoding 'UTF8'" : '') +
          strategy,
      );
      return;
    } catch (error) {
      // A connection that was just closed is still on its way out.
      if (!isState(error, sqlstate.objectInUse) || attempt > 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/**
 * Whether a database is sooner copied as files, as before PostgreSQL 15: where nothing is synchronised to disk, as on the
 * embedded server of scratch, that takes a third of the time. Elsewhere it would wait for two checkpoints of the whole server.
 */
async function copiesFiles(admin: Client): Promise<boolean> {
  const { rows } = await admin.query<{ copies: boolean }>(
    "select current_setting('fsync') = 'off' and current_setting('server_version_num')::int >= 150000 as copies",
  );
  return rows[0]?.copies ?? false;
}
