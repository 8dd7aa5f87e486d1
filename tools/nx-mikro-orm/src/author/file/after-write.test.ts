import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { withProject, type Sandbox } from '../../../test/project.ts';
import { refused } from '../../../test/refused.ts';
import { afterWrite } from './after-write.ts';

const untidy = (name: string) => `import {Migration} from "@mikro-orm/migrations"
export class ${name} extends Migration {
static readonly revises = null
override up():void{ this.addSql("select 1") }
override down(): void { this.addSql('select   2') } }
`;

/** A revision that is written, and what is said of the commands that run on it. */
const withFile = (commands: string[][], work: (sandbox: Sandbox, path: string) => Promise<void>) =>
  withProject(async (sandbox) => {
    const text = untidy('Migration20260101000000_a');
    const name = sandbox.write('a', { text });
    sandbox.project.config.afterWrite = commands;
    await work(sandbox, join(sandbox.project.revisions, `${name}.ts`));
  });

/** A program for a test, as words: JavaScript with the file as its argument. */
const script = (text: string, ...words: string[]) => [process.execPath, '-e', text, ...words];
const rewriting = (from: string, to: string) =>
  script(
    `const fs = require('fs'), file = process.argv[1]; fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(${JSON.stringify(from)}, ${JSON.stringify(to)}))`,
    '{file}',
  );

describe('afterWrite', () => {
  it('does nothing by default', () =>
    withFile([], async ({ project }, path) => {
      delete project.config.afterWrite;
      assert.deepEqual(await afterWrite(project, path), []);
    }));

  it("runs the workspace's own programs on the file, in its folder, one after the other", () =>
    withFile([['prettier', '--write', '{file}'], script('console.log(process.cwd())')], async ({ project }, path) => {
      const bin = join(project.workspace, 'node_modules/.bin');
      mkdirSync(bin, { recursive: true });
      symlinkSync(
        join(import.meta.dirname, '../../../../../node_modules/prettier/bin/prettier.cjs'),
        join(bin, 'prettier'),
      );
      const ran = await afterWrite(project, path);
      assert.deepEqual(
        ran.map(({ command }) => command.split(' ')[0]),
        ['prettier', process.execPath],
      );
      assert.match(readFileSync(path, 'utf8'), /^ {2}override up\(\): void \{\n {4}this\.addSql\('select 1'\);/m);
    }));

  it('no shell reads the words', () =>
    withFile(
      [
        script(
          'if (process.argv[1] !== "$HOME `id`; {file}".replace("{file}", process.argv[2])) process.exit(1)',
          '$HOME `id`; {file}',
          '{file}',
        ),
      ],
      async ({ project }, path) => {
        assert.equal((await afterWrite(project, path)).length, 1);
      },
    ));

  const failures: [string, string[], RegExp][] = [
    [
      'a program that fails',
      script('console.log("line 3: no"); console.error("oh"); process.exit(3)'),
      /exit code 3\.\n[\s\S]*\| line 3: no\n {2}\| oh/,
    ],
    ['a program that is not there', ['no-such-program', '{file}'], /there is no such program\.\n {2}no-such-program /],
    ['a program that ends itself', script('process.kill(process.pid, "SIGTERM")'), /it was ended by SIGTERM/],
  ];
  for (const [title, command, says] of failures)
    it(`${title}: the file stays, and what comes after it does not run`, () =>
      withFile([command, rewriting('select 1', 'select 9')], async ({ project }, path) => {
        const problem = await refused(afterWrite(project, path));
        assert.equal(problem.code, 'hook-failed');
        assert.match(problem.message, says);
        assert.equal(problem.message.slice(-path.length), path);
        assert.equal(readFileSync(path, 'utf8'), untidy('Migration20260101000000_a'));
      }));

  it('a program that takes too long is ended', () =>
    withFile([script('setInterval(() => {}, 1000); console.log("still here")')], async ({ project }, path) => {
      const problem = await refused(afterWrite(project, path, 1_000));
      assert.match(problem.message, /it took longer than 1 s, and was ended/);
    }));

  const changes: [string, string[]][] = [
    ['a statement', rewriting('select   2', 'select 2')],
    ['the link', rewriting('= null', "= 'Migration20250101000000_b'")],
    ['the class', rewriting('class Migration20260101000000_a', 'class Other')],
    ['the file, which is gone', script('require("fs").rmSync(process.argv[1])', '{file}')],
  ];
  for (const [title, command] of changes)
    it(`one that changes ${title} is caught, and its work undone`, () =>
      withFile([command], async ({ project }, path) => {
        const problem = await refused(afterWrite(project, path));
        assert.equal(problem.code, 'hook-changed');
        assert.equal(readFileSync(path, 'utf8'), untidy('Migration20260101000000_a'));
      }));
});
