/** One fault, tried before, during and after each of the twelve statements, and what comes after it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inCase, type Case } from './case.ts';
import { converge } from './converge.ts';
import { makeTemplate } from './database.ts';
import { closeGate, nobodyIsLeft, waitsFor } from './gate.ts';
import { until } from './patience.ts';
import { makeProject, removeProject } from './project.ts';
import { startProxy, type Wire } from './proxy.ts';
import type { Runner } from './runner.ts';
import { portOf, sharedServer } from './server.ts';
import { assertNothing, assertOnce, bare, ground, transactional, type Statement } from './twelve.ts';

export interface Fault {
  /** As in "the runner is killed". */
  title: string;
  /** Makes it happen; `wire` is the connection that the statement is on. */
  strike: (runner: Runner, wire: Wire) => Promise<void>;
}

/** `again`: before it is sent once more, by itself, because the server did not accept it in a transaction. */
export type When = 'before' | 'again' | 'during' | 'answered';

const words: Record<When, string> = {
  before: 'before',
  again: 'announced, but not sent:',
  during: 'while it runs:',
  answered: 'after, unanswered:',
};

/** Registers the cases of one fault for the revision in a transaction, or for the one outside of it. */
export function atEveryStatement(fault: Fault, kind: 'transactional' | 'bare', moments: readonly When[]): void {
  const statements = kind === 'bare' ? bare : transactional;
  const title = `${fault.title}; twelve statements ${kind === 'bare' ? 'outside of a transaction' : 'in a transaction'}`;
  void describe(title, { concurrency: 4 }, () => {
    const project = makeProject();
    const name = project.write('twelve', {
      up: statements.map(({ sql }) => sql),
      transactional: kind === 'transactional',
    });
    const options = { like: '', project };
    let drop: (() => Promise<unknown>) | undefined;
    before(async () => {
      ({ like: options.like, drop } = await makeTemplate(sharedServer(), ground));
    });
    after(async () => {
      removeProject(project);
      await drop?.();
    });
    for (const [at, statement] of statements.entries())
      for (const when of moments.filter((each) => each !== 'again' || statement.untraceable))
        void it(`${words[when]} ${at + 1} ${statement.sql.split('\n')[0]}`, () =>
          inCase(async (the) => {
            const next = await strikeAt(the, statement, when, fault, at % 2 === 0);
            if (kind === 'transactional' && !next) await assertNothing(the.database);
            await converge(the, name, { untraceable: statement.untraceable, ...(next && { first: next.ended }) });
            await assertOnce(the.database, name);
          }, options)());
  });
}

/**
 * Runs `up` until the moment, and lets the fault strike. Where the statement runs on in the server without its runner, the
 * next `up` is started and returned before the statement may end, if `orphaned`.
 */
async function strikeAt(the: Case, { sql, gate }: Statement, when: When, fault: Fault, orphaned: boolean) {
  await using proxy = await startProxy(portOf(sharedServer()));
  if (when !== 'during') {
    const stop = when === 'again' ? proxy.stopAt(sql, 'before', 2) : proxy.stopAt(sql, when);
    const runner = the.start(['up'], { port: proxy.port });
    const stopped = await runner.until(stop);
    await fault.strike(runner, stopped.wire);
    await nobodyIsLeft(the.database);
    return undefined;
  }
  const closed = await closeGate(the.database, gate);
  const runner = the.start(['up'], { port: proxy.port });
  await runner.until(waitsFor(the.database, sql.split('\n')[0] ?? ''));
  const wire = proxy.wireOf(sql);
  assert.ok(wire, 'the statement went through the proxy');
  await fault.strike(runner, wire);
  if (!orphaned) {
    await closed.open();
    await nobodyIsLeft(the.database);
    return undefined;
  }
  const next = the.start(['up']);
  let over = false;
  void next.ended.finally(() => (over = true)).catch(() => undefined);
  const connected = () =>
    the.value(
      `select true from pg_stat_activity where datname = current_database() and application_name like '%pid ${next.pid}'`,
    );
  await until('the next up waits, works or ends', async () => over || (await connected()));
  await closed.open();
  return next;
}
