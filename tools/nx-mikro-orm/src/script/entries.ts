/** Rows of ledger and journal, as statements of a script. */
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Project } from '../config.ts';
import type { Content } from '../history/content.ts';
import { statementDigest } from '../history/digest.ts';
import type { Linked } from '../history/revision.ts';
import { journalStatements, journalTable, longestBegun, readable } from '../ledger/journal.ts';
import { extra, ledgerStatements, ledgerTable } from '../ledger/ledger.ts';
import type { Provenance } from '../ledger/provenance.ts';
import { valuesOf } from '../ledger/record.ts';

interface NumberedStatement {
  revision: Linked;
  /** From 1. */
  number: number;
  sql: string;
}

/** Milliseconds since the transaction began. */
const sinceBegin =
  '(extract(epoch from (pg_catalog.clock_timestamp() operator(pg_catalog.-) pg_catalog.now())) operator(pg_catalog.*) 1000)::int';

/** Milliseconds since a step or the script began: psql keeps the moment. */
const since = (moment: string): string =>
  `(extract(epoch from (pg_catalog.clock_timestamp() operator(pg_catalog.-) :'${moment}'::timestamptz)) operator(pg_catalog.*) 1000)::int`;

const keep = (moment: string): string => `select pg_catalog.clock_timestamp() as ${moment} \\gset`;

/** Who runs the script is known to the server; what the script was written from, to whoever writes it. */
export class Entries {
  readonly #project: Project;
  readonly #provenance: Pick<Provenance, 'commit' | 'branch' | 'tool'>;

  constructor(project: Project, provenance: Pick<Provenance, 'commit' | 'branch' | 'tool'>) {
    this.#project = project;
    this.#provenance = provenance;
  }

  /** Makes ledger and journal where they are absent, and keeps what every row of this run says. */
  open(): string[] {
    const ensure = (table: string, { make, extend }: Record<'make' | 'extend', string>) =>
      `if pg_catalog.to_regclass(${escapeLiteral(table)}) is null then ${make}; else ${extend}; end if;`;
    const { schema } = this.#project.table;
    const body = [
      'begin',
      `if not exists (select from pg_catalog.pg_namespace where nspname = ${escapeLiteral(schema)}) then create schema ${escapeIdentifier(schema)}; end if;`,
      ensure(ledgerTable(this.#project), ledgerStatements(this.#project)),
      ensure(journalTable(this.#project), journalStatements(this.#project)),
      'end',
    ];
    return [
      'set client_min_messages = warning;',
      `do ${escapeLiteral(body.join('\n'))};`,
      'set client_min_messages = notice;',
      `select pg_catalog.gen_random_uuid() as nx_run, coalesce(pg_catalog.host(pg_catalog.inet_client_addr()), 'local') as nx_host,
  backend_start as nx_backend_start from pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) \\gset`,
      keep('nx_began'),
    ];
  }

  /** Keeps when a step outside of a transaction began. */
  readonly start = keep('nx_step');

  run(names: readonly string[]): string {
    return this.#note({
      event: "'run'",
      direction: "'up'",
      plan: arrayOf(names),
      open_rows: "'{}'::pg_catalog.int8[]",
    });
  }

  end(): string {
    return this.#note({ event: "'end'", duration_ms: since('nx_began') });
  }

  /** A statement outside of a transaction that is about to be sent, or is done. */
  statement(event: 'begun' | 'done', { revision, number, sql }: NumberedStatement): string {
    return this.#note({
      event: escapeLiteral(event),
      revision: escapeLiteral(revision.name),
      direction: "'up'",
      statement: String(number),
      digest: escapeLiteral(statementDigest(sql)),
      sql: escapeLiteral(event === 'begun' ? readable(sql, longestBegun) : readable(sql)),
    });
  }

  finished(revision: Linked, content: Content): string {
    return this.#note({
      event: "'applied'",
      revision: escapeLiteral(revision.name),
      direction: "'up'",
      ...(content.transactional && { attempt: '1' }),
      duration_ms: durationOf(content),
    });
  }

  /** The row of the ledger. */
  applied(revision: Linked, content: Content): string {
    const { commit, branch, tool } = this.#provenance;
    const values: Record<string, string> = {
      name: escapeLiteral(revision.name),
      ...Object.fromEntries(Object.entries(valuesOf(revision, content)).map(([name, value]) => [name, literal(value)])),
      applied_by: 'session_user',
      host: ":'nx_host'",
      commit: literal(commit),
      branch: literal(branch),
      tool: literal(tool),
      duration_ms: durationOf(content),
    };
    const types: Readonly<Record<string, string>> = extra;
    return insert(ledgerTable(this.#project), values, types);
  }

  #note(entry: Record<string, string>): string {
    const { commit, branch, tool } = this.#provenance;
    return insert(journalTable(this.#project), {
      run: ":'nx_run'::pg_catalog.uuid",
      ...entry,
      applied_by: 'session_user',
      host: ":'nx_host'",
      backend: 'pg_catalog.pg_backend_pid()',
      backend_start: ":'nx_backend_start'::timestamptz",
      commit: literal(commit),
      branch: literal(branch),
      tool: literal(tool),
      role: 'session_user',
    });
  }
}

const durationOf = ({ transactional }: Content): string => (transactional ? sinceBegin : since('nx_step'));

const arrayOf = (texts: readonly string[]): string =>
  `array[${texts.map((text) => escapeLiteral(text)).join(', ')}]::pg_catalog.text[]`;

function literal(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (Array.isArray(value)) return arrayOf(value as string[]);
  return typeof value === 'string' ? escapeLiteral(value) : String(value);
}

const insert = (table: string, values: Record<string, string>, types: Readonly<Record<string, string>> = {}): string =>
  `insert into ${table} (${Object.keys(values).map(escapeIdentifier).join(', ')}) values (${Object.entries(values)
    .map(([name, value]) =>
      value === 'null' && types[name] ? `null::${types[name].replace(/^text/, 'pg_catalog.text')}` : value,
    )
    .join(', ')});`;
