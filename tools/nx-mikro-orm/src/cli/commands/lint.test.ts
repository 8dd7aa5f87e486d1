import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isProblem } from '../../errors.ts';
import { withProject, type Sandbox } from '../../../test/project.ts';
import type { Report } from './command.ts';
import lint from './lint.ts';

const report = { progress: () => undefined } as unknown as Report;
const defaults = {
  since: undefined,
  pending: false,
  sql: [],
  base: undefined,
  autocommit: false,
  stats: undefined,
  sarif: false,
  allowed: false,
  github: false,
  markdown: false,
};

const call = ({ project }: Sandbox, options: object, args: string[] = []) =>
  lint.run({ project, report, args, options: { ...defaults, ...options } });

/** Files in a folder that goes. */
async function withFiles(texts: Record<string, string>, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-lint-'));
  try {
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const base = 'create table teacher (id integer primary key, name text not null);\ncreate role app;\n';

describe('lint', () => {
  it('prints SARIF and nothing else, and refuses two forms at once', () =>
    withProject((sandbox) =>
      withFiles({ 'base.sql': base, 'one.sql': 'create index on teacher (name);' }, async (folder) => {
        const options = { sql: [join(folder, 'one.sql')], base: join(folder, 'base.sql') };
        const { lines } = await call(sandbox, { ...options, sarif: true });
        const { version, runs } = JSON.parse(lines.join('\n')) as { version: string; runs: { results: object[] }[] };
        assert.deepEqual([version, runs.length, runs[0]?.results.length], ['2.1.0', 1, 1]);
        await assert.rejects(
          async () => call(sandbox, { ...options, sarif: true, github: true }),
          (error) => isProblem(error) && error.code === 'bad-option',
        );
      }),
    ));

  it('lists what is allowed in the history, with its reason', () =>
    withProject(async (sandbox) => {
      assert.deepEqual((await call(sandbox, { allowed: true })).json, { allowed: [] });
      sandbox.write('first', { up: ['-- allow index-build: forty rows\ncreate table note (id bigint)'] });
      const { json, lines } = await call(sandbox, { allowed: true });
      const [one] = (json as { allowed: { code: string; reason: string; by: null }[] }).allowed;
      assert.deepEqual([one?.code, one?.reason, one?.by], ['index-build', 'forty rows', null]);
      assert.match(lines[0] ?? '', /_first\.ts:\d+ {2}index-build {2}forty rows {2}\(not committed\)$/);
    }));

  it('leaves to psql what only psql understands, and keeps every place', () =>
    withProject((sandbox) =>
      withFiles(
        {
          'base.sql': base,
          'of-psql.sql':
            '\uFEFF\\set ON_ERROR_STOP on\r\ncreate table note (id bigint, body text);\r\ncopy note (id, body) from stdin;\r\n1\tdrop table teacher;\r\n\\.\r\ncreate index on teacher (name);\r\n',
        },
        async (folder) => {
          const { json } = await call(sandbox, { sql: [join(folder, 'of-psql.sql')], base: join(folder, 'base.sql') });
          const { targets } = json as { targets: { findings: { code: string; line: number; column: number }[] }[] };
          assert.deepEqual(
            targets[0]?.findings.map(({ code, line, column }) => [code, line, column]),
            [['index-build', 6, 1]],
          );
        },
      ),
    ));

  it('judges each file by itself, with the documented fields, and exits by the errors', () =>
    withProject((sandbox) =>
      withFiles(
        {
          'base.sql': base,
          'one.sql': '-- first\n\n  create index on teacher (name);\n',
          'two.sql': 'alter table teacher add column bio text;',
        },
        async (folder) => {
          const files = ['one.sql', 'two.sql'].map((name) => join(folder, name));
          const outcome = await call(sandbox, { sql: [files[0]], base: join(folder, 'base.sql') }, [files[1] ?? '']);
          const { targets } = outcome.json as { targets: { file: string; revision: null; findings: object[] }[] };
          assert.deepEqual(
            targets.map(({ file, revision, findings }) => [file, revision, findings.length]),
            [
              [files[0], null, 1],
              [files[1], null, 0],
            ],
          );
          assert.deepEqual(targets[0]?.findings[0], {
            code: 'index-build',
            class: 'index_build_blocking',
            severity: 'error',
            statement: 'create index on teacher (name)',
            line: 3,
            column: 3,
            relation: 'teacher',
            lock: 'ShareLock',
            held: null,
            message: 'teacher_name_idx is built on teacher; every write of it waits (ShareLock)',
            instead:
              'create the index concurrently, in a step outside of a transaction; make a constraint of it by `add constraint … using index`',
          });
          assert.equal(outcome.exit, 'refused');
          const harmless = await call(sandbox, { sql: [files[1]], base: join(folder, 'base.sql') });
          assert.deepEqual([harmless.exit, harmless.lines], ['ok', ['Nothing found in 1 file.']]);
        },
      ),
    ));

  it('judges against the head of the history where there is no other base', () =>
    withProject((sandbox) =>
      withFiles({ 'one.sql': 'drop table room' }, async (folder) => {
        sandbox.write('room', { up: ['create table room (id integer)'] });
        const outcome = await call(sandbox, { sql: [folder] });
        const { targets } = outcome.json as { targets: { findings: { code: string }[] }[] };
        assert.deepEqual(
          targets.flatMap(({ findings }) => findings.map(({ code }) => code)),
          ['rows-lost', 'name-gone'],
        );
      }),
    ));

  it('points at the character of a mistake', () =>
    withProject((sandbox) =>
      withFiles({ 'base.sql': base, 'one.sql': 'select 1;\nselect nowhere from teacher' }, async (folder) => {
        const outcome = await call(sandbox, { sql: [join(folder, 'one.sql')], base: join(folder, 'base.sql') });
        const { targets } = outcome.json as { targets: { findings: Record<string, unknown>[] }[] };
        const [{ line, column, class: kind } = {}] = targets[0]?.findings ?? [];
        assert.deepEqual([kind, line, column], ['invalid', 2, 8]);
      }),
    ));

  it('judges what the database lacks', () =>
    withProject(async (sandbox) => {
      sandbox.write('room', { up: ['create table room (id integer)'] });
      const outcome = await call(sandbox, { pending: true });
      assert.deepEqual([outcome.exit, outcome.lines], ['ok', ['Nothing found in 1 file.']]);
    }));

  it('prints annotations, and a comment with its verdict first', () =>
    withProject((sandbox) =>
      withFiles({ 'base.sql': base, 'one.sql': 'truncate teacher' }, async (folder) => {
        const options = { sql: [join(folder, 'one.sql')], base: join(folder, 'base.sql') };
        const [annotation = ''] = (await call(sandbox, { ...options, github: true })).lines;
        assert.match(
          annotation,
          /^::error file=.*one\.sql,line=1,col=1,title=rows-lost::all rows of teacher are gone%0A/,
        );
        const [marker, verdict] = (await call(sandbox, { ...options, markdown: true })).lines;
        assert.deepEqual(
          [marker, verdict],
          [
            '<!-- nx-mikro-orm lint -->',
            '**Do not merge yet**: 1 finding would stop, break or lose something in production.',
          ],
        );
      }),
    ));

  it('refuses what it cannot read, and options that do not go together', () =>
    withProject((sandbox) =>
      withFiles(
        { 'base.sql': 'create table a (id integer);\ncreate table a (id integer)', 'one.sql': '' },
        async (folder) => {
          const fails = async (options: object, code: string, args: string[] = []) =>
            assert.rejects(call(sandbox, options, args), (error) => isProblem(error) && error.code === code);
          await fails({ sql: [join(folder, 'none.sql')] }, 'file-missing');
          await fails({ sql: [join(folder, 'one.sql')], base: join(folder, 'base.sql') }, 'base-broken');
          await fails({ base: join(folder, 'base.sql') }, 'bad-option');
          await fails({ pending: true }, 'bad-option', ['head']);
          await fails({ since: 'no-such-ref' }, 'since-unknown');
        },
      ),
    ));
});
