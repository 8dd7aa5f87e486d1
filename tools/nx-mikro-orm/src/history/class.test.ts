/** Revisions that throw, or use what is gone: whoever reads the refusal knows which, and where. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withProject } from '../../test/project.ts';
import { refused } from '../../test/refused.ts';
import { run } from '../run/run.ts';

const throws = 'const a: any = undefined;\na.foo();';

/** What the body of a class is, which refusal comes of it, and at which line of the file. */
const bodies: { what: string; body: string; code: string; says: RegExp; line: number }[] = [
  {
    what: 'an exception of code that only queues texts',
    body: `override up() {\n${throws}\n}`,
    code: 'revision-broken',
    says: /its up\(\) fails: Cannot read properties of undefined/,
    line: 6,
  },
  {
    what: 'an exception of code that asks the database',
    body: `override async up() {\nawait this.execute('select 1');\n${throws}\n}`,
    code: 'step-failed',
    says: /failed going up: Cannot read properties of undefined/,
    line: 7,
  },
  {
    what: 'a statement of such code that the server refuses',
    body: "override async up() {\n\n\nawait this.execute('select nope');\n}",
    code: 'step-failed',
    says: /column "nope" does not exist/,
    line: 7,
  },
  {
    what: 'getKnex() of MikroORM 6',
    body: "override async up() {\nawait (this as any).getKnex()('x').insert({});\n}",
    code: 'revision-broken',
    says: /its up\(\) calls getKnex\(\), which MikroORM has only up to version 6/,
    line: 5,
  },
  {
    what: 'getKnex() that makes texts',
    body: "override up() {\nthis.addSql((this as any).getKnex().raw('select 1').toQuery());\n}",
    code: 'revision-broken',
    says: /its up\(\) calls getKnex\(\)/,
    line: 5,
  },
];

describe('a revision that fails', () => {
  for (const { what, body, code, says, line } of bodies)
    it(`${what}: named, with its file and line`, () =>
      withProject(async ({ project, write, values }) => {
        write('first', { up: ['create table first (id int)'], down: ['drop table first'] });
        const name = write('second', { body });
        const problem = await refused(run(project, { direction: 'up' }));
        assert.equal(problem.code, code);
        assert.match(problem.message, says);
        assert.ok(problem.message.includes(`${name}.ts:${line}`), problem.message);
        const there = await values("select relname from pg_class where relname = 'first'");
        assert.deepEqual(there, code === 'revision-broken' ? [] : ['first'], 'refused before anything ran');
      }));

  it('a way back that throws is no matter on the way up, and names its line when its turn comes', () =>
    withProject(async ({ project, write }) => {
      const name = write('one', {
        body: `override up() { this.addSql('select 1'); }\noverride down() {\n${throws}\n}`,
      });
      await run(project, { direction: 'up' });
      const { message } = await refused(run(project, { direction: 'down' }));
      assert.ok(message.includes(`${name}.ts:7`), message);
    }));

  it('getKnex() in a way back refuses only that way', () =>
    withProject(async ({ project, write }) => {
      write('one', {
        body: "override up() { this.addSql('select 1'); }\noverride async down() { await (this as any).getKnex()('x'); }",
      });
      await run(project, { direction: 'up' });
      const problem = await refused(run(project, { direction: 'down' }));
      assert.equal(problem.code, 'irreversible');
      assert.match(problem.message, /getKnex\(\)/);
    }));
});
