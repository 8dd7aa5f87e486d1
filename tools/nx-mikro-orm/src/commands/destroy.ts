import type { Client } from 'pg';
import type { Target } from '../apply/connect.ts';
import type { Loaded } from '../apply/worker.ts';
import type { Call } from './command.ts';

/** What commands take that destroy something. */
export const destroyOptions = {
  'accept-data-loss': { type: 'boolean', help: 'Also when rows or values go with it' },
  protected: { type: 'boolean', help: 'Treat the database as protected: its name must be typed' },
  confirm: { type: 'string', help: 'The name of the protected database, typed' },
} as const;

export async function insistOnConsent(
  _command: string,
  _call: Call<typeof destroyOptions>,
  _about: { client: Client; steps: Loaded[]; target: Target },
): Promise<void> {}
