/** What is said by hand of things that models own: it stays, and stands in nobody's way. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { defineEntity, p, type EntitySchema } from '@mikro-orm/core';
import { decisionsOf } from '../../test/decisions.ts';
import { withProject, type Sandbox } from '../../test/project.ts';
import { refused } from '../../test/refused.ts';
import { run } from '../run/run.ts';
import { linkHistory } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import { create, differencesOfModels, sketchOfModels } from './create.ts';

type Become = (next: EntitySchema[]) => void;

const withModels = (first: EntitySchema[], work: (sandbox: Sandbox, become: Become) => Promise<void>) => {
  let models = first;
  return withProject(
    (sandbox) => work(sandbox, (next) => (models = next)),
    () => models as never,
  );
};

const teacher = (properties: Record<string, unknown> = {}, more: Record<string, unknown> = {}): EntitySchema =>
  defineEntity({
    name: 'Teacher',
    tableName: 'teacher',
    properties: { id: p.integer().primary(), ...properties },
    ...more,
  } as never) as never;

const change = ({ project }: Sandbox, ...decisions: string[]) =>
  create(project, { message: 'change', decisions: decisionsOf(decisions) });
const up = ({ project }: Sandbox) => run(project, { direction: 'up' });
const differences = ({ project }: Sandbox) =>
  differencesOfModels(project, linkHistory(readRevisions(project.revisions)));
const sketch = ({ project }: Sandbox) => sketchOfModels(project, linkHistory(readRevisions(project.revisions)));

/** Statements in a revision of their own. */
async function byHand(sandbox: Sandbox, statements: string[], back: string[]) {
  const empty = await create(sandbox.project, { message: 'by hand', decisions: [], empty: true });
  assert.ok(empty, 'no empty revision was written');
  const adds = (list: string[]) => list.map((sql) => `this.addSql(${JSON.stringify(sql)});`).join('\n');
  const text = readFileSync(empty.path, 'utf8')
    .replace('// this.addSql(`…`);', () => adds(statements))
    .replace('// this.addSql(`…`);', () => adds(back));
  writeFileSync(empty.path, text);
}

/** One more statement at the end of `up()`. */
const addLine = (path: string, sql: string) =>
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace(
      /\n {2}}\n\n {2}override down/,
      () => `\n    this.addSql(${JSON.stringify(sql)});\n  }\n\n  override down`,
    ),
  );

/** Each is said of what the models own, and has nothing to do with the columns that go. */
const sayings: { what: string; does: string[]; undoes: string[]; columns: string[] }[] = [
  {
    what: 'a comment on one, a grant on another, statistics of a third',
    does: [
      "comment on column teacher.seen is 'x'",
      'grant select (heard) on teacher to public',
      'alter table teacher alter felt set statistics 7',
    ],
    undoes: [
      'alter table teacher alter felt set statistics -1',
      'revoke select (heard) on teacher from public',
      'comment on column teacher.seen is null',
    ],
    columns: ['seen', 'heard', 'felt'],
  },
  {
    what: 'a grant on the table',
    does: ['grant select on teacher to public'],
    undoes: ['revoke select on teacher from public'],
    columns: ['seen'],
  },
];

describe('columns of the models of which something was said by hand', () => {
  for (const { what, does, undoes, columns } of sayings) {
    const gone = (work: (sandbox: Sandbox) => Promise<void>) =>
      withModels(
        [teacher(Object.fromEntries(columns.map((name) => [name, p.text().nullable()])))],
        async (sandbox, become) => {
          await change(sandbox);
          await byHand(sandbox, does, undoes);
          await up(sandbox);
          await sandbox.client.query(`insert into teacher values (1, ${columns.map(() => "'kept'").join()})`);
          become([teacher()]);
          await work(sandbox);
        },
      );

    it(`${what}: --keep leaves them alone, with their values`, () =>
      gone(async (sandbox) => {
        const kept = await change(sandbox, ...columns.map((name) => `keep teacher.${name}`));
        assert.ok(kept, 'nothing to create');
        assert.deepEqual(kept.statements?.up, []);
        await up(sandbox);
        for (const name of columns)
          assert.deepEqual(await sandbox.values(`select ${name} from teacher`), ['kept'], name);
        assert.equal(await change(sandbox), undefined);
        assert.deepEqual(await differences(sandbox), []);
      }));

    it(`${what}: asked first, then dropped by the flags that were offered`, () =>
      gone(async (sandbox) => {
        assert.equal((await sketch(sandbox))?.open.length, columns.length, 'check asks');
        const asked = await refused(change(sandbox));
        assert.equal(asked.code, 'question-open');
        for (const name of columns) assert.match(JSON.stringify(asked.facts), new RegExp(`--drop teacher\\.${name}`));
        assert.notDeepEqual(await differences(sandbox), [], 'check is still red');
        const dropped = await change(sandbox, ...columns.map((name) => `drop teacher.${name}`));
        for (const name of columns) assert.match(dropped?.text ?? '', new RegExp(`drop column "${name}"`));
        await up(sandbox);
        assert.equal(await change(sandbox), undefined);
      }));
  }
});

