import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { defineEntity, p, type EntitySchema } from '@mikro-orm/core';
import { withProject, type Sandbox } from '../../test/project.ts';
import { refused } from '../../test/refused.ts';
import { run } from '../run/run.ts';
import { beyond } from '../review/release.ts';
import { lintRevisions } from '../review/revisions.ts';
import { linkHistory } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import { create, differencesOfModels } from './create.ts';
import { decisionsOf } from '../../test/decisions.ts';
import { verifyHistory } from '../check/verify.ts';

/** Models that a test changes while it goes on. */
const withModels = (
  first: EntitySchema[],
  work: (sandbox: Sandbox, become: (next: EntitySchema[]) => void) => Promise<void>,
) => {
  let models = first;
  return withProject(
    (sandbox) => work(sandbox, (next) => (models = next)),
    () => models as never,
  );
};

const make = (
  { project }: Sandbox,
  message = 'change',
  flags: { decisions?: string[] | undefined; empty?: boolean } = {},
) => create(project, { message, decisions: decisionsOf(flags.decisions), empty: flags.empty ?? false });

const history = ({ project }: Sandbox) => linkHistory(readRevisions(project.revisions));

const teacher = (properties: Record<string, unknown> = {}): EntitySchema =>
  defineEntity({
    name: 'Teacher',
    tableName: 'teacher',
    properties: { id: p.integer().primary(), ...properties } as never,
  }) as never;

/** Creates, applies, and insists that a second create has nothing to do and that the history verifies. */
async function settle(sandbox: Sandbox, message?: string, flags?: Parameters<typeof make>[2]) {
  const created = await make(sandbox, message, flags);
  assert.ok(created, 'something to create');
  assert.equal(await make(sandbox), undefined, 'a second create finds nothing');
  await run(sandbox.project, { direction: 'up' });
  return created;
}

/** What becomes of each kind of change is in the corpus. */
describe('create', () => {
  it('writes a proven revision that follows the head, and then nothing more', () =>
    withModels([teacher()], async (sandbox, become) => {
      const first = await settle(sandbox, 'Create teacher');
      become([teacher({ name: p.string() })]);
      const second = await settle(sandbox, 'Add "name"', { decisions: ["fill teacher.name:''"] });
      assert.equal(second.revises, first.name);
      assert.match(second.name, /_add_name$/);
      assert.match(second.text, /static readonly revises = 'Migration\d{14}_create_teacher'/);
      become([teacher({ name: p.string(), nick: p.string().nullable() })]);
      const third = await settle(sandbox, '加上老師的暱稱');
      assert.match(third.name, /^Migration\d{14}_加上老師的暱稱$/);
      assert.equal((await verifyHistory(sandbox.project, history(sandbox), () => undefined)).length, 3);
      const { code, message } = await refused(make(sandbox, '🎓'));
      assert.equal(code, 'bad-message');
      assert.match(message, /--name/);
    }));

  it('says what it does to a database in use, as lint does, where it stands in the file', () =>
    withModels([teacher({ name: p.string() })], async (sandbox, become) => {
      const codes = async (decisions: string[] = []) => {
        const created = await settle(sandbox, 'Change', { decisions });
        const known = [...history(sandbox).byName.keys()].filter((name) => name !== created.name);
        const { before, revisions } = beyond(history(sandbox), new Set(known), '');
        const quiet = () => undefined;
        const on = { onReplay: quiet, onLeftOut: quiet, onRevision: quiet };
        const linted = await lintRevisions(sandbox.project, { before, revisions, ...on });
        assert.deepEqual(created.findings, linted.targets[0]?.findings);
        for (const { line, statement } of created.findings)
          assert.ok(created.text.split('\n')[line - 1]?.includes(statement.split('\n')[0] ?? ''));
        return created.findings.map(({ code }) => code);
      };
      assert.deepEqual(await codes(), [], 'a new table');
      become([teacher({ name: p.string(), nick: p.string().nullable() })]);
      assert.deepEqual(await codes(), [], 'a column without a value');
      become([teacher({ name: p.string(), nick: p.string().nullable(), slug: p.string().unique() })]);
      const found = await codes(['fill teacher.slug:lower(name)']);
      for (const code of ['lock-held', 'unbounded-write', 'index-build'])
        assert.ok(found.includes(code), `${code} is not among ${found.join(', ')}`);
    }));

  it('two at once, of one message: two files, one after the other', () =>
    withModels([teacher()], async (sandbox) => {
      const both = await Promise.all([make(sandbox, 'one', { empty: true }), make(sandbox, 'one', { empty: true })]);
      assert.equal(new Set(both.map((created) => created?.name)).size, 2);
      assert.equal(history(sandbox).order.length, 2);
    }));

  it("somebody else's file comes at the moment of writing: this one follows it", () =>
    withModels([teacher()], async (sandbox) => {
      const theirs = 'Migration20200101000000_theirs';
      const text = `export class ${theirs} { static readonly revises = null; up() {} down() {} }`;
      const path = join(sandbox.project.revisions, `${theirs}.ts`);
      const write = `const { existsSync, writeFileSync } = require('node:fs'); if (!existsSync(${JSON.stringify(path)})) writeFileSync(${JSON.stringify(path)}, ${JSON.stringify(text)})`;
      sandbox.project.config.afterWrite = [[process.execPath, '-e', write]];
      const created = await make(sandbox, 'ours', { empty: true });
      assert.equal(created?.revises, theirs);
      assert.deepEqual(
        history(sandbox).order.map(({ name }) => name),
        [theirs, created?.name],
      );
    }));

  const messages: [string, RegExp][] = [
    ['Create "teacher" / ../../etc', /^Migration\d{14}_create_teacher_etc$/],
    ['建立 🎓 老師', /^Migration\d{14}_建立_老師$/],
    ['x'.repeat(300), /^Migration\d{14}_x{60}$/],
    ["it's `id` $HOME */ end", /^Migration\d{14}_it_s_id_home_end$/],
    ['línea\nsegunda', /^Migration\d{14}_linea_segunda$/],
  ];
  it('a message gives a sane name, of a file that loads', () =>
    withModels([teacher()], async (sandbox) => {
      for (const [message, name] of messages) {
        const created = await make(sandbox, message, { empty: true });
        assert.match(created?.name ?? '', name, message);
        assert.deepEqual(Object.keys((await import(created?.path ?? '')) as object), [created?.name], message);
      }
      assert.equal(history(sandbox).order.length, messages.length);
    }));
  it('an empty message is refused', () =>
    withModels([teacher()], async (sandbox) => {
      assert.equal((await refused(make(sandbox, '  '))).code, 'bad-message');
    }));
  it('no entities at all are an error, not a drop of everything', () =>
    withModels([], async (sandbox) => {
      assert.equal((await refused(make(sandbox))).code, 'no-entities');
    }));
});

