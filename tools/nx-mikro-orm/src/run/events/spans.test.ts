import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { Client } from 'pg';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { refused } from '../../../test/refused.ts';
import { registerSecret } from '../../secrets.ts';
import { run } from '../run.ts';
import type { RunOptions } from '../request.ts';

const exporter = new InMemorySpanExporter();

/** A run with a tracer registered in this process, and what was exported. */
async function traced(sandbox: Sandbox, options: Partial<RunOptions> = {}, fails = false): Promise<ReadableSpan[]> {
  exporter.reset();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  const work = run(sandbox.project, { direction: 'up', ...options });
  await (fails ? refused(work) : work);
  return exporter.getFinishedSpans();
}

/** The spans below a span as an indented list, in the order in which they began. */
function tree(spans: readonly ReadableSpan[], above?: ReadableSpan, indent = ''): string[] {
  return spans
    .filter((span) => span.parentSpanContext?.spanId === above?.spanContext().spanId)
    .sort(
      (a, b) =>
        Number(a.attributes['nx_mikro_orm.statement'] ?? 0) - Number(b.attributes['nx_mikro_orm.statement'] ?? 0),
    )
    .flatMap((span) => [
      `${indent}${span.name}${span.status.code === SpanStatusCode.ERROR ? ` ! ${span.status.message}` : ''}`,
      ...tree(spans, span, `${indent}  `),
    ]);
}

describe('trace spans', () => {
  afterEach(() => trace.disable());

  it('one of the run, of each revision, of each statement, with the names of the conventions', () =>
    withProject(async (sandbox) => {
      registerSecret('geheim-123');
      const a = sandbox.write('a', {
        up: ['create table a (id int)', 'insert into a values (4711)', "comment on table a is 'geheim-123'"],
      });
      const b = sandbox.write('b', {
        body: `override async up() { await this.execute('select 1'); this.addSql('select 2'); }`,
      });
      const spans = await traced(sandbox);
      assert.deepEqual(tree(spans), [
        'nx-mikro-orm up',
        `  up ${a}`,
        '    CREATE TABLE',
        '    INSERT INTO',
        '    COMMENT ON TABLE',
        `  up ${b}`,
        '    SELECT',
        '    SELECT',
      ]);
      const insert = spans.find(({ name }) => name === 'INSERT INTO');
      const { hostname, port, pathname } = new URL(sandbox.url);
      assert.equal(insert?.kind, SpanKind.CLIENT);
      assert.deepEqual(insert?.attributes, {
        'db.system.name': 'postgresql',
        'db.namespace': pathname.slice(1),
        'server.address': hostname,
        'server.port': Number(port),
        'db.query.summary': 'INSERT INTO',
        'db.query.text': 'insert into a values (?)',
        'nx_mikro_orm.statement': 2,
      });
      const everything = JSON.stringify(spans.map(({ attributes, events, status }) => [attributes, events, status]));
      assert.doesNotMatch(everything, /geheim/);
    }));

  it('a failure is its SQLSTATE, and no value leaves with it', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', {
        up: ['create table a (mail text unique)', "insert into a values ('ann@example.org'), ('ann@example.org')"],
      });
      const spans = await traced(sandbox, {}, true);
      assert.deepEqual(tree(spans), [
        'nx-mikro-orm up ! SQLSTATE 23505',
        `  up ${a} ! SQLSTATE 23505`,
        '    CREATE TABLE',
        '    INSERT INTO ! SQLSTATE 23505',
      ]);
      for (const { status, attributes } of spans)
        if (status.code === SpanStatusCode.ERROR) {
          assert.equal(attributes['error.type'], '23505');
          assert.equal(attributes['db.response.status_code'], '23505');
        }
      const everything = JSON.stringify(spans.map(({ attributes, events, status }) => [attributes, events, status]));
      assert.doesNotMatch(everything, /ann@example/);
    }));

  it('who was in the way, and that it was tried again, are events', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      await traced(sandbox);
      const b = sandbox.write('b', { up: ['alter table a add x int'] });
      const other = new Client({ connectionString: sandbox.url, application_name: 'a reader' });
      await other.connect();
      await other.query('begin; lock table a in access share mode');
      let ended: Promise<void> | undefined;
      const spans = await traced(sandbox, {
        lockTimeoutMs: 900,
        onEvent: (event) => void (event.type === 'retried' && (ended ??= other.end())),
      });
      await ended;
      assert.deepEqual(tree(spans), [
        'nx-mikro-orm up',
        `  up ${b}`,
        '    ALTER TABLE ! SQLSTATE 55P03',
        '    ALTER TABLE',
      ]);
      const [first] = spans.filter(({ name }) => name === 'ALTER TABLE');
      assert.deepEqual(
        first?.events.map(({ name, attributes }) => [name, attributes?.['applications']]),
        [['blocked', ['a reader']]],
      );
      const revision = spans.find(({ name }) => name === `up ${b}`);
      assert.deepEqual(
        revision?.events.map(({ name }) => name),
        ['retried'],
      );
    }));

  it('of a database that is up to date, there are none', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      await traced(sandbox);
      assert.deepEqual(await traced(sandbox), []);
    }));

  it('without a tracer, nothing of OpenTelemetry is imported', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      const { file, root } = sandbox.project;
      writeFileSync(
        file,
        `export default { revisions: './revisions', database: () => ${JSON.stringify(sandbox.url)}, orm: () => ({ default: { entities: [] } }) };`,
      );
      const spy =
        'import{registerHooks}from"node:module";registerHooks({resolve(s,c,n){const r=n(s,c);process._rawDebug(r.url);return r}})';
      const loaded = (): string => {
        const spying = ['--import', `data:text/javascript,${encodeURIComponent(spy)}`];
        const bin = join(import.meta.dirname, '../../../bin.js');
        const { stderr, status } = spawnSync(process.execPath, [...spying, bin, 'up'], { cwd: root, encoding: 'utf8' });
        assert.equal(status, 0, stderr);
        return stderr;
      };
      const [working, idle] = [loaded(), loaded()];
      assert.match(working, /run\/events\/tracing\.ts/);
      assert.doesNotMatch(working, /opentelemetry|spans\.ts/);
      assert.doesNotMatch(idle, /run\/events\/tracing\.ts/);
    }));
});
