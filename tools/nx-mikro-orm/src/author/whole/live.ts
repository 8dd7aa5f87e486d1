import type { Client } from 'pg';
import { rolledBack } from '../../postgres/connect/transaction.ts';
import { journalName } from '../../ledger/journal.ts';
import { keyOf, readCatalogue, type Catalogue } from '../../catalogue/index.ts';
import { isIgnored, type Project } from '../../config.ts';
import { sideOf } from '../../diff/side.ts';
import { readPublicSchema, readRoles } from './beside.ts';
import { entriesOf } from './entries.ts';
import type { BuildEntry } from './entry.ts';
import { besideLedger, type DatabaseSource } from './whole.ts';

/** Whether an object is part of the ledger or the journal, by its schema and name. */
function isBookkeeping(project: Project): (schema: string, name: string) => boolean {
  const { schema, name } = project.table;
  const own = new Set([name, journalName(project)].flatMap((table) => [table, `${table}_id_seq`]));
  return (where, item) => where === schema && own.has(item);
}

/** Whether an object is none of the history's: part of the ledger or the journal, or owned by others. */
export function isOutside(project: Project): (schema: string, name: string) => boolean {
  const [ofLedger, ofOthers] = [isBookkeeping(project), isIgnored(project)];
  return (schema, name) => ofLedger(schema, name) || ofOthers(schema, name);
}

/** Everything in a database but the ledger and what goes with it, and what others own; its rows are its own. */
export const readDatabase = (project: Project, client: Client): Promise<DatabaseSource> =>
  rolledBack(client, 'begin isolation level repeatable read, read only', async () => {
    const { catalogue } = await readLive(project, client);
    return besideLedger(project, { entries: await readEntries(client, catalogue), catalogue });
  });

/** The statements that make what a catalogue tells of, and what is in none: the roles that are named, the privileges on `public`. */
export const readEntries = async (client: Client, catalogue: Catalogue): Promise<BuildEntry[]> => [
  ...(await readRoles(client)),
  ...(await readPublicSchema(client)),
  ...entriesOf(sideOf(catalogue)),
];

/** What is in a database, without what is none of the history's; and whether the ledger has a schema of its own there. */
export async function readLive(project: Project, client: Client): Promise<{ catalogue: Catalogue; itsOwn: boolean }> {
  const home = project.table.schema;
  const catalogue = await readCatalogue(client, { ignore: isOutside(project) });
  // A schema that holds nothing but the ledger was made for it.
  const itsOwn = home !== 'public' && ![...catalogue.values()].some(({ schema }) => schema === home);
  if (itsOwn) catalogue.delete(keyOf('schema', [home]));
  return { catalogue: withoutDatabase(catalogue), itsOwn };
}

/** Its comment and the privileges on it are its administrator's; they make no database one that has a schema. */
export const withoutDatabase = (catalogue: Catalogue): Catalogue =>
  new Map([...catalogue].filter(([, { kind }]) => kind !== 'database'));
