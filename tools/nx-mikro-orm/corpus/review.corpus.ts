/** Statements whose effect is known: each is found by its class, or nothing is said; and a second session agrees about the locks. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Client } from 'pg';
import { judgeScript } from '../src/review/judge.ts';
import { stopsReaders, stopsWriters, strongest, type Mode } from '../src/review/trace/locks.ts';
import { Tracer } from '../src/review/trace/trace.ts';
import { parseStatements } from '../src/sql/parse.ts';
import { reviewing, type Reviewing } from '../test/reviewing.ts';
import type { ReviewEntry } from './review/entry.ts';
import { corpora } from './review/index.ts';

const major = Number(process.env['POSTGRES_MAJOR'] ?? 18);

class Asking {
  readonly #schema: () => Reviewing;
  #tracer: Promise<Tracer> | undefined;
  #other: Promise<Client> | undefined;

  constructor(schema: () => Reviewing) {
    this.#schema = schema;
  }

  /** After each statement, whom the trace says that it keeps out is who is kept out. */
  async agrees(sql: string): Promise<void> {
    const traced = await (this.#tracer ??= this.#schema()
      .take()
      .then((copy) => Tracer.on(copy)));
    const asking = await (this.#other ??= traced.copy.another());
    const base = traced.state;
    await traced.begin();
    try {
      for (const statement of await parseStatements(sql)) {
        if (statement.type === 'TransactionStmt') continue;
        const { added, held } = await traced.inside(statement);
        const locks = strongest([...held, ...added]);
        const said = (stops: (mode: Mode) => boolean) =>
          [...base.relations.values()]
            .filter(({ id, kind }) => 'rp'.includes(kind) && locks.has(id) && stops(locks.get(id)!))
            .map(({ schema, name }) => `${schema}.${name}`)
            .sort();
        assert.deepEqual(
          await keptOut(asking),
          { readers: said(stopsReaders), writers: said(stopsWriters) },
          statement.text,
        );
      }
    } finally {
      await traced.copy.client.query('rollback');
      traced.back(base);
    }
  }
}

const question = `do $$ declare t record; begin
  for t in select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid >= 16384 and c.relkind in ('r', 'p') and n.nspname !~ '^pg_' loop
    begin execute format('lock table only %I.%I in access share mode nowait', t.schema, t.name);
    exception when lock_not_available then raise notice 'readers %.%', t.schema, t.name; end;
    begin execute format('lock table only %I.%I in row exclusive mode nowait', t.schema, t.name);
    exception when lock_not_available then raise notice 'writers %.%', t.schema, t.name; end;
  end loop;
end $$`;

async function keptOut(client: Client): Promise<Record<'readers' | 'writers', string[]>> {
  const heard: string[] = [];
  const hear = ({ message = '' }: { message?: string | undefined }) => heard.push(message);
  client.on('notice', hear);
  await client.query(question);
  client.off('notice', hear);
  const of = (whom: string) =>
    heard.flatMap((line) => (line.startsWith(`${whom} `) ? [line.slice(whom.length + 1)] : [])).sort();
  return { readers: of('readers'), writers: of('writers') };
}

async function isFound({ runner }: Reviewing, { sql, class: expected, autocommit }: ReviewEntry): Promise<void> {
  const findings = await judgeScript(runner, sql, { autocommit });
  const found = findings.map((one) => `${one.class}: ${one.message}`);
  if (expected === null) assert.deepEqual(found, []);
  else
    assert.ok(
      findings.some((one) => one.class === expected),
      `${expected} is not among ${JSON.stringify(found)}`,
    );
}

for (const { base, themes } of corpora)
  describe(`statements about ${base}`, () => {
    const schema = reviewing(base);
    for (const [theme, all] of Object.entries(themes))
      describe(theme, () => {
        for (const entry of all.filter(({ since = 0 }) => since <= major))
          it(`${entry.class ?? 'harmless'}${entry.autocommit ? ', each by itself' : ''}: ${entry.sql}`, () =>
            isFound(schema(), entry));
      });

    describe('a second session that asks for every table without waiting', () => {
      const sent = new Set<string>();
      const asking = new Asking(schema);
      for (const { sql, autocommit } of Object.values(themes)
        .flat()
        .filter(({ since = 0 }) => since <= major)) {
        if (autocommit || sent.has(sql)) continue;
        sent.add(sql);
        it(`sees the same locks: ${sql}`, () => asking.agrees(sql));
      }
    });
  });
