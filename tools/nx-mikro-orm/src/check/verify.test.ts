import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { withProject, type Sandbox } from '../../test/project.ts';
import { refused } from '../../test/refused.ts';
import { linkHistory } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import { run } from '../run/run.ts';
import { readState } from '../run/standing/standing.ts';
import { verifyHistory } from './verify.ts';

const history = ({ project }: Sandbox) => linkHistory(readRevisions(project.revisions));

describe('a history whose ways back are wrong', () => {
  const wrong = (sandbox: Sandbox) => [
    sandbox.write('half', { up: ['create table x (id int)', 'create table y (id int)'], down: ['drop table x'] }),
    sandbox.write('fails', { up: ['create table z (id int)'], down: ['drop table nowhere'] }),
  ];
  const verify = (sandbox: Sandbox) => verifyHistory(sandbox.project, history(sandbox), () => undefined);

  it('all of them are named in one run, and the rest is verified', () =>
    withProject(async (sandbox) => {
      const [half, fails] = wrong(sandbox);
      sandbox.write('good', { up: ['create table a (id int)'], down: ['drop table a'] });
      const problem = await refused(verify(sandbox));
      assert.equal(problem.code, 'revision-unverified');
      assert.match(problem.message, new RegExp(`${half}[\\s\\S]*table public.y[\\s\\S]*${fails}[\\s\\S]*nowhere`));
      assert.match(problem.next.join('\n'), new RegExp(`wrongDowns: \\['${half}', '${fails}'\\]`));
    }));

  it('what is written down of them passes, and only for as long as it is so', () =>
    withProject(async (sandbox) => {
      sandbox.project.config.wrongDowns = wrong(sandbox);
      const good = sandbox.write('good', { up: ['create table a (id int)'], down: ['drop table a'] });
      assert.deepEqual(
        (await verify(sandbox)).map((one) => one.wrong === undefined),
        [false, false, true],
      );
      sandbox.project.config.wrongDowns = [...sandbox.project.config.wrongDowns, good];
      const problem = await refused(verify(sandbox));
      assert.match(problem.message, new RegExp(`${good} is in`));
    }));

  it('one is mended where it is applied already, and down takes the mended one', () =>
    withProject(async (sandbox) => {
      const name = sandbox.write('half', {
        up: ['create table x (id int)', 'create table y (id int)'],
        down: ['drop table x'],
      });
      await run(sandbox.project, { direction: 'up' });
      const path = history(sandbox).byName.get(name)?.path ?? '';
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, text.replace('"drop table x"', '"drop table x, y"'));
      assert.deepEqual((await readState(sandbox.project)).edited, []);
      await run(sandbox.project, { direction: 'down' });
      assert.deepEqual(await sandbox.values("select relname from pg_class where relname in ('x', 'y')"), []);
      writeFileSync(path, text);
      await run(sandbox.project, { direction: 'up' });
      writeFileSync(path, text.replace('create table y (id int)', 'create table y (id bigint)'));
      assert.equal((await readState(sandbox.project)).edited.length, 1);
    }));
});

it('readings of what was changed that are not confirmed count for nothing: everything is read, from there on', () =>
  withProject(async (sandbox) => {
    sandbox.write('good', { up: ['create table a (id int)'], down: ['drop table a'] });
    const half = sandbox.write('half', {
      up: ['create table x (id int)', 'create table if not exists y (id int)'],
      down: ['drop table x'],
    });
    const blind = () => ({ read: () => Promise.resolve(new Map()), confirm: () => Promise.resolve(false) });
    const verify = () => verifyHistory(sandbox.project, history(sandbox), () => undefined, undefined, blind);
    for (const time of ['first', 'second']) {
      const problem = await refused(verify());
      assert.match(problem.message, new RegExp(`${half}[\\s\\S]*table public.y`), time);
    }
  }));

describe('what was right before, in the same order', () => {
  const table = (name: string) => ({ up: [`create table ${name} (id int)`], down: [`drop table ${name}`] });
  const looked = async (sandbox: Sandbox) => {
    const names: string[] = [];
    const verified = await verifyHistory(sandbox.project, history(sandbox), ({ name }) => void names.push(name));
    assert.equal(verified.length, history(sandbox).order.length);
    return names;
  };

  it('is not verified again; what comes behind it is', () =>
    withProject(async (sandbox) => {
      const first = [
        sandbox.write('a', table('a')),
        sandbox.write('b', { body: `up() { this.addSql('create table b (id int)'); }` }),
      ];
      assert.deepEqual(await looked(sandbox), first);
      assert.deepEqual(await looked(sandbox), []);
      const next = sandbox.write('c', table('c'));
      assert.deepEqual(await looked(sandbox), [next]);
    }));

  it('is verified again where one before it says something else, or the memory is not ours', () =>
    withProject(async (sandbox) => {
      const names = ['a', 'b', 'c'].map((name) => sandbox.write(name, table(name)));
      await looked(sandbox);
      const path = history(sandbox).byName.get(names[1] ?? '')?.path ?? '';
      writeFileSync(path, readFileSync(path, 'utf8').replace('id int', 'id bigint'));
      assert.deepEqual(await looked(sandbox), names.slice(1));
      const file = `${sandbox.project.workspace}/.nx-mikro-orm/verified.json`;
      for (const text of ['{', 'null', '[]', readFileSync(file, 'utf8').replace('"by":"', '"by":"another ')]) {
        writeFileSync(file, text);
        assert.deepEqual(await looked(sandbox), names, text.slice(0, 20));
      }
    }));

  it('is verified again where it runs code, is wrong, or reaches beyond the database', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', table('a'));
      const code = sandbox.write('code', {
        body: `async up() { await this.execute('create table b (id int)'); } down() { this.addSql('drop table b'); }`,
      });
      const beyond = sandbox.write('beyond', {
        ...table('d'),
        up: [`alter system set work_mem = '4MB'`, 'create table d (id int)'],
      });
      const wrong = sandbox.write('wrong', { up: ['create table e (id int)'], down: ['select 1'] });
      sandbox.project.config.wrongDowns = [wrong];
      sandbox.write('c', table('c'));
      await looked(sandbox);
      assert.deepEqual(await looked(sandbox), [code, beyond, wrong]);
    }));
});
