/**
 * Names that are hard to write, for everything in a database that can be renamed: `MUTANT=names` runs pairs of databases with
 * them.
 */
import type { Client } from 'pg';
import { readCatalogue, type Item } from '../../src/catalogue/index.ts';
import { asColumn } from '../../src/catalogue/kinds/column.ts';
import { asConstraint } from '../../src/catalogue/kinds/constraint.ts';
import { moduleOf } from '../../src/catalogue/kinds/index.ts';
import { attempt } from '../../src/rehearsal/attempt.ts';
import { withDatabase } from '../../test/database.ts';
import type { Pair } from '../databases/pair.ts';

export const isHardlyNamed = process.env['MUTANT'] === 'names';

const forms: ((name: string) => string)[] = [
  (name) => `${name}"q"`,
  (name) => `${name}, x`,
  (name) => `${name}  b c`,
  (name) => name.toUpperCase(),
  (name) => `${'课'.repeat(21 - Math.ceil(name.length / 3))}${name}`.slice(0, 63),
  (name) => `${name}\\`,
  (name) => `${name}'s`,
  (name) => `order.${name}`,
  (name) => `%I $1 ${name};--`,
];

const reserved: Record<string, string> = { t: 'order', a: 'select', s: 'user', v: 'table', f: 'all', e: 'default' };

/** The same for the same name, wherever it stands. */
const hardName = (name: string): string =>
  reserved[name] ?? forms[[...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % forms.length]!(name);

/** Whether a name of its own is to be had: what comes from a parent changes with that. */
const hasOwnName = (item: Item): boolean =>
  !asColumn(item)?.layout.inherited && asConstraint(item)?.facts['part of'] === undefined && item.name !== 'public';

/** Renames everything in a transaction, parts before wholes, and returns the statements that did it. */
export async function renameAllHard(client: Client): Promise<string[]> {
  const items = [...(await readCatalogue(client)).values()].filter(
    (item) => hasOwnName(item) && !item.name.startsWith('mikro_orm_migrations'),
  );
  const place = ({ kind, table }: Item) => (table === undefined ? (kind === 'schema' ? 2 : 1) : 0);
  const done: string[] = [];
  await client.query('begin');
  for (const item of items.toSorted((one, other) => place(one) - place(other))) {
    const sql = moduleOf(item.kind).rename?.(item, hardName(item.name));
    if (sql !== undefined && !(await attempt(client, [{ statements: [sql] }]))) done.push(sql);
  }
  await client.query('commit');
  return done;
}

/** The pair whose history renames everything before the change; its rows come before, and queries on them cannot be asked. */
export async function hardlyNamed({
  up: _,
  down: __,
  says: ___,
  never: ____,
  rows = [],
  ...pair
}: Pair): Promise<Pair> {
  let renames: string[] = [];
  await withDatabase(async (client) => {
    if (pair.before) await client.query(pair.before);
    for (const sql of rows) await client.query(sql);
    renames = await renameAllHard(client);
  });
  return { ...pair, further: [...rows, ...renames] };
}
