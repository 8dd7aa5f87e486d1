import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Finding } from './finding.ts';
import { linkHistory } from '../history/graph.ts';
import { readRevisions } from '../history/read.ts';
import { withProject, type Sandbox } from '../../test/project.ts';
import { releaseNamed } from './release.ts';
import { lintRevisions } from './revisions.ts';
import type { Linted } from './target.ts';

const school = [
  'create table teacher (id integer primary key, name text not null, bio text)',
  'create table lesson (id integer primary key, teacher_id integer)',
];

async function linted({ project }: Sandbox, range = 'head'): Promise<Linted> {
  const history = linkHistory(readRevisions(project.revisions));
  const nothing = () => undefined;
  return lintRevisions(project, {
    ...releaseNamed(history, range),
    onReplay: nothing,
    onLeftOut: nothing,
    onRevision: nothing,
  });
}

const told = ({ targets }: Linted) => targets.map(({ findings }) => findings.map(({ code }) => code));

/** What stands at the place of a finding. */
function pointedAt(path: string, { line, column }: Finding, length: number): string {
  const text = readFileSync(path, 'utf8').split('\n')[line - 1] ?? '';
  return text.slice(column - 1, column - 1 + length);
}

describe('findings of revisions', () => {
  it('are about what was there before the release, and not about what it made itself', () =>
    withProject(async (sandbox) => {
      sandbox.write('school', { up: school });
      sandbox.write('more', { up: ['create table room (id integer)', 'create index on teacher (name)'] });
      sandbox.write('rooms', { up: ['create index on room (id)', 'alter table room alter column id type bigint'] });
      assert.deepEqual(told(await linted(sandbox, 'base:head')), [[], [], []]);
      const { targets } = await linted(sandbox, 'school:head');
      assert.deepEqual(
        targets.map(({ findings }) => findings.map(({ code, relation, lock }) => [code, relation, lock])),
        [[['index-build', 'teacher', 'ShareLock']], []],
      );
    }));

  it('hold a lock against all later work of the revision, and not of the next one', () =>
    withProject(async (sandbox) => {
      sandbox.write('school', { up: school });
      sandbox.write('one', { up: ['alter table teacher add column slug text', 'update lesson set teacher_id = 1'] });
      assert.deepEqual(told(await linted(sandbox)), [['lock-held', 'unbounded-write']]);
      sandbox.write('two', { up: ["alter table teacher add constraint named check (name <> '') not valid"] });
      sandbox.write('three', { up: ['alter table teacher validate constraint named'] });
      assert.deepEqual(told(await linted(sandbox, 'one:head')), [[], []]);
    }));

  it('point at the character in the file, also behind escapes and where several statements share a text', () =>
    withProject(async (sandbox) => {
      sandbox.write('school', { up: school });
      const name = sandbox.write('places', {
        body: `override up() {
    this.addSql(\`comment on table teacher is '\\u{1F418}\\\`'; drop table lesson\`);
    this.addSql(
      'select 1;\\n\\tdrop table teacher',
    );
  }`,
      });
      const { targets } = await linted(sandbox);
      const path = `${sandbox.project.revisions}/${name}.ts`;
      const lost = targets[0]!.findings.filter(({ code }) => code === 'rows-lost');
      assert.deepEqual(
        lost.map((one) => pointedAt(path, one, 'drop table'.length)),
        ['drop table', 'drop table'],
      );
    }));

  it('know what runs outside of a transaction, and what would have to', () =>
    withProject(async (sandbox) => {
      sandbox.write('school', { up: school });
      sandbox.write('inside', { up: ['create index concurrently teacher_name on teacher (name)'] });
      const { targets, unjudged } = await linted(sandbox);
      assert.deepEqual([told({ targets, unjudged }), unjudged], [[['refuses-transaction']], []]);
    }));

  it('are few for what works beside the traffic, outside of a transaction', () =>
    withProject(async (sandbox) => {
      sandbox.write('school', { up: school });
      sandbox.write('outside', {
        body: `override isTransactional() { return false; }
  override up() {
    this.addSql('create index concurrently teacher_name on teacher (name)');
    this.addSql("alter table teacher add constraint named check (name <> '') not valid");
    this.addSql('alter table teacher validate constraint named');
    this.addSql('drop index teacher_name');
  }`,
      });
      const { targets, unjudged } = await linted(sandbox);
      assert.deepEqual([told({ targets, unjudged }), unjudged], [[['online-form']], []]);
    }));

  it('are drawn from what code sends', () =>
    withProject(async (sandbox) => {
      sandbox.write('school', { up: school });
      const name = sandbox.write('code', {
        body: `override async up() {
    const rows = await this.execute('select count(*)::int as count from teacher');
    if (rows[0].count >= 0) this.addSql('alter table teacher drop column bio');
    await this.execute('update teacher set name = ? where id = ?', ['x', 1]);
  }`,
      });
      const { targets, unjudged } = await linted(sandbox);
      assert.deepEqual([told({ targets, unjudged }), unjudged], [[['column-lost', 'name-gone']], []]);
      const [first] = targets[0]!.findings;
      assert.equal(pointedAt(`${sandbox.project.revisions}/${name}.ts`, first!, 11), 'alter table');
    }));

  it('stop at a revision that fails, and say what was not judged', () =>
    withProject(async (sandbox) => {
      sandbox.write('school', { up: school });
      const broken = sandbox.write('broken', { up: ['alter table nowhere add column x integer'] });
      const after = sandbox.write('after', { up: ['drop table teacher'] });
      const { targets, unjudged } = await linted(sandbox, 'school:head');
      assert.deepEqual(told({ targets, unjudged }), [['fails']]);
      assert.deepEqual(unjudged, [`${after} was not judged, as ${broken} fails before it`]);
    }));
});

