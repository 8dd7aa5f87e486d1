import { escapeLiteral } from 'pg';
import type { Client } from '../../catalogue/index.ts';
import { tryInsert } from './attempt.ts';
import type { Description } from './describe.ts';

/**
 * While rows are put in. As a replica, the session runs no trigger and no rule that is not meant for replicas, and no
 * foreign key is looked at before the end (manual, session_replication_role). Values are read the same way on every server.
 */
const settings: Record<string, string> = {
  session_replication_role: 'replica',
  timezone: 'UTC',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  lc_monetary: 'C',
  xmloption: 'content',
  standard_conforming_strings: 'on',
  jit: 'off',
};

const set = (found: Record<string, string>): string =>
  `select ${Object.entries(found)
    .map(([name, value]) => `set_config('${name}', ${escapeLiteral(value)}, true)`)
    .join(', ')}`;

/**
 * Runs `work` while no trigger and no rule fires and row level security does not apply, which takes a superuser; then all
 * of that is as it was. What is `enable always` is disabled meanwhile. The server's reason where that is not allowed.
 */
export async function quietly<T>(
  client: Client,
  { hush, speak }: Pick<Description, 'hush' | 'speak'>,
  work: () => Promise<T>,
): Promise<{ value: T } | { refused: string }> {
  const names = Object.keys(settings);
  const current = `select json_build_object(${names.map((name) => `'${name}', current_setting('${name}')`).join(', ')}) as found`;
  const begun = await tryInsert(client, [current, set(settings), ...hush].join('; '));
  if (begun.refused !== undefined) return { refused: begun.refused };
  const [{ found }] = begun.rows as [{ found: Record<string, string> }];
  const value = await work();
  await client.query([...speak, set(found)].join('; '));
  return { value };
}
