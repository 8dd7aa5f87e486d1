import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import { redact, secrets } from '../../secrets.ts';
import { anonymous, summary } from '../../sql/anonymous.ts';
import { isSqlstate } from '../../sql/sqlstate.ts';
import type { Target } from '../../postgres/connect/connect.ts';
import type { RunEvent } from './events.ts';

type Api = typeof import('@opentelemetry/api');
type Of<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** What the semantic conventions call a database, a statement and an error (stable since 1.33). */
const databaseOf = ({ url, database }: Target): Attributes => {
  const { hostname, port, searchParams } = new URL(url);
  return {
    'db.system.name': 'postgresql',
    'db.namespace': database,
    'server.address': searchParams.get('host') ?? (hostname || 'localhost'),
    'server.port': Number(port || 5432),
  };
};

/** Trace spans of a run: one for the run, one for each revision, one for each statement. */
export class Spans {
  readonly #api: Api;
  readonly #tracer: Tracer;
  readonly #database: Attributes;
  readonly #doing: string;
  #run: Span | undefined;
  #revisions = new Map<string, Span>();
  #statement: Span | undefined;
  /** What the run failed with. */
  #failure: string | undefined;
  /** Who was in the way when it was told last. */
  #blockers = '';

  constructor(api: Api, target: Target, doing: string) {
    this.#api = api;
    this.#tracer = api.trace.getTracer('nx-mikro-orm');
    this.#database = databaseOf(target);
    this.#doing = doing;
  }

  hear(event: RunEvent): void {
    (this.#ears[event.type] as ((event: RunEvent) => void) | undefined)?.(event);
  }

  /** What comes before the run has none. */
  readonly #ears: { [Type in RunEvent['type']]: ((event: Of<Type>) => void) | undefined } = {
    waiting: undefined,
    found: undefined,
    duplicated: undefined,
    skipped: undefined,
    planned: ({ run, revisions }) => {
      this.#run = this.#begin(`nx-mikro-orm ${this.#doing}`, undefined, {
        'nx_mikro_orm.run': run,
        'nx_mikro_orm.revisions': revisions.length,
      });
    },
    restamped: ({ revision }) => void this.#run?.addEvent('restamped', { revision }),
    started: (event) => {
      // An attempt more is the same revision: its span tells of the attempts before.
      if (!this.#revisions.has(event.revision)) this.#revisions.set(event.revision, this.#beginRevision(event));
    },
    statement: (event) => this.#beginStatement(event),
    answered: ({ skipped }) => {
      if (skipped) this.#statement?.setAttribute('nx_mikro_orm.skipped', true);
      this.#endStatement();
    },
    blocked: (event) => this.#note(event),
    retried: (event) => this.#retry(event),
    mended: ({ revision, what }) => void this.#revisions.get(revision)?.addEvent('mended', { what }),
    finished: ({ revision }) => {
      this.#endStatement();
      this.#endRevision(revision);
    },
    failed: ({ revision, because, sqlstate }) => {
      if (because === undefined) {
        this.#failure = sqlstate;
        this.#endStatement(sqlstate ?? '_OTHER');
      }
      this.#endRevision(revision, sqlstate ?? '_OTHER');
    },
    ended: ({ ok }) => {
      this.#endStatement();
      if (this.#run) this.#end(this.#run, ok ? undefined : (this.#failure ?? '_OTHER'));
    },
  };

  #begin(name: string, parent: Span | undefined, attributes: Attributes, kind = this.#api.SpanKind.INTERNAL): Span {
    const { context, trace } = this.#api;
    const above = parent ? trace.setSpan(context.active(), parent) : context.active();
    return this.#tracer.startSpan(name, { kind, attributes: { ...this.#database, ...attributes } }, above);
  }

  #beginRevision({ revision, direction, transactional }: Of<'started'>): Span {
    return this.#begin(`${direction} ${revision}`, this.#run, {
      'nx_mikro_orm.revision': revision,
      'nx_mikro_orm.direction': direction,
      'nx_mikro_orm.transactional': transactional,
    });
  }

  #beginStatement({ revision, sql, statement }: Of<'statement'>): void {
    // Of code, nobody hears when it is answered.
    this.#endStatement();
    const kind = summary(sql);
    const text = redact(anonymous(sql), secrets());
    const attributes = { 'db.query.summary': kind, 'db.query.text': text, 'nx_mikro_orm.statement': statement };
    this.#statement = this.#begin(kind, this.#revisions.get(revision), attributes, this.#api.SpanKind.CLIENT);
    this.#blockers = '';
  }

  #note({ blockers, waitedMs }: Of<'blocked'>): void {
    const pids = blockers.map(({ pid }) => pid);
    if (pids.join() === this.#blockers) return;
    this.#blockers = pids.join();
    this.#statement?.addEvent('blocked', {
      pids,
      applications: blockers.map(({ application }) => application),
      waited_ms: waitedMs,
    });
  }

  #retry({ revision, statement, attempt, sqlstate, pauseMs, because }: Of<'retried'>): void {
    this.#revisions.get(revision)?.addEvent('retried', { attempt, sqlstate, pause_ms: pauseMs });
    // A single statement that is tried again goes on; of a step that is, it begins anew.
    if (statement === undefined && because === undefined) this.#endStatement(sqlstate);
  }

  #endStatement(error?: string): void {
    if (this.#statement) this.#end(this.#statement, error);
    this.#statement = undefined;
  }

  #endRevision(name: string, error?: string): void {
    const span = this.#revisions.get(name);
    if (span) this.#end(span, error);
    this.#revisions.delete(name);
  }

  /** An error is told by its SQLSTATE only: PostgreSQL's words may hold values. */
  #end(span: Span, error: string | undefined): void {
    if (error !== undefined) {
      span.setAttribute('error.type', error);
      if (isSqlstate(error)) span.setAttribute('db.response.status_code', error);
      span.setStatus({
        code: this.#api.SpanStatusCode.ERROR,
        message: error === '_OTHER' ? 'failed' : `SQLSTATE ${error}`,
      });
    }
    span.end();
  }
}
