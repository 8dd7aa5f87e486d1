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
