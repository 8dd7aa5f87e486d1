import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe as suite, it } from 'node:test';
import { defineEntity, p, type EntitySchema } from '@mikro-orm/core';
import { withDatabase } from '../../test/database.ts';
import { decisionsOf } from '../../test/decisions.ts';
import { withProject, type Sandbox } from '../../test/project.ts';
import { refused } from '../../test/refused.ts';
import { run } from '../run/run.ts';
import { compareCatalogues, describe, readCatalogue } from '../catalogue/index.ts';
import { create, differencesOfModels } from './create.ts';
import { linkHistory } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import { rebuild, type Rebuilt } from './rebuild.ts';
import { replaceRevisions, writeDraft } from './file/replaced.ts';
import { verifyHistory } from '../check/verify.ts';

const teacher = (properties: Record<string, unknown> = {}): EntitySchema =>
  defineEntity({
    name: 'Teacher',
    tableName: 'teacher',
    properties: { id: p.integer().primary(), name: p.string(), ...properties } as never,
  }) as never;

const withModels = (
  work: (sandbox: Sandbox, become: (next: EntitySchema[]) => void) => Promise<void>,
  first: EntitySchema[] = [teacher()],
) => {
  let models = first;
  return withProject(
    (sandbox) => work(sandbox, (next) => (models = next)),
    () => models as never,
  );
};

const make = ({ project }: Sandbox, message = 'change', decisions: string[] = []) =>
  create(project, { message, decisions: decisionsOf(decisions) });
const history = ({ project }: Sandbox) => linkHistory(readRevisions(project.revisions));

const again = async ({ project }: Sandbox, options: Partial<Parameters<typeof rebuild>[1]> = {}): Promise<Rebuilt> => {
  const rebuilt = await rebuild(project, { message: 'Everything', dryRun: false, acceptLost: false, ...options });
  assert.ok(rebuilt && 'name' in rebuilt, 'something was rebuilt');
  return rebuilt;
};

/** A history with all sorts of things in it that no model describes; a file of `create` is its first revision. */
async function grow(sandbox: Sandbox, ...revisions: { up?: string[]; body?: string }[]): Promise<void> {
  const first = await make(sandbox, 'models');
  assert.ok(first, 'nothing to create');
  let last = first.name;
  for (const [at, { up = [], body }] of revisions.entries()) {
    const adds = up.map((sql) => `this.addSql(${JSON.stringify(sql)});`).join('\n');
    const name = `Migration2999010100000${at}_by_hand`;
    const text = `import { Migration } from '@mikro-orm/migrations';
export class ${name} extends Migration {
  static readonly revises = '${last}';
  ${body ?? `override up() {\n${adds}\n}`}
}`;
    writeFileSync(join(sandbox.project.revisions, `${name}.ts`), text);
    last = name;
  }
}

/** The catalogue and some rows of the history as it is, from a database that was brought up with it. */
async function fresh(sandbox: Sandbox, selects: string[]) {
  let found: { catalogue: Awaited<ReturnType<typeof readCatalogue>>; rows: unknown[] } | undefined;
  await withDatabase(async (client, url) => {
    await run({ ...sandbox.project, config: { ...sandbox.project.config, database: () => url } }, { direction: 'up' });
    const ignore = (_: string, name: string) => name.startsWith('mikro_orm_migrations');
    const rows: unknown[] = [];
    for (const sql of selects) rows.push((await client.query(sql)).rows);
    found = { catalogue: await readCatalogue(client, { ignore }), rows };
  });
  assert.ok(found, 'no rebuilt revision');
  return found;
}

const byHand = [
  `create table "Prüfung" (id serial primary key, "it's" text not null unique, at timestamptz not null default clock_timestamp(), by int)`,
  'create function touch() returns trigger language plpgsql as $$ begin new.name := upper(new.name); return new; end $$',
  'create trigger touched before insert or update on teacher for each row execute function touch()',
  'create index handmade on teacher (lower(name))',
  'alter table teacher add search tsvector',
  'create view "Names" as select name from teacher',
  'grant select on teacher to public',
  'alter table "Prüfung" add foreign key (by) references teacher',
  `comment on view "Names" is 'say \`it\\''s\` \${x}'`,
];
const seeds = [
  `insert into teacher (id, name) values (1, 'Ada'), (2, 'o''Neil')`,
  `insert into "Prüfung" ("it's", by) values ('erste', 1), (E'zwei\\n\\\\te', 2), ('weg', null)`,
  `delete from "Prüfung" where "it's" = 'weg'`,
];
const selects = [
  'select id, name from teacher order by id',
  `select id, "it's", by from "Prüfung" order by id`,
  `select nextval('"Prüfung_id_seq"')`,
];

