/** One statement after the other, with what each of them did: locks, work, what came, went and changed. */
import type { Client } from 'pg';
import { escapeIdentifier } from 'pg';
import type { Copy } from '../../rehearsal/scratch/database.ts';
import { isState, sqlstate } from '../../sql/sqlstate.ts';
import type { Statement } from '../../sql/parse.ts';
import { transactionWord } from '../../sql/transaction.ts';
import { runApart } from './apart.ts';
import { innerOf, noInner, type Inner } from './inner.ts';
import { addedLocks, readLocks, type Locks, type Mode } from './locks.ts';
import { announced, listening, type Announced, type Message } from './messages.ts';
import { holdsRows, traceState, withCounters, type TracedState } from './state.ts';
import { changedValues, type ChangedValue } from './values.ts';

/** What the server refused a statement with. */
export interface Refused {
  code: string;
  message: string;
  /** In the statement, from 1. */
  position?: number;
  table?: string;
  constraint?: string;
  /** As it was thrown. */
  error: unknown;
}

/** Sends a statement. */
type Send = () => Promise<unknown>;

/** What came of sending it. */
type Outcome = { value: unknown; messages: Message[] } | { refused: unknown };

/** One statement, and what it did. */
export interface Traced {
  statement: Statement;
  before: TracedState;
  after: TracedState;
  /** What it holds beyond what its transaction held before: the strongest mode on each relation. */
  added: ReadonlyMap<string, Mode>;
  /** What its transaction held before it. */
  held: Locks;
  announced: Announced;
  messages: Message[];
  walBytes: number;
  /** How many rows each table had when the file began, by id. */
  rows: ReadonlyMap<string, number>;
  /** It was run by itself, outside of a transaction. */
  isApart: boolean;
  /** The server does not take it in a transaction. */
  refusesTransaction?: Refused;
  /** What rows hold was in its way; then it was traced without them. */
  inTheWay?: Refused;
  /** It fails whatever rows there are. */
  failure?: Refused;
  /** What the server answered, for whoever sent it. */
  answer?: unknown;
  /** The time-outs that were in force, in milliseconds; 0 for none. */
  limits: Limits;
  /** What the code says that it runs. */
  inner: Inner;
  /** Values that new types of columns made other ones. */
  changedValues: readonly ChangedValue[];
}

export interface Limits {
  lock: number;
  statement: number;
}

/** Statements that commit together; one that is run by itself is a unit of its own. */
export interface Unit {
  isTransaction: boolean;
  statements: Traced[];
}

/** UTC, under a name by which it is known that no statement set it. */
const ownZone = '<+00>+00';
/** A zone in which a time without one does not happen to mean the same as in UTC. */
const otherZone = 'Asia/Kathmandu';

/** Settings of a session that is traced: messages in English, and the zone in which most bounds of partitions are written. */
export const tracing = `set timezone = '${ownZone}'; select set_config('lc_messages', 'C', false)`;

/** Whether a moment may become a time without a zone, or the other way round: what that costs depends on the session's zone. */
const mayConvertTimes = ({ type, text }: Statement): boolean =>
  (type === 'AlterTableStmt' || type === 'DoStmt') && /\btype\b/i.test(text);

/** The zone for a statement, where none of the file set one. */
const zoneFor = (statement: Statement): string =>
  `select set_config('timezone', '${mayConvertTimes(statement) ? otherZone : ownZone}', true)
   where current_setting('timezone') in ('${ownZone}', '${otherZone}')`;

const none: Limits = { lock: 0, statement: 0 };

const milliseconds = (setting: string) =>
  `(extract(epoch from current_setting('${setting}')::interval) * 1000)::float8`;

const limitsNow = `select ${milliseconds('lock_timeout')} as lock, ${milliseconds('statement_timeout')} as statement`;

const listen =
  'set local client_min_messages = debug1; set local enable_seqscan = off; set local enable_indexonlyscan = off';

/** In a transaction block, or by a procedure's caller; a label that was not committed; rows with triggers pending. */
const refusals = [
  sqlstate.activeSqlTransaction,
  sqlstate.invalidTransactionTermination,
  sqlstate.unsafeNewEnumValue,
  sqlstate.objectInUse,
] as const;

const isSavepoint = (statement: Statement): boolean => /savepoint/.test(transactionWord(statement) ?? '');

