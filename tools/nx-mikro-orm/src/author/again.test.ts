import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { defineEntity, p, type EntitySchema } from '@mikro-orm/core';
import { withProject, type Sandbox } from '../../test/project.ts';
import { refused } from '../../test/refused.ts';
import { run } from '../run/run.ts';
import { linkHistory } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import { createAgain, type AgainOptions } from './again.ts';
import { create, type Created } from './create.ts';
import { draftFolder } from './file/replaced.ts';
import { readRecord } from '../diff/questions/decision.ts';

const teacher = (properties: Record<string, unknown> = {}): EntitySchema =>
  defineEntity({
    name: 'Teacher',
    tableName: 'teacher',
    properties: { id: p.integer().primary(), ...properties } as never,
  }) as never;

type Become = (properties: Record<string, unknown>) => void;

/** A history of two: a teacher with an `ssn`, applied; then what `create` makes of a `nickname` in its place. */
const withTwo = (work: (sandbox: Sandbox, second: Created, become: Become) => Promise<void>) => {
  let models = [teacher({ ssn: p.string().nullable() })];
  return withProject(
    async (sandbox) => {
      await make(sandbox, 'Create teacher');
      await run(sandbox.project, { direction: 'up' });
      models = [teacher({ nickname: p.string().nullable() })];
      const second = await make(sandbox, 'Call it */ nickname', 'rename teacher.ssn:nickname');
      await work(sandbox, second, (properties) => (models = [teacher(properties)]));
    },
    () => models as never,
  );
};

async function make({ project }: Sandbox, message: string, ...decisions: string[]): Promise<Created> {
  const created = await create(project, { message, decisions: decisions.map(readRecord) });
  assert.ok(created, 'something to create');
  return created;
}

const again = ({ project }: Sandbox, options: Partial<AgainOptions> = {}) =>
  createAgain(project, { decisions: [], ...options });
const revisions = ({ project }: Sandbox) => readRevisions(project.revisions);
const files = ({ project }: Sandbox) => readdirSync(project.revisions).sort();

describe('the revision that an answer led to', () => {
  it('says so, to people and to the next run', () =>
    withTwo(async (sandbox, { text, name }) => {
      assert.ok(
        text.includes(
          '/**\n * Call it * / nickname\n *\n * Column teacher.ssn was renamed to nickname.\n */\nexport class',
        ),
        text,
      );
      assert.ok(text.includes("\n  static readonly decisions = ['rename teacher.ssn:nickname'];\n"), text);
      const read = revisions(sandbox).find((one) => one.name === name);
      assert.deepEqual(read?.decisions, ['rename teacher.ssn:nickname']);
    }));
});

describe('create --again', () => {
  it('takes the models as they are now, with the recorded answers and the message', () =>
    withTwo(async (sandbox, second, become) => {
      become({ nickname: p.string().nullable(), email: p.string().nullable() });
      const written = await again(sandbox);
      assert.equal(written.replaced, second.name);
      assert.match(written.database, /does not have it$/);
      assert.notEqual(written.name, second.name);
      assert.match(written.name, /_call_it_nickname$/);
      assert.equal(written.revises, second.revises);
      assert.match(written.text, /Call it \* \/ nickname\n[^]*rename column "ssn" to "nickname"[^]*add column "email"/);
      assert.deepEqual(files(sandbox), [`${written.revises}.ts`, `${written.name}.ts`]);
      assert.equal(readFileSync(written.path, 'utf8'), written.text);
      assert.equal(await create(sandbox.project, { decisions: [] }), undefined, 'nothing is missing after it');
      await sandbox.client.query("insert into teacher (id, ssn) values (1, '123')");
      await run(sandbox.project, { direction: 'up' });
      assert.deepEqual(await sandbox.values('select nickname from teacher'), ['123']);
    }));

  it('another answer and another message', () =>
    withTwo(async (sandbox) => {
      const { name, text } = await again(sandbox, {
        message: 'Forget it',
        decisions: [readRecord('drop teacher.ssn')],
      });
      assert.match(name, /_forget_it$/);
      assert.match(text, /\* Forget it\n \*\n \* Column teacher\.ssn was dropped, with its data\./);
      assert.match(text, /decisions = \['drop teacher\.ssn'\]/);
    }));

  it('an answer that nothing asks for any more is left out', () =>
    withTwo(async (sandbox, _, become) => {
      become({ ssn: p.string().nullable(), email: p.string().nullable() });
      const { text } = await again(sandbox);
      assert.doesNotMatch(text, /decisions|ssn/);
    }));

  it('what is new is asked', () =>
    withTwo(async (sandbox, second, become) => {
      become({ alias: p.string().nullable() });
      const before = files(sandbox);
      assert.equal((await refused(again(sandbox))).code, 'question-open');
      assert.deepEqual(files(sandbox), before);
      const { text } = await again(sandbox, { ask: async () => [readRecord('rename teacher.ssn:alias')] });
      assert.match(text, /decisions = \['rename teacher\.ssn:alias'\]/);
      assert.doesNotMatch(files(sandbox).join(' '), new RegExp(second.name));
    }));
});

