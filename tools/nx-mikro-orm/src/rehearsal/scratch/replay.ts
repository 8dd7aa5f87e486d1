import type { Client } from 'pg';
import { walk } from '../../run/step/walk.ts';
import { keyAfterRename, readCatalogue, readNames } from '../../catalogue/index.ts';
import type { Item, Catalogue, Kind } from '../../catalogue/index.ts';
import { labelsOf } from '../../catalogue/kinds/type.ts';
import { isUpAsGenerated, statementsByHand } from '../../history/digest.ts';
import { everything } from '../../history/origin.ts';
import type { Linked } from '../../history/revision.ts';
import type { OrmSession } from '../../orm.ts';
import { mapHandwork, noteHandwork, noteRecorded, type Handwork } from '../../diff/handwork.ts';
import { scratchWorker } from './worker.ts';

export type OnReplay = (at: { number: number; of: number; name: string }) => void;

/**
 * What models are made of. Where it cannot be told which statements of an edited revision are `create`'s, these are still the
 * models'.
 */
const ofModels = new Set<Kind>(['table', 'column', 'constraint', 'index']);

/** What hangs on no row and nothing needs: stock MikroORM writes it where an entity has it, and people write it as well. */
const alsoOfStock = new Set<Kind>(['view', 'materialized view', 'trigger', 'policy']);

/** Whether models may have described what a revision from before `create` made. */
function mayBeModels({ link }: Linked): (item: Item) => boolean {
  const kinds = link === undefined ? new Set([...ofModels, ...alsoOfStock]) : ofModels;
  return (item) => kinds.has(item.kind) || labelsOf(item) !== undefined;
}

export interface Replaying {
  /** Names of the revisions from before `create`. */
  early: ReadonlySet<string>;
  onReplay: OnReplay | undefined;
}

/** Runs revisions up, and notes what the statements that `create` did not write made, changed or removed. Returns it. */
export async function replay(
  session: OrmSession,
  revisions: readonly Linked[],
  before: Handwork,
  { early, onReplay }: Replaying,
): Promise<Handwork> {
  const steps = revisions.map((revision) => ({ revision, direction: 'up' as const }));
  let handwork = before;
  const watched = watchStatements(session.client, (was, is) => noteHandwork(handwork, was, is));
  // The catalogue is read around revisions written by hand; two in a row share the reading in between.
  let known: Catalogue | undefined;
  let readAround = false;
  let number = 0;
  await walk({ ...scratchWorker(session), client: watched.client }, steps, {
    before: async ({ step: { revision }, content }) => {
      onReplay?.({ number: ++number, of: steps.length, name: revision.name });
      const { generated } = revision;
      const edited = generated !== undefined && !content.runsCode.up && !isUpAsGenerated(generated, content.up);
      const byHand = edited ? statementsByHand(generated, content.up) : undefined;
      readAround = content.runsCode.up || (!byHand && !isUpAsGenerated(generated, content.up));
      watched.only(byHand && content.up.filter((_, at) => byHand[at]));
      if (readAround) known ??= await readCatalogue(session.client);
    },
    onDone: async ({ revision }) => {
      const was = known;
      watched.only(undefined);
      known = readAround || revision.byHand.length > 0 ? await readCatalogue(session.client) : undefined;
      if (readAround && was && known)
        noteHandwork(
          handwork,
          revision.generated === undefined ? was : withModelKinds(was, known),
          known,
          early.has(revision.name) ? mayBeModels(revision) : undefined,
        );
      for (const decision of revision.decisions) handwork = renameHandwork(handwork, decision);
      // A revision that stands for a whole history says itself which part of it no model describes.
      if (known)
        noteRecorded(
          handwork,
          revision.byHand.filter((entry) => entry !== everything),
          known,
        );
    },
  });
  return handwork;
}

/** As if what models are made of had been there before. */
const withModelKinds = (before: Catalogue, after: Catalogue): Catalogue =>
  new Map([...[...after].filter(([key, { kind }]) => ofModels.has(kind) && !before.has(key)), ...before]);

interface Watched {
  client: Client;
  /** From now on, the catalogue is read around each of these statements; undefined for none. */
  only: (statements: readonly string[] | undefined) => void;
}

/** A connection on which statements run one after the other, with a look at the catalogue before and after some of them. */
function watchStatements(client: Client, onRun: (before: Catalogue, after: Catalogue) => void): Watched {
  let among: ReadonlySet<unknown> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const run = async (text: unknown, rest: unknown[]): Promise<unknown> => {
    const send = () => (client.query as (...args: unknown[]) => Promise<unknown>).call(client, text, ...rest);
    if (!among?.has(text)) return send();
    const before = await readCatalogue(client);
    const result = await send();
    onRun(before, await readCatalogue(client));
    return result;
  };
  const query = (text: unknown, ...rest: unknown[]): Promise<unknown> => {
    if (!among) return (client.query as (...args: unknown[]) => Promise<unknown>).call(client, text, ...rest);
    const running = last.then(() => run(text, rest));
    last = running.catch(() => undefined);
    return running;
  };
  return {
    client: new Proxy(client, {
      get: (target, name) => {
        if (name === 'query') return query;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
      },
    }),
    only: (statements) => {
      among = statements && new Set(statements);
    },
  };
}

/** How the decision that something has another name is recorded: `rename teacher.ssn:nickname`. */
const rename = 'rename ';

/**
 * What hangs on a table or lives in a schema is known by another key when that was renamed. A decision does not say whether
 * `a.b` is a table in a schema or a column of a table; the keys that there are do.
 */
function renameHandwork(handwork: Handwork, decision: string): Handwork {
  const text = decision.slice(rename.length);
  const found = decision.startsWith(rename) ? readNames(text) : undefined;
  if (!found || text[found.end] !== ':') return handwork;
  const [old, next] = [found.names, readNames(text, found.end + 1)?.names ?? []];
  if (!next[0]) return handwork;
  const whole = (names: string[], length: number) => (names.length < length ? ['public', ...names] : names);
  const column = whole(old, 3);
  const asColumn = next.length === 1 && column.length === 3 ? [[column, [...column.slice(0, 2), ...next]]] : [];
  const asSchema = old.length === 1 ? [[old, next]] : [];
  const ways = [...asColumn, [whole(old, 2), whole(next, 2)], ...asSchema];
  return mapHandwork(
    handwork,
    (key) => ways.map(([from = [], to = []]) => keyAfterRename(key, from, to)).find((other) => other !== key) ?? key,
  );
}