/** Data, and constraints; and what a body raises by itself, which may have looked at rows. */
const isOfRows = (error: unknown): boolean => /^(2[123]|P000[14])/.test((error as { code?: string }).code ?? '');

export class Tracer {
  readonly #copy: Copy | undefined;
  readonly version: number;
  readonly rows: ReadonlyMap<string, number>;
  readonly #client: Client;
  #state: TracedState;
  #locks: Locks = new Map();

  private constructor(
    { client, copy }: { client: Client; copy?: Copy },
    version: number,
    state: TracedState,
    rows: ReadonlyMap<string, number>,
  ) {
    this.#copy = copy;
    this.#client = client;
    this.version = version;
    this.#state = state;
    this.rows = rows;
  }

  static on(copy: Copy): Promise<Tracer> {
    return Tracer.#at({ client: copy.client, copy });
  }

  /** On a copy of the same database as another one, on which nothing was left: what is in it need not be read again. */
  static async beside({ version, state, rows }: Tracer, copy: Copy): Promise<Tracer> {
    await copy.client.query(tracing);
    return new Tracer({ client: copy.client, copy }, version, state, rows);
  }

  /** In a session that has a transaction open: its locks are nobody's concern. */
  static async within(client: Client): Promise<Tracer> {
    const tracer = await Tracer.#at({ client });
    // Counting the rows has read them.
    await tracer.begun();
    tracer.#locks = await readLocks(client);
    return tracer;
  }