describe('create --again is refused, and nothing changes', () => {
  const unchanged = async (sandbox: Sandbox, code: string, next: RegExp) => {
    const before = files(sandbox).map((file) => file + readFileSync(join(sandbox.project.revisions, file), 'utf8'));
    const problem = await refused(again(sandbox));
    assert.equal(problem.code, code);
    assert.match(problem.next.join('\n'), next);
    assert.deepEqual(
      files(sandbox).map((file) => file + readFileSync(join(sandbox.project.revisions, file), 'utf8')),
      before,
    );
  };

  it('where there is no revision', () =>
    withProject(async (sandbox) => unchanged(sandbox, 'again-nothing', /create -m/)));

  it('where a person wrote it, or edited it', () =>
    withTwo(async (sandbox, second, become) => {
      become({ nickname: p.string().nullable(), email: p.string().nullable() });
      writeFileSync(
        second.path,
        second.text.replace('down(): void {', 'down(): void {\n    this.execute("select 1");'),
      );
      await unchanged(sandbox, 'again-foreign', /create -m/);
      writeFileSync(second.path, second.text.replace('up(): void {', "up(): void {\n    this.addSql('select 1');"));
      await unchanged(sandbox, 'again-foreign', /git log/);
      writeFileSync(second.path, second.text.replace('down(): void {', "down(): void {\n    this.addSql('select 1');"));
      await unchanged(sandbox, 'again-foreign', /git log/);
      writeFileSync(second.path, second.text.replace(/ {2}static readonly generated = .*\n/, ''));
      await unchanged(sandbox, 'again-foreign', /create -m/);
    }));

  it('where the target database has it', () =>
    withTwo(async (sandbox) => {
      await run(sandbox.project, { direction: 'up' });
      await unchanged(sandbox, 'again-applied', /npx nx-mikro-orm down, then .*create --again/);
      await run(sandbox.project, { direction: 'down' });
      await again(sandbox);
    }));

  it('where the history has two heads', () =>
    withTwo(async (sandbox, { revises }) => {
      sandbox.write('other', {
        text: `import { Migration } from '@mikro-orm/migrations';
          export class Migration20260101000000_other extends Migration { static readonly revises = '${revises}'; up() {} }`,
      });
      await unchanged(sandbox, 'two-heads', /let one follow the other/);
    }));

  it('where the models need nothing of it any more: it tells how to remove it', () =>
    withTwo(async (sandbox, { path }, become) => {
      become({ ssn: p.string().nullable() });
      await unchanged(sandbox, 'again-needless', new RegExp(`rm '${path}'`));
      rmSync(path);
      assert.equal(await create(sandbox.project, { decisions: [] }), undefined);
    }));
});

it('a database that cannot be reached is told, and no obstacle', () =>
  withTwo(async (sandbox) => {
    const config = { ...sandbox.project.config, database: () => 'postgresql://nobody@127.0.0.1:1/nowhere' };
    const { database } = await createAgain({ ...sandbox.project, config }, { decisions: [] });
    assert.match(database, /was not looked at: it cannot be reached/);
  }));

describe('killed on the way', () => {
  const old = 'Migration20260101000000_a';
  const name = 'Migration20260102000000_a';
  const text = (own: string, sql: string) => `class ${own} { up() { this.addSql('${sql}'); } }`;

  for (const [count, left] of [
    [1, [old, 'new']],
    [2, [name, 'new']],
  ] as const)
    it(`after change ${count}: one file, and it is whole`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'again-'));
      try {
        writeFileSync(join(folder, `${old}.ts`), text(old, 'old'));
        writeFileSync(join(folder, 'draft'), text(name, 'new'));
        const script = join(import.meta.dirname, '../../test/fixtures/replace-head.ts');
        const args = [script, join(folder, 'draft'), join(folder, `${old}.ts`), name, String(count)];
        assert.equal(spawnSync(process.execPath, args).signal, 'SIGKILL');
        assert.deepEqual(readdirSync(folder), [`${left[0]}.ts`]);
        assert.equal(readFileSync(join(folder, `${left[0]}.ts`), 'utf8'), text(name, left[1]));
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

  it('between the two: no command runs what is there, and the next try goes on', () =>
    withTwo(async (sandbox, second) => {
      const written = await again(sandbox);
      const stale = join(sandbox.project.revisions, `${second.name}.ts`);
      writeFileSync(stale, written.text);
      rmSync(written.path);
      assert.equal((await refused(run(sandbox.project, { direction: 'up' }))).code, 'revision-broken');
      const next = await again(sandbox);
      assert.equal(next.replaced, written.name);
      assert.deepEqual(files(sandbox), [`${next.revises}.ts`, `${next.name}.ts`]);
      assert.equal(linkHistory(revisions(sandbox)).heads.length, 1);
    }));

  it('before the first: the history is as it was, and the draft goes with the next try', () =>
    withTwo(async (sandbox, second) => {
      const { writeDraft } = await import('./file/replaced.ts');
      writeDraft(sandbox.project.revisions, 'Migration20990101000000_x', 'half a dra');
      const { replaced } = await again(sandbox);
      assert.equal(replaced, second.name);
      assert.equal(existsSync(join(sandbox.project.revisions, draftFolder(''))), false);
    }));
});