suite('rebuild', () => {
  it('gives one revision with the same schema, rows and sequences, and moves the others', () =>
    withModels(async (sandbox, become) => {
      await grow(sandbox, { up: byHand }, { up: seeds });
      const before = await fresh(sandbox, selects);
      const old = history(sandbox).order.map(({ name }) => name);
      const { name, text, careful, rows, database, aside } = await again(sandbox);
      assert.equal(rows, 4);
      assert.match(database, /none of it/);
      assert.deepEqual(careful, [
        'public."Prüfung".at differs from run to run: its default gives it anew on every database',
      ]);
      assert.deepEqual(
        history(sandbox).order.map((revision) => revision.name),
        [name],
      );
      assert.deepEqual(readdirSync(aside).sort(), old.map((each) => `${each}.ts`).sort());
      assert.equal(existsSync(join(sandbox.project.revisions, '.rebuild')), false);
      for (const each of old) assert.ok(text.includes(`'${each}'`), `it replaces ${each}`);
      const after = await fresh(sandbox, selects);
      assert.deepEqual(compareCatalogues(before.catalogue, after.catalogue).map(describe), []);
      assert.deepEqual(after.rows, before.rows);
      assert.deepEqual(
        after.rows[0],
        [
          { id: 1, name: 'ADA' },
          { id: 2, name: "O'NEIL" },
        ],
        'the trigger acted once',
      );
      assert.deepEqual(await differencesOfModels(sandbox.project, history(sandbox)), []);
      assert.equal(await make(sandbox), undefined);
      const verified = await verifyHistory(sandbox.project, history(sandbox), () => undefined);
      assert.deepEqual(
        verified.map((one) => [one.name, one.reversible]),
        [[name, true]],
      );

      become([teacher({ email: p.string().nullable() })]);
      const next = await make(sandbox, 'a change of the models');
      assert.ok(next, 'nothing to create');
      assert.doesNotMatch(next.text, /Pr|touch|handmade|search|Names|drop column "name"/);
      become([]);
      become([teacher()]);
      const gone = await make(sandbox, 'the column goes', ['drop teacher.email']);
      assert.match(gone?.text ?? '', /drop column "email"/);
    }));

  it('what the models describe stays theirs: a column that they lose is dropped', () =>
    withModels(async (sandbox, become) => {
      await grow(sandbox, { up: ['create table audit (id int)', 'alter table teacher add room int'] });
      become([teacher({ room: p.integer().nullable() })]);
      await again(sandbox);
      become([teacher()]);
      const { text } = (await make(sandbox, 'gone', ['drop teacher.room'])) ?? {};
      assert.match(text ?? '', /drop column "room"/);
      assert.doesNotMatch(text ?? '', /audit/);
    }));

  it('a dry run prints it, and changes no file', () =>
    withModels(async (sandbox) => {
      await grow(sandbox, { up: byHand });
      const files = () => readdirSync(sandbox.project.revisions, { recursive: true }).sort();
      const before = files();
      const { text } = await again(sandbox, { dryRun: true });
      assert.match(text, /CREATE FUNCTION public\.touch\(\)/);
      assert.deepEqual(files(), before);
    }));

  it('one that was interrupted is finished by the next; a dry run says so and leaves it', () =>
    withModels(async (sandbox) => {
      await grow(sandbox, { up: byHand });
      const { revisions } = sandbox.project;
      const before = history(sandbox).order;
      const { name, text } = await again(sandbox, { dryRun: true });
      const [draft] = writeDraft(revisions, name, text);
      assert.ok(draft, 'no draft');
      assert.throws(
        () =>
          replaceRevisions(revisions, draft, before, () => {
            if (existsSync(join(revisions, `${name}.ts`))) throw new Error('stopped');
          }),
        /stopped/,
      );
      const found = await refused(run(sandbox.project, { direction: 'up' }));
      assert.equal(found.code, 'two-heads');
      assert.match(found.message, new RegExp(`${name} replaces revisions .* a rebuild was interrupted half-way`));
      assert.match(found.next[0] ?? '', /npx nx-mikro-orm rebuild: it finishes/);
      assert.equal((await refused(again(sandbox, { dryRun: true }))).code, 'rebuild-interrupted');
      const finished = await rebuild(sandbox.project, { dryRun: false, acceptLost: false });
      assert.deepEqual(finished, { finished: name, aside: join(revisions, 'replaced') });
      assert.deepEqual(
        history(sandbox).order.map((revision) => revision.name),
        [name],
      );
      assert.equal(await make(sandbox), undefined);
    }));

  it('what cannot be carried over is named, and only goes when somebody accepts it', () =>
    withModels(async (sandbox) => {
      await grow(sandbox, {
        up: [
          'create table many (id int); insert into many select * from generate_series(1, 1500)',
          'create table other (id int references teacher); alter table other disable trigger all',
        ],
      });
      const before = readdirSync(sandbox.project.revisions);
      const problem = await refused(rebuild(sandbox.project, { message: 'x', dryRun: false, acceptLost: false }));
      assert.equal(problem.code, 'rebuild-lost');
      assert.deepEqual((problem.facts as { lost: string[] }).lost, [
        '1500 rows of public.many: no more than 1000 are carried over',
        'constraint public.other.other_id_fkey is changed: expected FOREIGN KEY (id) REFERENCES public.teacher(id) triggers disabled, found FOREIGN KEY (id) REFERENCES public.teacher(id)',
      ]);
      assert.deepEqual(readdirSync(sandbox.project.revisions), before);
      assert.equal((await again(sandbox, { acceptLost: true })).lost.length, 2);
      assert.equal(history(sandbox).order.length, 1);
    }));

  it('a value from a key that differs from run to run is kept as it was, and said', () =>
    withModels(async (sandbox) => {
      await grow(sandbox, {
        body: `async up() {
          this.addSql('create table role (id uuid primary key default gen_random_uuid(), name text, at timestamptz)');
          await this.execute("insert into role (name, at) values ('admin', clock_timestamp())");
        }`,
      });
      const { careful, text } = await again(sandbox);
      assert.deepEqual(
        careful,
        ['id', 'at'].map(
          (column) => `public.role.${column} differs from run to run: every new database gets the values of this run`,
        ),
      );
      assert.match(text, /\('[0-9a-f-]{36}', 'admin', '\d{4}-/);
    }));

  it('a database that stands half-way, two heads and models that are ahead are refused', () =>
    withModels(async (sandbox, become) => {
      await grow(sandbox, { up: ['create table a (id int)'] }, { up: ['create table b (id int)'] });
      await run(sandbox.project, { direction: 'up', target: '+1' });
      const lacking = history(sandbox)
        .order.slice(1)
        .map(({ name }) => name);
      const halfway = await refused(again(sandbox));
      assert.equal(halfway.code, 'rebuild-halfway');
      assert.deepEqual((halfway.facts as { lacks: string[] }).lacks, lacking);
      await run(sandbox.project, { direction: 'up' });
      become([teacher({ more: p.string().nullable() })]);
      assert.equal((await refused(again(sandbox))).code, 'models-ahead');
      become([teacher()]);
      const fork = join(sandbox.project.revisions, 'Migration29990101000009_fork.ts');
      writeFileSync(fork, 'export class Migration29990101000009_fork { static readonly revises = null; up() {} }');
      assert.equal((await refused(again(sandbox))).code, 'two-heads');
      rmSync(fork);
      const { database } = await again(sandbox);
      assert.match(database, /has all of it/);
    }));

  it('a database at the old head is recorded anew at its next `up`, whichever rebuild it saw last', () =>
    withModels(async (sandbox) => {
      await grow(sandbox, { up: byHand }, { up: seeds });
      await run(sandbox.project, { direction: 'up' });
      const rows = async () => Promise.all(selects.slice(0, 2).map((sql) => sandbox.values(sql)));
      const before = await rows();
      await withDatabase(async (_, url) => {
        const late = { ...sandbox.project, config: { ...sandbox.project.config, database: () => url } };
        await run(late, { direction: 'up' });
        for (const project of [[sandbox.project], [sandbox.project, late]]) {
          const { name } = await again(sandbox);
          for (const one of project) {
            const { ran, state } = await run(one, { direction: 'up' });
            assert.deepEqual([ran, state.current, state.missing], [[], [name], []]);
          }
        }
      });
      assert.deepEqual(await rows(), before);
    }));

  it('an empty history is nothing to rebuild; one that was rebuilt can be rebuilt again', () =>
    withModels(async (sandbox) => {
      assert.equal(await rebuild(sandbox.project, { dryRun: false, acceptLost: false }), undefined);
      await grow(sandbox, { up: byHand }, { up: seeds });
      const first = await again(sandbox);
      const second = await again(sandbox);
      assert.deepEqual(second.replaces, first.replaces);
      const statements = (text: string) => text.slice(text.indexOf('override up'));
      assert.equal(statements(second.text), statements(first.text));
      assert.equal(readFileSync(second.path, 'utf8'), second.text);
    }));
});
