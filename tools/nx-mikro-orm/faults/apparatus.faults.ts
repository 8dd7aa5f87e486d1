import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inCase } from './apparatus/case.ts';
import { closeGate, waitsFor } from './apparatus/gate.ts';
import { startProxy } from './apparatus/proxy.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';

describe('The apparatus', () => {
  it('a runner applies a revision and says so', inCase(async (the) => {
    the.write('a', { up: ['create table a (id int)'] });
    const r = await the.run('up');
    exits(r, 0);
    console.log(r.ms, r.said);
    const r2 = await the.run('up');
    console.log(r2.ms, r2.said);
    assert.equal(await the.value('select count(*)::int from a'), 0);
  }));
  it('proxy', inCase(async (the) => {
    the.write('a', { up: ['create table a (id int)', 'insert into a values (1)', 'insert into a values (2)'] });
    const port = Number(new URL(the.database.url()).port);
    await using proxy = await startProxy(port);
    const held = proxy.stopAt(/^commit/i, 'answered');
    const r = the.start(['up'], {url: the.database.url({port: proxy.port})});
    const s = await held;
    console.log(proxy.sent().map((x) => x.slice(0, 100)));
    assert.equal(await the.value('select count(*)::int from a'), 2);
    s.wire.cut();
    const e = await r.ended;
    console.log(e);
  }));
});
passwordStaysHidden();