describe('row level security of the models', () => {
  const guarded = () => teacher({}, { policies: [{ name: 'own', using: 'id > 0' }], rowLevelSecurity: true });

  it('goes with them, also from a table with a grant by hand', () =>
    withModels([guarded()], async (sandbox, become) => {
      await change(sandbox);
      await byHand(sandbox, ['grant select on teacher to public'], ['revoke select on teacher from public']);
      await up(sandbox);
      become([teacher()]);
      const open = await change(sandbox);
      assert.match(open?.text ?? '', /drop policy "own"/);
      assert.match(open?.text ?? '', /disable row level security/);
      await up(sandbox);
      assert.deepEqual(await sandbox.values("select relrowsecurity from pg_class where relname = 'teacher'"), [false]);
      assert.deepEqual(await sandbox.values("select has_table_privilege('public', 'teacher', 'select')"), [true]);
      assert.equal(await change(sandbox), undefined);
    }));

  it('by hand stays', () =>
    withModels([teacher({ a: p.integer().nullable() })], async (sandbox, become) => {
      await change(sandbox);
      await byHand(
        sandbox,
        ['alter table teacher enable row level security', 'create policy mine on teacher using (true)'],
        ['drop policy mine on teacher', 'alter table teacher disable row level security'],
      );
      become([teacher({ a: p.integer().nullable().comment('x') })]);
      const next = await change(sandbox);
      assert.doesNotMatch(next?.text ?? '', /security|policy/);
      assert.equal(await change(sandbox), undefined);
    }));
});

describe('one line added to a revision of create', () => {
  const view = () =>
    defineEntity({
      name: 'Seen',
      tableName: 'seen',
      view: true,
      expression: 'select id from teacher',
      properties: { id: p.integer().primary() },
    } as never) as never;
  const guarded = () => teacher({}, { policies: [{ name: 'own', using: 'id > 0' }], rowLevelSecurity: true });

  const edit = (work: (sandbox: Sandbox, become: Become, path: string) => Promise<void>) =>
    withModels([guarded(), view()], async (sandbox, become) => {
      const first = await change(sandbox);
      assert.ok(first, 'nothing to create');
      addLine(first.path, 'create table note (id int)');
      await work(sandbox, become, first.path);
    });

  it('is by hand; the policy and the view beside it go when they leave the models', () =>
    edit(async (sandbox, become) => {
      await up(sandbox);
      assert.equal(await change(sandbox), undefined);
      become([teacher()]);
      const next = await change(sandbox);
      assert.match(next?.text ?? '', /drop policy "own"/);
      assert.match(next?.text ?? '', /drop view "seen"/);
      assert.doesNotMatch(next?.text ?? '', /note/);
    }));

  it('is found without marks too, as earlier releases wrote none', () =>
    edit(async (sandbox, become, path) => {
      const text = readFileSync(path, 'utf8');
      const older = text.replace(/(generated = '\w+ \w+) [^']*'/, "$1'");
      assert.notEqual(older, text);
      writeFileSync(path, older);
      become([teacher()]);
      const next = await change(sandbox);
      assert.match(next?.text ?? '', /drop policy "own"/);
      assert.doesNotMatch(next?.text ?? '', /note/);
    }));

  it('a trigger among the lines is by hand, and a statement that was changed counts as added', () =>
    withModels([teacher({ a: p.text().nullable().index('by_a') })], async (sandbox, become) => {
      const first = await change(sandbox);
      assert.ok(first, 'nothing to create');
      addLine(
        first.path,
        'create trigger t before update on teacher for each row execute function suppress_redundant_updates_trigger()',
      );
      writeFileSync(
        first.path,
        readFileSync(first.path, 'utf8').replace('create index "by_a"', 'create index if not exists "by_a"'),
      );
      become([teacher({ a: p.text().nullable().index('by_a'), b: p.text().nullable() })]);
      const next = await change(sandbox);
      assert.doesNotMatch(next?.text ?? '', /trigger/);
      assert.match(next?.text ?? '', /add column "b"/);
      assert.equal(await change(sandbox), undefined);
    }));
});
