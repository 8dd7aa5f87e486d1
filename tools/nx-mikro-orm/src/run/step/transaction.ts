import type { Client } from 'pg';
import { problem } from '../../errors.ts';
import type { Step } from '../../history/revision.ts';
import type { Patience } from '../worker/retry.ts';
import { asOurselves, asRevision } from '../../postgres/session.ts';
import type { OrmSession, Transaction } from '../../orm.ts';
import { kindOf } from '../../sql/kind.ts';
import type { LoadedStep } from '../../history/content.ts';
import { finishedEntry } from '../../ledger/journal.ts';
import { recordStep } from '../../ledger/record.ts';
import { inOnePiece, sendAll } from '../../postgres/connect/transaction.ts';
import { multi } from '../../sql/multi.ts';
import { resetsAll } from '../../sql/resets.ts';
import { stepEvent } from '../events/events.ts';
import { failureOf } from '../worker/failure.ts';
import type { StepResult, Worker } from '../worker/worker.ts';

/**
 * Runs steps in one transaction, together with their rows in ledger and journal: all of them, or nothing.
 *
 * A step of nothing but texts is sent without waiting for each answer: on a pipelined connection, that is one round trip,
 * and one more for journal and commit, which are only asked for when everything before them was answered well.
 * @throws StepFailure, lock-lost, ledger-changed, transaction-ended
 */
export async function commitTogether(
  worker: Worker,
  steps: readonly LoadedStep[],
  attempt: number,
): Promise<StepResult[]> {
  const first = steps[0]?.step;
  if (!first) return [];
  const { client, books } = worker;
  books?.lock.assertHeld();
  inOnePiece(client);
  const needsOrm = steps.some(({ step, content }) => content.runsCode[step.direction]);
  const orm = needsOrm ? await worker.orm() : undefined;
  const { transaction, opened } = await open(worker, orm);
  const inside: Inside = { orm, transaction, began: opened };
  let at = first;
  try {
    const results: StepResult[] = [];
    for (const loaded of steps) {
      if (loaded !== steps[0]) await client.query(afresh(worker));
      at = loaded.step;
      worker.notices?.begin(at);
      results.push(await runInside(worker, loaded, inside));
    }
    await opened;
    await close(worker, steps, results, attempt, transaction);
    return results;
  } catch (error) {
    await (transaction?.rollback() ?? client.query('rollback')).catch(() => undefined);
    throw failureOf(at, error);
  }
}

/** What a session is set to again for the second and later steps of a transaction, in which it cannot be discarded. */
const afresh = ({ prelude, patience }: Worker): string =>
  [
    'reset session authorization',
    'reset role',
    'reset all',
    'discard temp',
    ...prelude.slice(1),
    limits(patience),
  ].join('; ');

/** What a session is set to again where a statement of the revision has reset all settings, ours with its own. */
const settingsOf = ({ prelude, patience }: Worker): string[] => [...prelude.slice(1), limits(patience)];

const limits = ({ lockTimeoutMs }: Patience): string => `set local lock_timeout = ${lockTimeoutMs}`;

/** When the transaction began, which is another moment in every other one. What a revision sets does not change it. */
const moment = `extract(epoch from pg_catalog.now())::pg_catalog.text as "nx_mikro_orm.began"`;

interface Began {
  'nx_mikro_orm.began': string;
}

/** The transaction that steps run in. */
interface Inside {
  orm: OrmSession | undefined;
  transaction: Transaction | undefined;
  began: Promise<string | undefined>;
}

/** Without MikroORM nothing is waited for: `opened` is the answers to what went ahead of the first statement. */
async function open(
  { client, prelude, patience }: Worker,
  orm: OrmSession | undefined,
): Promise<{ transaction: Transaction | undefined; opened: Promise<string | undefined> }> {
  const sent = sendAll(client, prelude);
  let transaction: Transaction | undefined;
  if (orm) {
    await Promise.all(sent);
    transaction = await (await import('../../orm.ts')).begin(orm);
  }
  const beginning = multi<Began>(client, [...(orm ? [] : ['begin']), limits(patience), `select ${moment}`]);
  const opened = Promise.all([beginning, ...sent]).then(([results]) => beganIn(results));
  // Whatever was wrong here is reported with the statements that follow.
  opened.catch(() => undefined);
  return { transaction, opened };
}

const beganIn = (results: { rows: Began[] }[]): string | undefined => results.at(-1)?.rows[0]?.['nx_mikro_orm.began'];

async function runInside(worker: Worker, { step, content }: LoadedStep, inside: Inside): Promise<StepResult> {
  const { orm, transaction } = inside;
  const started = performance.now();
  const timings: number[] = [];
  const { Class } = content;
  if (content.runsCode[step.direction]) {
    if (!orm || !Class) throw new Error(`the code of ${step.revision.name} is not at hand`);
    let statement = 0;
    const { runCode } = await import('./code.ts');
    await runCode(orm, step, Class, {
      context: transaction?.context,
      settings: settingsOf(worker),
      onStatement: (sql) =>
        worker.tell({ type: 'statement', ...stepEvent(step), statement: ++statement, of: undefined, sql }),
    });
    await record(worker, { step, content }, inside);
    return { transactional: true, durationMs: performance.now() - started, timings: [] };
  }
  const sending = [
    ...(await sendStatements(worker, { step, content }, timings)),
    record(worker, { step, content }, inside),
  ];
  const results = await Promise.allSettled(sending);
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed) throw (failed as PromiseRejectedResult).reason;
  return { transactional: true, durationMs: performance.now() - started, timings };
}