describe('what is ambiguous is asked', () => {
  it('at a prompt: others go on meanwhile', () =>
    withModels([teacher({ ssn: p.string().nullable() })], async (sandbox, become) => {
      await settle(sandbox, 'before');
      become([teacher({ nickname: p.string().nullable() })]);
      const seen: number[] = [];
      const ask = async () => {
        seen.push((await differencesOfModels(sandbox.project, history(sandbox))).length);
        return decisionsOf(['rename teacher.ssn:nickname']);
      };
      const created = await create(sandbox.project, { message: 'after', decisions: [], ask });
      assert.deepEqual(created?.decisions, ['rename teacher.ssn:nickname']);
      assert.deepEqual(seen, [2]);
    }));
});

describe('what was written by hand', () => {
  const byHand = [
    'create table audit (id serial primary key, what text)',
    'create function touch() returns trigger language plpgsql as $$ begin return new; end $$',
    'create trigger touched before update on teacher for each row execute function touch()',
    'create index handmade on teacher (lower(name))',
    'alter table teacher add search tsvector',
    'create view names as select name from teacher',
    'grant select on teacher to public',
  ];
  it('is left alone, and the history still verifies', () =>
    withModels([teacher({ name: p.string() })], async (sandbox, become) => {
      await settle(sandbox, 'models');
      const empty = await make(sandbox, 'handwork', { empty: true });
      assert.ok(empty, 'no empty revision was written');
      const down = byHand
        .toReversed()
        .map((sql) =>
          sql.startsWith('grant')
            ? 'revoke select on teacher from public'
            : sql.startsWith('alter')
              ? 'alter table teacher drop search'
              : sql.startsWith('create trigger')
                ? 'drop trigger touched on teacher'
                : sql.replace(/^create (\w+) (\w+(?:\(\))?).*$/s, 'drop $1 $2'),
        );
      const adds = (statements: string[]) => statements.map((sql) => `this.addSql(${JSON.stringify(sql)});`).join('\n');
      const text = readFileSync(empty.path, 'utf8')
        .replace('// this.addSql(`…`);', () => adds(byHand))
        .replace('// this.addSql(`…`);', () => adds(down));
      writeFileSync(empty.path, text);
      await run(sandbox.project, { direction: 'up' });
      assert.deepEqual(await differencesOfModels(sandbox.project, history(sandbox)), []);
      assert.equal(await make(sandbox), undefined);
      await verifyHistory(sandbox.project, history(sandbox), () => undefined);
      become([teacher({ name: p.string(), email: p.string().nullable() })]);
      const change = await make(sandbox, 'a change of the models');
      assert.ok(change, 'nothing to create');
      assert.doesNotMatch(change.text, /audit|touch|handmade|search|drop (view|index)/);
    }));

  it('a column that a generated and then edited revision made is still the models’', () =>
    withModels([teacher()], async (sandbox, become) => {
      await settle(sandbox, 'before');
      become([teacher({ name: p.string() })]);
      const created = await make(sandbox, 'name', { decisions: ['fill teacher.name'] });
      assert.ok(created, 'nothing to create');
      writeFileSync(
        created.path,
        created.text.replace('override up(): void {', "override up(): void {\n    this.addSql('select 1');"),
      );
      await run(sandbox.project, { direction: 'up' });
      become([teacher()]);
      assert.match(
        (await make(sandbox, 'gone', { decisions: ['drop teacher.name'] }))?.text ?? '',
        /drop column "name"/,
      );
    }));
});
