/** What the models describe, as the server itself prints it. */
import { escapeIdentifier } from 'pg';
import { keyOf, readCatalogue, type Catalogue, type Item, type Kind } from '../catalogue/index.ts';
import { problem } from '../errors.ts';
import { createStatements, firstLine, rehearse } from '../orm.ts';
import type { Scratch } from '../scratch/database.ts';
import { readWays, type Ignore } from './change/side.ts';
import type { Made, Target } from './change/target.ts';
import { tryAll } from './ddl/attempt.ts';
import { isByHand } from './byhand.ts';

/**
 * The schema that the models would have, as the server prints it: in a transaction that is rolled back, all that is
 * not made by hand is dropped and made anew from the models. Both sides of a comparison then speak the server's
 * language, so that a default, a check or an expression that is spelled in another way is no difference.
 * @throws models-not-buildable
 */
export async function wantedTarget(scratch: Scratch, present: Catalogue, ignore?: Ignore): Promise<Target> {
  const { session, client } = scratch;
  const statements = await createStatements(session);
  return rehearse(session, async () => {
    await dropModels(scratch, present);
    await client.query('savepoint models');
    try {
      await client.query(statements.join(';\n'));
    } catch {
      await client.query('rollback to savepoint models');
      await inAnyOrder(scratch, statements);
    }
    const catalogue = await readCatalogue(client, ignore && { ignore });
    return { catalogue, ...(await readWays(client)), makes: makesOf(statements, catalogue) };
  });
}

/** The catalogue alone. */
export async function wantedCatalogue(scratch: Scratch, present: Catalogue): Promise<Catalogue> {
  return (await wantedTarget(scratch, present)).catalogue;
}

async function dropModels(scratch: Scratch, present: Catalogue): Promise<void> {
  const inModels = keysInModels(scratch);
  const schemas = schemasInModels(scratch);
  const handmade = isByHand(scratch.byHand, (key) => inModels.has(key));
  for (const item of present.values()) {
    const { key, kind, schema, name } = item;
    const named = schema === undefined ? escapeIdentifier(name) : `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
    if (handmade(item) && !inModels.has(key)) continue;
    if (['table', 'view', 'materialized view', 'type'].includes(kind))
      await scratch.client.query(`drop ${kind} if exists ${named} cascade`);
    else if (kind === 'schema' && !schemas.has(name)) {
      // One that holds something made by hand stays.
      await scratch.client.query('savepoint schema');
      await scratch.client
        .query(`drop schema if exists ${named}`)
        .catch(() => scratch.client.query('rollback to savepoint schema'));
    }
  }
  await dropRoutines(scratch, present, handmade);
}

/** Routines are dropped when nothing uses them any more, so that one which no model has is missing in the end. */
async function dropRoutines(
  scratch: Scratch,
  present: Catalogue,
  handmade: (item: Item) => boolean,
): Promise<void> {
  const drops = [...present.values()]
    .filter((item) => (item.kind === 'function' || item.kind === 'procedure') && !handmade(item))
    .map(({ key }) => ({ statements: [`drop ${key}`] }));
  // What something made by hand still uses stays.
  if (drops.length > 0) await tryAll(scratch.client, drops, () => undefined);
}

/** MikroORM's own order does not know what a default or a trigger needs. */
async function inAnyOrder({ client }: Scratch, statements: readonly string[]): Promise<void> {
  let open = statements.map((sql) => ({ statements: [sql] }));
  for (;;) {
    let first: unknown;
    const { done, left } = await tryAll(client, open, (_, refusal) => (first ??= refusal));
    if (left.length === 0) return;
    if (done.length === 0) throw problem('models-not-buildable', { detail: firstLine(first) }, first);
    open = left;
  }
}

const name = '("(?:[^"]|"")+"(?:\\."(?:[^"]|"")+")?)';
const forms: [RegExp, (match: readonly string[]) => [Kind, string[]]][] = [
  [new RegExp(`^create table ${name}`), ([, own = '']) => ['table', namesIn(own)]],
  [new RegExp(`^create type ${name} as enum`), ([, own = '']) => ['type', namesIn(own)]],
  [new RegExp(`^create (materialized )?view ${name} as`), ([, m, own = '']) => [m ? 'materialized view' : 'view', namesIn(own)]],
  [new RegExp(`^alter table ${name} add constraint ("(?:[^"]|"")+")`), ([, on = '', own = '']) => ['constraint', [...namesIn(on), ...partsOf(own)]]],
  [new RegExp(`^create (?:unique )?index ("(?:[^"]|"")+") on ${name}`), ([, own = '', on = '']) => ['index', [...namesIn(on), ...partsOf(own)]]],
];

const partsOf = (quoted: string): string[] =>
  [...quoted.matchAll(/"((?:[^"]|"")+)"/g)].map(([, part = '']) => part.replaceAll('""', '"'));

/** Schema and name. */
const namesIn = (quoted: string): string[] => {
  const parts = partsOf(quoted);
  return parts.length === 1 ? ['public', ...parts] : parts;
};

/** Which of MikroORM's statements makes which object. What is not recognised is made in the server's words. */
function makesOf(statements: readonly string[], catalogue: Catalogue): Map<string, Made> {
  const makes = new Map<string, Made>();
  for (const [rank, sql] of statements.entries()) {
    const said = new RegExp(`^comment on table ${name} is|^comment on column ("(?:[^"]|"")+"(?:\\."(?:[^"]|"")+")?)\\."`).exec(sql);
    if (said) {
      makes.get(keyOf('table', namesIn(said[1] ?? said[2] ?? '')))?.statements.push(sql);
      continue;
    }
    for (const [form, read] of forms) {
      const match = form.exec(sql);
      if (!match) continue;
      const [kind, names] = read(match);
      const key = keyOf(kind, names);
      if (catalogue.has(key) && !makes.has(key)) makes.set(key, { statements: [sql], rank });
      break;
    }
  }
  return makes;
}

/** The tables, views and types that the models describe, as keys of a catalogue. */
export function keysInModels({ session }: Scratch): Set<string> {
  const target = session.orm.schema.getTargetSchema();
  const keys = (kind: Kind, items: { schema?: string | undefined; name: string }[]) =>
    items.map(({ schema, name: own }) => keyOf(kind, [schema ?? 'public', own]));
  return new Set([
    ...keys('table', target.getTables()),
    ...keys('view', target.getViews()),
    ...keys('materialized view', target.getViews()),
    ...keys('type', Object.values(target.getNativeEnums())),
  ]);
}

const schemasInModels = ({ session }: Scratch): Set<string> =>
  new Set(session.orm.schema.getTargetSchema().getNamespaces());
