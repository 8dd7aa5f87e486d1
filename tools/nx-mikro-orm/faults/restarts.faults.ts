import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inCase, openCase, type Case } from './apparatus/case.ts';
import { converge } from './apparatus/converge.ts';
import { makeTemplate } from './apparatus/database.ts';
import { closeGate, waitsFor } from './apparatus/gate.ts';
import { atMost } from './apparatus/patience.ts';
import { makeProject, removeProject } from './apparatus/project.ts';
import { startProxy } from './apparatus/proxy.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { ownServer, portOf, type OwnServer } from './apparatus/server.ts';
import { thorough } from './apparatus/thorough.ts';
import { assertOnce, bare, ground, transactional, type Statement } from './apparatus/twelve.ts';

/** Before which statements, or while which run, the server is killed. */
const moments = thorough ? (['before', 'during'] as const) : (['during'] as const);

for (const kind of ['transactional', 'bare'] as const) {
  const statements = kind === 'bare' ? bare : transactional;
  const title = `The server is killed; twelve statements ${kind === 'bare' ? 'outside of' : 'in'} a transaction`;
  describe(title, { concurrency: 4 }, () => {
    const project = makeProject();
    const name = project.write('twelve', {
      up: statements.map(({ sql }) => sql),
      transactional: kind === 'transactional',
    });
    const points = statements.flatMap((statement, at) =>
      moments.map((when) => ({ statement, when, number: at + 1, open: new AsyncDisposableStack() })),
    );
    let server: OwnServer;
    /** What came of each point: its case, with a runner that is over, or why there is none. */
    let reached: (Case | Error)[] = [];

    // Killed once, when every runner has come to its point.
    before(async () => {
      server = await ownServer();
      const { like } = await makeTemplate(server, ground);
      const waiting = await atMost(4, points, (point) =>
        reach(server, { like, project }, point).catch((error: unknown) => error as Error),
      );
      await server.kill(kind === 'bare' ? 'SIGKILL' : 'SIGQUIT');
      await server.start();
      reached = await Promise.all(
        waiting.map(async (each) =>
          each instanceof Error ? each : each.over().catch((error: unknown) => error as Error),
        ),
      );
    });
    after(async () => {
      for (const { open } of points) await open.disposeAsync();
      await server[Symbol.asyncDispose]();
      removeProject(project);
    });

    for (const [at, { statement, when, number }] of points.entries())
      it(`${when === 'before' ? 'before' : 'while it runs:'} ${number} ${statement.sql.split('\n')[0]}`, async () => {
        const the = reached[at];
        if (the === undefined || the instanceof Error) assert.fail(the);
        await converge(the, name, { untraceable: statement.untraceable });
        await assertOnce(the.database, name);
      });
  });
}

interface Point {
  statement: Statement;
  when: (typeof moments)[number];
  /** What ends with the list of cases. */
  open: AsyncDisposableStack;
}

/** Brings a runner to a point on the server that is going to be killed; `over` awaits its failure. */
async function reach(server: OwnServer, options: object, { statement: { sql, gate }, when, open }: Point) {
  const the = open.use(await openCase({ server, ...options }));
  const proxy = open.use(await startProxy(server.port));
  const stop = when === 'before' ? proxy.stopAt(sql, 'before') : undefined;
  if (when === 'during') await closeGate(the.database, gate);
  const runner = the.start(['up', '--lock-timeout', '100'], { port: proxy.port, patience: 200 });
  await runner.until<unknown>(stop ?? waitsFor(the.database, sql.split('\n')[0] ?? ''));
  const over = async () => {
    exits(await runner.ended, [1, 5], 'the runner whose server was killed');
    return the;
  };
  return { over };
}

describe('The server is restarted', () => {
  it('between two revisions: the run fails and says so, what was applied stays, the next up goes on', async () => {
    await using server = await ownServer();
    await inCase(
      async (the) => {
        const first = the.write('first', {
          up: ['create table log (n serial, what text)', `insert into log (what) values ('first')`],
        });
        const second = the.write('second', { up: [`insert into log (what) values ('second')`] });
        await using proxy = await startProxy(portOf(server));
        const stop = proxy.stopAt(`insert into log (what) values ('second')`, 'before');
        const runner = the.start(['up'], { port: proxy.port });
        const stopped = await runner.until(stop);
        await server.kill('SIGINT');
        await server.start();
        stopped.go();
        const ended = await runner.ended;
        exits(ended, [1, 5]);
        assert.deepEqual(await the.values('select what from log order by n'), ['first']);
        assert.match(ended.said, new RegExp(first), 'what was applied is said');
        exits(await the.run('up'), 0);
        assert.deepEqual(await the.values('select what from log order by n'), ['first', 'second']);
        assert.deepEqual(await the.values('select name from mikro_orm_migrations order by id'), [first, second]);
      },
      { server },
    )();
  });

  it('while five runners wait for one: every effect once after one more up', async () => {
    await using server = await ownServer();
    await inCase(
      async (the) => {
        the.write('tables', {
          up: ['create table log (n serial, what text)', 'create table latch (id int)', 'insert into latch values (1)'],
        });
        exits(await the.run('up'), 0);
        the.write('change', { up: [`insert into log (what) values ('once')`, 'update latch set id = id + 1'] });
        await closeGate(the.database, 'select from latch for update');
        const runners = Array.from({ length: 6 }, () => the.start(['up', '--lock-timeout', '30']));
        await waitsFor(the.database, 'update latch');
        await server.kill('SIGQUIT');
        for (const { ended } of runners) exits(await ended, [1, 5]);
        await server.start();
        exits(await the.run('up'), 0);
        assert.deepEqual(await the.values('select what from log'), ['once']);
        assert.deepEqual(await the.values('select id from latch'), [2]);
      },
      { server },
    )();
  });
});

passwordStaysHidden();