  static async #at(session: { client: Client; copy?: Copy }): Promise<Tracer> {
    const { client } = session;
    await client.query(tracing);
    const { rows } = await client.query<{ version: number }>(
      "select current_setting('server_version_num')::int as version",
    );
    const version = rows[0]!.version;
    const state = await traceState(client, version);
    return new Tracer(session, version, state, await countRows(client, state));
  }

  /** The copy that it runs on, where it is one. */
  get copy(): Copy {
    if (!this.#copy) throw new Error('statements are traced in a session that is not on a copy');
    return this.#copy;
  }

  /** What is there now, as far as the last statement left it. */
  get state(): TracedState {
    return this.#state;
  }

  /** Begins a transaction. */
  async begin(): Promise<void> {
    await this.#client.query('begin');
    await this.begun();
  }

  /** A transaction was begun: it has no lock yet. */
  async begun(): Promise<void> {
    this.#state = await withCounters(this.#client, this.#state);
    this.#locks = new Map();
  }

  /** Everything was undone since a state. */
  back(state: TracedState): void {
    this.#state = state;
    this.#locks = new Map();
  }

  /** Drops indexes that were made since a state, and what was set; whether that gave the state back. */
  async takeBack(state: TracedState): Promise<boolean> {
    await this.#client.query(`reset all; ${tracing}`);
    await this.refresh();
    for (const { id, kind, schema, name } of this.#state.relations.values())
      if (kind === 'i' && !state.relations.has(id))
        await this.#client.query(`drop index ${escapeIdentifier(schema)}.${escapeIdentifier(name)}`);
    await this.refresh();
    return shapeOf(this.#state) === shapeOf(state);
  }

  /** To be called where something was undone, or run by somebody else. */
  async refresh(): Promise<void> {
    this.#state = await traceState(this.#client, this.version);
    this.#locks = new Map();
  }

  /** Runs a statement in the open transaction, which goes on whatever comes of it. */
  async inside(statement: Statement, send: Send = () => this.#client.query(statement.text)): Promise<Traced> {
    const inner = await innerOf(this.#client, statement);
    return { ...(await this.#tried(statement, send)), inner };
  }

  async #tried(statement: Statement, send: Send): Promise<Traced> {
    const client = this.#client;
    const held = this.#locks;
    const limits = isSavepoint(statement) ? none : await this.#begin(statement);
    const outcome = isSavepoint(statement) ? await this.#plainly(statement) : await this.#attempt(send, statement);
    if ('refused' in outcome && isOfRows(outcome.refused))
      return this.#withoutRows(statement, send, outcome.refused, limits);
    if ('refused' in outcome) return this.#failed(statement, outcome.refused, limits);
    const before = this.#state;
    await this.refresh();
    this.#locks = await readLocks(client);
    const changed = await changedValues(client, statement, before, this.#state);
    const more = { limits, changedValues: changed, ...('value' in outcome && { answer: outcome.value }) };
    return this.#told(statement, before, held, outcome.messages, more);
  }

  async #begin(statement: Statement): Promise<Limits> {
    const results = (await this.#client.query(
      `savepoint traced; ${limitsNow}; ${listen}; ${zoneFor(statement)}`,
    )) as unknown as {
      rows: Limits[];
    }[];
    return results[1]?.rows[0] ?? none;
  }

  async #attempt(send: Send, { type }: Statement): Promise<Outcome> {
    const client = this.#client;
    try {
      const heard = await listening(client, send);
      if (type === 'CreateEnumStmt' || type === 'AlterEnumStmt') {
        // The labels of an enum can be used in the transaction that made it, unless a savepoint was around one of the two.
        await client.query('rollback to savepoint traced; release savepoint traced');
        return listening(client, send);
      }
      await client.query('release savepoint traced');
      return heard;
    } catch (refused) {
      await client.query('rollback to savepoint traced; release savepoint traced');
      return { refused };
    }
  }

  /** A statement about savepoints must not be inside of one of ours. */
  async #plainly({ text }: Statement): Promise<{ messages: Message[] }> {
    await this.#client.query(text).catch(() => undefined);
    return { messages: [] };
  }

  #told(
    statement: Statement,
    before: TracedState,
    held: Locks,
    messages: Message[],
    more: Partial<Traced> & { limits: Limits },
  ): Traced {
    return {
      statement,
      before,
      after: this.#state,
      added: addedLocks(held, this.#locks),
      held,
      announced: announced(messages),
      messages,
      walBytes: distance(before.wal, this.#state.wal),
      rows: this.rows,
      isApart: false,
      inner: noInner,
      changedValues: [],
      ...more,
    };
  }

  #failed(statement: Statement, error: unknown, limits: Limits, inTheWay?: Refused): Traced {
    const failure = failureOf(error);
    const refuses = isState(error, ...refusals);
    return {
      ...this.#told(statement, this.#state, this.#locks, [], { limits }),
      added: new Map(),
      ...(refuses ? { refusesTransaction: failure } : { failure }),
      ...(inTheWay && { inTheWay }),
    };
  }

  /** What rows hold was in the way: once more, with none in that table, in the next one that is, or in any. */
  async #withoutRows(statement: Statement, send: Send, error: unknown, limits: Limits): Promise<Traced> {
    const client = this.#client;
    const held = this.#locks;
    const inTheWay = failureOf(error);
    await client.query('savepoint emptied');
    const outcome = await this.#emptied(statement, send, error);
    if ('refused' in outcome) {
      await client.query('rollback to savepoint emptied; release savepoint emptied');
      await this.refresh();
      this.#locks = held;
      return this.#failed(statement, outcome.refused, limits, inTheWay);
    }
    const before = this.#state;
    await client.query('release savepoint emptied');
    await this.refresh();
    this.#locks = await readLocks(client);
    const changed = await changedValues(client, statement, before, this.#state);
    const more = { limits, inTheWay, changedValues: changed, answer: outcome.value };
    return this.#told(statement, before, held, outcome.messages, more);
  }

  /** One table after the other: what a statement reads or writes in the rest is still to be seen. */
  async #emptied(statement: Statement, send: Send, error: unknown): Promise<Outcome> {
    const tried = new Set<string | undefined>();
    for (let refused = error; ;) {
      const { table } = failureOf(refused);
      const next = tried.has(table) ? undefined : table;
      tried.add(next);
      await this.#client.query(emptying(this.#state, next));
      await this.refresh();
      await this.#begin(statement);
      const outcome = await this.#attempt(send, statement);
      if (!('refused' in outcome) || next === undefined || !isOfRows(outcome.refused)) return outcome;
      ({ refused } = outcome);
    }
  }

  /** A statement that is not run, as it is about the transaction around it. */
  skipped(statement: Statement): Traced {
    return { ...this.#told(statement, this.#state, this.#locks, [], { limits: none }), added: new Map() };
  }

  /** Runs a statement by itself, outside of a transaction, while others watch. */
  async apart(statement: Statement, refusesTransaction?: Refused): Promise<Traced> {
    const client = this.#client;
    await this.refresh();
    const before = this.#state;
    const inner = await innerOf(client, statement);
    const asked = await client.query<Limits>(limitsNow);
    const limits = asked.rows[0] ?? none;
    await client.query('set client_min_messages = debug1; set lock_timeout = 0; set statement_timeout = 0');
    const tables = [...before.relations.values()].filter((one) => 'rp'.includes(one.kind) && one.persistence !== 't');
    const run = () => listening(client, () => client.query(statement.text));
    let outcome = await runApart(this.copy, tables, run);
    let inTheWay: Refused | undefined;
    if ('refused' in outcome && isOfRows(outcome.refused)) {
      inTheWay = failureOf(outcome.refused);
      await this.#clear(before, inTheWay.table);
      outcome = await runApart(this.copy, tables, run);
    }
    await client.query(
      `reset client_min_messages; set lock_timeout = ${limits.lock}; set statement_timeout = ${limits.statement}`,
    );
    await this.refresh();
    this.#locks = outcome.locks;
    const more = { isApart: true, limits, inner, ...(refusesTransaction && { refusesTransaction }) };
    const told = this.#told(statement, before, new Map(), 'refused' in outcome ? [] : outcome.value.messages, more);
    this.#locks = new Map();
    return {
      ...told,
      ...(inTheWay && { inTheWay }),
      ...('refused' in outcome && { failure: failureOf(outcome.refused) }),
    };
  }

  /** Takes away what a concurrent build left that failed, and the rows that it failed on. */
  async #clear(before: TracedState, table: string | undefined): Promise<void> {
    await this.refresh();
    for (const { id, schema, name, isValid } of this.#state.relations.values())
      if (isValid === false && !before.relations.has(id))
        await this.#client.query(`drop index ${escapeIdentifier(schema)}.${escapeIdentifier(name)}`);
    await this.#client.query(`begin; ${emptying(this.#state, table)}; commit`);
  }
}

/** Statements that delete the rows of the tables of a name, or of all tables, without anything firing. */
function emptying({ relations }: TracedState, table: string | undefined): string {
  const tables = [...relations.values()].filter(({ kind, persistence }) => kind === 'r' && persistence !== 't');
  const named = tables.filter(({ name }) => name === table);
  const all = (named.length > 0 ? named : tables).map(
    ({ schema, name }) => `delete from only ${escapeIdentifier(schema)}.${escapeIdentifier(name)}`,
  );
  const role = (value: string) => `select set_config('session_replication_role', '${value}', true)`;
  return [role('replica'), ...all, role('origin')].join('; ');
}

/** All of a state that is not a counter. */
function shapeOf({ wal: _, ...maps }: TracedState): string {
  const things = Object.values(maps).map((map: ReadonlyMap<string, object>) =>
    [...map].map(([id, one]) => [id, JSON.stringify({ ...one, read: 0, written: 0 })]).sort(),
  );
  return JSON.stringify(things);
}

async function countRows(client: Client, { relations }: TracedState): Promise<Map<string, number>> {
  // A materialized view that was never filled cannot be read, and the transaction would end there.
  const { rows: unfilled } = await client.query<{ id: string }>(
    "select oid::text as id from pg_class where relkind = 'm' and not relispopulated",
  );
  const tables = [...relations.values()].filter(
    (one) => holdsRows(one) && one.kind !== 'p' && !unfilled.some(({ id }) => id === one.id),
  );
  if (tables.length === 0) return new Map();
  const counts = tables.map(
    ({ id, kind, schema, name }) =>
      `select '${id}' as id, count(*)::int as rows from ${kind === 'r' ? 'only ' : ''}${escapeIdentifier(schema)}.${escapeIdentifier(name)}`,
  );
  const { rows } = await client.query<{ id: string; rows: number }>(counts.join(' union all '));
  return new Map(rows.map((row) => [row.id, row.rows]));
}

function failureOf(error: unknown): Refused {
  const {
    code = '',
    message,
    position,
    table,
    constraint,
  } = error as {
    code?: string;
    message: string;
    position?: string;
    table?: string;
    constraint?: string;
  };
  return {
    code,
    message,
    error,
    ...(position !== undefined && { position: Number(position) }),
    ...(table !== undefined && { table }),
    ...(constraint !== undefined && { constraint }),
  };
}

/** Bytes of write-ahead log between two places. */
function distance(from: string, to: string): number {
  const bytes = (place: string) => {
    const [high = '0', low = '0'] = place.split('/');
    return Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16);
  };
  return bytes(to) - bytes(from);
}
