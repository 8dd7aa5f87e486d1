/** Revisions, traced in the same walk that runs them for real. */
import type { Client } from 'pg';
import type { Project } from '../../config.ts';
import { isProblem, type Problem } from '../../errors.ts';
import type { Linked } from '../../history/revision.ts';
import type { OrmSession } from '../../orm.ts';
import { openOrmSession } from '../../postgres/orm-session.ts';
import type { Copy } from '../../rehearsal/scratch/database.ts';
import { scratchWorker } from '../../rehearsal/scratch/worker.ts';
import { walk } from '../../run/step/walk.ts';
import type { Worker } from '../../run/worker/worker.ts';
import { parseStatements } from '../../sql/parse.ts';
import type { TracedState } from './state.ts';
import { Tracer, tracing, type Traced, type Unit } from './trace.ts';

/** What one revision did. */
export interface RevisionTrace {
  revision: Linked;
  /** Whether it runs in a transaction, and whether code sends its statements. */
  transactional: boolean;
  runsCode: boolean;
  /** The texts that it sends, where no code does. */
  texts: string[];
  /** Those that its code announced so far. */
  told: Set<string>;
  units: Unit[];
}

export interface WalkTrace {
  base: TracedState;
  revisions: RevisionTrace[];
  /** What the walk stopped at. */
  stopped: Problem | undefined;
}

/** Runs revisions up on a copy, one after the other, and traces each statement that is sent. */
export async function traceRevisions(
  project: Project,
  copy: Copy,
  revisions: readonly Linked[],
  onRevision: (at: { number: number; of: number; name: string }) => void,
): Promise<WalkTrace> {
  const tracer = await Tracer.on(copy);
  const { state: base } = tracer;
  const traces: RevisionTrace[] = [];
  const client = traced(tracer, () => traces.at(-1));
  let session: Promise<OrmSession> | undefined;
  const orm = () => (session ??= openOrmSession(project, client));
  const { prelude, ...worker } = scratchWorker({ client } as OrmSession);
  const steps = revisions.map((revision) => ({ revision, direction: 'up' as const }));
  try {
    const tell: Worker['tell'] = (event) => {
      if (event.type === 'statement') traces.at(-1)?.told.add(event.sql);
      worker.tell(event);
    };
    await walk({ ...worker, orm, client, tell, prelude: [...prelude, tracing] }, steps, {
      before: async ({ step: { revision }, content }) => {
        onRevision({ number: traces.length + 1, of: steps.length, name: revision.name });
        const { transactional, runsCode, up } = content;
        traces.push({ revision, transactional, runsCode: runsCode.up, texts: up, told: new Set(), units: [] });
      },
    });
  } catch (error) {
    if (!isProblem(error)) throw error;
    return { base, revisions: traces, stopped: error };
  }
  return { base, revisions: traces, stopped: undefined };
}

type Query = (...args: unknown[]) => Promise<unknown>;

/** A connection on which every statement of a revision is traced, one after the other. */
function traced(tracer: Tracer, current: () => RevisionTrace | undefined): Client {
  const { client } = tracer.copy;
  const send = client.query.bind(client) as Query;
  const run = new Tracing(tracer, current, send);
  let last: Promise<unknown> = Promise.resolve();
  const query: Query = (...args) => {
    const running = last.then(() => run.query(args));
    last = running.catch(() => undefined);
    return running;
  };
  return new Proxy(client, {
    get: (target, name) => {
      if (name === 'query') return query;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
}

/** What the runner sends for itself, beside what begins and ends its transactions. */
const ofRunner =
  /nx_mikro_orm\.|^(discard all|set synchronous_commit = off|set (local )?lock_timeout = \d+|reset session authorization.*)$|^set timezone = '<\+00>\+00'/s;

class Tracing {
  readonly #tracer: Tracer;
  readonly #current: () => RevisionTrace | undefined;
  readonly #send: Query;
  #open: Unit | undefined;

  constructor(tracer: Tracer, current: () => RevisionTrace | undefined, send: Query) {
    this.#tracer = tracer;
    this.#current = current;
    this.#send = send;
  }

  async query(args: unknown[]): Promise<unknown> {
    const [first] = args;
    const text = typeof first === 'string' ? first : ((first as { text?: string }).text ?? '');
    const revision = this.#current();
    if (/^begin\b/i.test(text)) return this.#begin(args, revision);
    if (/^(commit|rollback)$/i.test(text)) return this.#end(args, text, revision);
    if (!revision || ofRunner.test(text) || !this.#isOf(revision, text)) return this.#send(...args);
    const statements = await parseStatements(text);
    const isOne = statements.length === 1;
    let answer: unknown;
    for (const statement of statements) {
      const found = this.#open
        ? await this.#tracer.inside(statement, () => (isOne ? this.#send(...args) : this.#send(statement.text)))
        : await this.#tracer.apart(statement);
      this.#note(revision, found);
      const refused = found.failure ?? found.refusesTransaction;
      if (refused && !(found.isApart && !found.failure)) throw refused.error;
      answer = found.answer;
    }
    return answer;
  }

  /** The runner and MikroORM ask questions of their own; MikroORM does so before a transaction begins. */
  #isOf({ runsCode, texts, told }: RevisionTrace, text: string): boolean {
    return runsCode ? this.#open !== undefined || told.has(text) : texts.includes(text);
  }

  #note({ units }: RevisionTrace, found: Traced): void {
    if (this.#open) this.#open.statements.push(found);
    else units.push({ isTransaction: false, statements: [found] });
  }

  async #begin(args: unknown[], revision: RevisionTrace | undefined): Promise<unknown> {
    const answer = await this.#send(...args);
    await this.#tracer.begun();
    this.#open = { isTransaction: revision?.transactional ?? true, statements: [] };
    revision?.units.push(this.#open);
    return answer;
  }

  async #end(args: unknown[], word: string, revision: RevisionTrace | undefined): Promise<unknown> {
    const answer = await this.#send(...args);
    const { statements = [] } = this.#open ?? {};
    // Outside of a transaction, what refused one is sent again by itself.
    const isTriedAgain = revision?.transactional === false && statements.some((one) => one.refusesTransaction);
    if (isTriedAgain) revision.units.pop();
    this.#open = undefined;
    if (/rollback/i.test(word)) await this.#tracer.refresh();
    return answer;
  }
}