/** Puts every statement on the connection; each promise is its answer. */
async function sendStatements(
  worker: Worker,
  { step, content }: LoadedStep,
  timings: number[],
): Promise<Promise<unknown>[]> {
  const { client } = worker;
  const statements = content[step.direction] ?? [];
  const lifts = await liftable(statements);
  const resets = await Promise.all(statements.map(resetsAll));
  const about = { ...stepEvent(step), of: statements.length };
  let last = performance.now();
  return statements.map((sql, at) => {
    const statement = at + 1;
    if (at === 0) worker.tell({ type: 'statement', ...about, statement, sql });
    const answer = lifts > at ? withoutLockTimeout(client, sql, worker.patience.lockTimeoutMs) : client.query(sql);
    // What the statements that follow are refused for is told with them.
    if (resets[at]) for (const sent of sendAll(client, settingsOf(worker))) sent.catch(() => undefined);
    return answer.then(
      () => {
        const durationMs = performance.now() - last;
        last = performance.now();
        timings.push(durationMs);
        worker.tell({ type: 'answered', ...about, statement, durationMs, skipped: false });
        const next = statements[at + 1];
        if (next !== undefined) worker.tell({ type: 'statement', ...about, statement: statement + 1, sql: next });
      },
      (error: unknown) => {
        throw failureOf(step, error, { sql, statement });
      },
    );
  });
}

/**
 * How many statements at the beginning only validate constraints. They may wait for their lock as long as it takes: it
 * stops no traffic, and nothing that would is held yet. After any other statement that is no longer so.
 */
async function liftable(statements: readonly string[]): Promise<number> {
  let count = 0;
  for (const sql of statements) {
    if ((await kindOf(sql)) !== 'validate') break;
    count++;
  }
  return count;
}

function withoutLockTimeout(client: Client, sql: string, lockTimeoutMs: number): Promise<unknown> {
  const around = ['set local lock_timeout = 0', sql, `set local lock_timeout = ${lockTimeoutMs}`];
  return Promise.all(sendAll(client, around));
}

/** Writes the ledger's row. Of an ended transaction it would be committed at once, so code is asked about that before. */
async function record(worker: Worker, loaded: LoadedStep, inside: Inside): Promise<void> {
  const { client, books } = worker;
  const { step } = loaded;
  if (!books) return assertTransaction(worker, step, inside);
  if (loaded.content.runsCode[loaded.step.direction]) await assertTransaction(worker, step, inside);
  // On the connection in this order: the row is ours to write.
  const checked = assertTransaction(worker, step, inside, asOurselves);
  const recorded = recordStep(client, books, loaded).catch((error: unknown) => {
    throw failureOf(step, error, { books: true });
  });
  await Promise.all([checked, recorded]);
}

/** Nothing may be committed without the lock, nor by a transaction that a statement of the revision has begun. */
async function assertTransaction(
  { client, books }: Worker,
  { revision }: Step,
  { began }: Inside,
  first = 'select',
): Promise<void> {
  const question = `select ${moment}, ${books?.lock.held ?? 'true'} as held`;
  const results = await multi<Began & { held: boolean }>(client, [first, question]);
  if (beganIn(results) !== (await began))
    throw problem('transaction-ended', { name: revision.name, path: revision.path });
  if (!results.at(-1)?.rows[0]?.held) throw problem('lock-lost', {});
}

async function close(
  { client, books, notices }: Worker,
  steps: readonly LoadedStep[],
  results: readonly StepResult[],
  attempt: number,
  transaction: Transaction | undefined,
): Promise<void> {
  const last = steps.at(-1)?.step;
  inOnePiece(client);
  const note = async ({ step }: LoadedStep, at: number): Promise<void> => {
    const entry = finishedEntry(step, { attempt, ...results[at], notices: notices?.of(step.revision.name) });
    await books?.journal.add(client, entry).catch((error: unknown) => {
      throw failureOf(step, error, { books: true });
    });
  };
  const notes: Promise<unknown>[] = steps.map(note);
  if (books) notes.push(client.query(asRevision));
  try {
    if (transaction) {
      await Promise.all(notes);
      await transaction.commit();
    } else {
      const [{ command }] = await Promise.all([client.query('commit'), ...notes]);
      // The answer to a commit of a transaction that has failed is ROLLBACK, and no error.
      if (command !== 'COMMIT') throw new Error(`the server answered the commit with ${command}`);
    }
  } catch (error) {
    throw last ? failureOf(last, error, { committing: true }) : error;
  }
}