describe('what is allowed', () => {
  const findingsOf = async (sandbox: Sandbox) => (await linted(sandbox)).targets[0]!.findings;

  it('is that finding of that statement, by a comment above it in the text or in the file', () =>
    withProject(async (sandbox) => {
      sandbox.write('school', { up: school });
      sandbox.write('allowed', {
        body: `override up() {
    this.addSql(\`
      -- allow rows-lost: nobody has used it since March
      -- allow name-gone: nor does anything name it
      drop table lesson;
      alter table teacher drop column bio\`);
    // allow index-build: there are forty rows
    this.addSql('create index on teacher (name)');
    this.addSql('create index on teacher (name)');
  }`,
      });
      assert.deepEqual(
        (await findingsOf(sandbox)).map(({ code, line }) => [code, line]),
        [
          ['column-lost', 9],
          ['name-gone', 9],
          ['lock-held', 11],
          ['index-build', 12],
          ['lock-held', 12],
        ],
      );
    }));

  it('is nothing where the finding is unknown or no reason is given, and what is no longer needed is told', () =>
    withProject(async (sandbox) => {
      sandbox.write('school', { up: school });
      sandbox.write('mistakes', {
        up: [
          '-- allow rows-lose: a typo\ndrop table lesson',
          '-- allow rows-lost:\n-- allow name-gone: it is gone everywhere\ndrop table teacher',
          '-- allow table-rewrite: it was one once\nselect 1',
        ],
      });
      const findings = await findingsOf(sandbox);
      assert.deepEqual(
        findings.map(({ code, message }) => (/^allow/.test(code) ? `${code}: ${message}` : code)),
        [
          'allow-broken: there is no finding rows-lose, so that nothing is allowed by this',
          'rows-lost',
          'name-gone',
          'allow-broken: the comment gives no reason, so that rows-lost is not allowed by it',
          'rows-lost',
          'allow-unused: nothing here is found by table-rewrite any more',
        ],
      );
    }));
});
