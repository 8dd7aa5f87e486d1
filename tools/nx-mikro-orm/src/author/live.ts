import type { Client } from 'pg';
import { keyOf, readCatalogue, type Catalogue } from '../catalogue/index.ts';
import type { Project } from '../config.ts';
import { readEntries } from './ddl/read.ts';
import { besideLedger, type Source } from './whole.ts';

/** Everything in a database but the ledger and what goes with it; its rows are its own. */
export async function readDatabase(project: Project, client: Client): Promise<Source> {
  const { schema: home, name: ledger } = project.table;
  const ofLedger = (schema: string, name: string) => schema === home && name.startsWith(ledger);
  await client.query('begin isolation level repeatable read, read only');
  try {
    const catalogue = await readCatalogue(client, { ignore: ofLedger });
    // A schema that holds nothing but the ledger was made for it.
    const itsOwn = home !== 'public' && ![...catalogue.values()].some(({ schema }) => schema === home);
    if (itsOwn) catalogue.delete(keyOf('schema', [home]));
    const ignore = (schema: string, name: string) =>
      ofLedger(schema, name) || (itsOwn && schema === '' && name === home);
    const whole = withoutDatabase(catalogue);
    return besideLedger(project, { entries: await readEntries(client, { ignore }), catalogue: whole });
  } finally {
    await client.query('rollback');
  }
}

/** Its comment and the privileges on it are its administrator's; they make no database one that has a schema. */
const withoutDatabase = (catalogue: Catalogue): Catalogue =>
  new Map([...catalogue].filter(([, { kind }]) => kind !== 'database'));
