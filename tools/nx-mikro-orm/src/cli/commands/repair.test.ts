import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { stockLedger, withProject } from '../../../test/project.ts';
import { refused } from '../../../test/refused.ts';
import { edit, findingsOf, kindsOf, lastEntry, mended, up } from '../../../test/repairing.ts';
import { type } from '../../../test/type.ts';
import { flags } from '../../repair/finding.ts';
import { inconsistencyKinds } from '../../repair/kinds.ts';
import { readState } from '../../run/standing/standing.ts';
import { run } from '../../run/run.ts';
import { doctor } from '../../check/doctor.ts';
import repair from './repair.ts';
import status from './status.ts';

const names = (applied: { name: string }[]) => applied.map(({ name }) => name);

describe('repair', () => {
  it('finds nothing where all is well, and makes nothing', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      assert.deepEqual(await findingsOf(sandbox), []);
      assert.deepEqual(await sandbox.values("select to_regclass('mikro_orm_migrations')"), [null]);
      await up(sandbox);
      const { lines, exit } = await type(sandbox.project, repair, []);
      assert.match(lines.join(), /fit together/);
      assert.equal(exit, 'ok');
    }));

  it('a renamed revision: told apart from one that is lost; its row takes the new name', () =>
    withProject(async (sandbox) => {
      sandbox.write('a', { up: ['create table a (id int)'] });
      const old = sandbox.write('b', { up: ['create table b (id int)'] });
      await up(sandbox);
      const text = readFileSync(join(sandbox.project.revisions, `${old}.ts`), 'utf8');
      sandbox.remove(old);
      const now = `${old}_better`;
      writeFileSync(join(sandbox.project.revisions, `${now}.ts`), text.replaceAll(old, now));
      const problem = await refused(up(sandbox));
      assert.equal(problem.code, 'revision-missing');
      assert.match(problem.next[0] ?? '', new RegExp(`if it was renamed to ${now}, .* --renamed ${old}$`));
      assert.deepEqual(await kindsOf(sandbox), ['renamed']);
      assert.match(await mended(sandbox, '--renamed', old), /bears the name/);
      assert.deepEqual(await findingsOf(sandbox), []);
      assert.equal((await up(sandbox)).ran.length, 0);
    }));

  it('an edited revision: the difference; accepted with a reason, and only with one', () =>
    withProject(async (sandbox) => {
      const name = sandbox.write('a', { up: ['create table a (id int)'] });
      await up(sandbox);
      edit(sandbox, name, (text) => text.replace('id int', 'id bigint'));
      const [found] = await findingsOf(sandbox);
      assert.equal(found?.kind, 'edited');
      assert.match(
        found.evidence.join('\n'),
        /applied 20[^]*- create table a \(id int\)\n[^]*\+ create table a \(id bigint\)/,
      );
      assert.match(found.next.join('\n'), /git log[^]*create[^]*repair --accept Migration\S+ --reason/);
      assert.equal((await refused(up(sandbox))).code, 'revision-edited');

      assert.equal((await refused(mended(sandbox, '--accept', name))).code, 'reason-missing');
      await mended(sandbox, '--accept', name, '--reason', 'widened by hand');
      assert.deepEqual(await findingsOf(sandbox), []);
      assert.deepEqual((await up(sandbox)).ran, []);
      const entry = await lastEntry(sandbox);
      assert.deepEqual([entry['event'], entry['revision'], entry['reason']], ['accepted', name, 'widened by hand']);
      assert.deepEqual(await sandbox.values('select up::text from mikro_orm_migrations'), [
        '{"create table a (id bigint)"}',
      ]);
    }));

  it('only reformatted: a note; refreshed', () =>
    withProject(async (sandbox) => {
      const name = sandbox.write('a', { up: ['create table a (id int)'] });
      await up(sandbox);
      edit(sandbox, name, (text) => `// A comment.\n${text}`);
      const { exit } = await type(sandbox.project, repair, []);
      assert.equal(exit, 'ok');
      assert.deepEqual(
        (await findingsOf(sandbox)).map(({ kind, weight, about }) => [kind, weight, about]),
        [['reformatted', 'note', [name]]],
      );
      await mended(sandbox, '--refresh', 'all');
      assert.deepEqual(await findingsOf(sandbox), []);
    }));

  it('an edited file that cannot be loaded is a block, not the end', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      const b = sandbox.write('b', { up: ['create table b (id int)'] });
      await up(sandbox);
      edit(sandbox, a, () => 'export class {');
      sandbox.remove(b);
      const found = await findingsOf(sandbox);
      assert.deepEqual(
        found.map(({ kind, about }) => [kind, about]),
        [
          ['missing', [b]],
          ['unreadable', [a]],
        ],
      );
    }));

  it('a missing file: what is known, the ways out; forgotten with its way back kept', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      const b = sandbox.write('b', { up: ['create table b (id int)'], down: ['drop table b'] });
      await up(sandbox);
      sandbox.remove(b);
      const [found] = await findingsOf(sandbox);
      assert.equal(found?.kind, 'missing');
      assert.match(found.evidence.join('\n'), new RegExp(`applied 20.* by .*@[^]*revises ${a}[^]*drop table b`));
      assert.match(found.next.join('\n'), /git [^]*switch[^]*down --stored[^]*repair --forget/);
      await mended(sandbox, '--forget', b, '--reason', 'was an experiment');
      assert.deepEqual(await findingsOf(sandbox), []);
      assert.deepEqual(await lastEntry(sandbox), {
        event: 'forgotten',
        revision: b,
        direction: 'down',
        statement: null,
        reason: 'was an experiment',
        message: 'its down was: drop table b',
      });
      assert.deepEqual(names((await readState(sandbox.project)).state.applied), [a]);
    }));

  it('rows of stock MikroORM: a note; adopted; twice the same row: one is kept', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      const b = sandbox.write('b', { up: ['create table b (id int)'] });
      await sandbox.client.query(stockLedger);
      await sandbox.client.query('insert into mikro_orm_migrations (name) values ($1), ($2), ($3)', [a, b, `${a}.ts`]);
      assert.deepEqual(
        (await findingsOf(sandbox)).map(({ kind, weight, about }) => [kind, weight, about]),
        [
          ['duplicate', 'wrong', [a]],
          ['unchecked', 'note', [a, b]],
        ],
      );
      await mended(sandbox, '--unique', a);
      assert.deepEqual(await sandbox.values('select name from mikro_orm_migrations order by id'), [a, b]);
      await mended(sandbox, '--adopt', b);
      assert.deepEqual(
        (await findingsOf(sandbox)).map(({ about }) => about),
        [[a], [b]],
      );
      await mended(sandbox, '--adopt', 'all');
      assert.deepEqual(await sandbox.values('select up[1] from mikro_orm_migrations order by id'), [
        'create table a (id int)',
        'create table b (id int)',
      ]);
      // Now an edit is noticed.
      edit(sandbox, b, (text) => text.replace('id int', 'id bigint'));
      assert.equal((await refused(up(sandbox))).code, 'revision-edited');
    }));

  it('a row that was deleted by hand, and late revisions', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      sandbox.write('b', { up: ['create table b (id int)'] });
      await up(sandbox);
      await sandbox.client.query('delete from mikro_orm_migrations where name = $1', [a]);
      const [vanished, late] = await findingsOf(sandbox);
      assert.deepEqual([vanished?.kind, vanished?.about, late?.kind, late?.about], ['vanished', [a], 'late', [a]]);
      assert.equal(late?.next.length, 3);
      await mended(sandbox, '--forget', a, '--reason', 'it never was');
      assert.deepEqual(await kindsOf(sandbox), ['late']);
    }));

  it('a row that was copied here without its journal: a note', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      await up(sandbox);
      await sandbox.client.query('delete from mikro_orm_migrations_journal');
      assert.deepEqual(
        (await findingsOf(sandbox)).map(({ kind, weight, about }) => [kind, weight, about]),
        [['unseen', 'note', [a]]],
      );
    }));

  it('an INVALID index is built again; where it cannot be, nothing is left of the attempt', () =>
    withProject(async (sandbox) => {
      await sandbox.client.query('create table a (id int); insert into a values (1), (1)');
      await assert.rejects(sandbox.client.query('create unique index concurrently a_id on a (id)'));
      const [found] = await findingsOf(sandbox);
      assert.deepEqual([found?.kind, found?.about], ['invalid-index', ['public.a_id']]);
      const problem = await refused(mended(sandbox, '--reindex', 'a_id'));
      assert.deepEqual([problem.code, (problem.facts as { sqlstate: string }).sqlstate], ['repair-failed', '23505']);
      assert.deepEqual(await sandbox.values('select indexrelid::regclass::text from pg_index where not indisvalid'), [
        'a_id',
      ]);
      await sandbox.client.query('delete from a where ctid in (select ctid from a limit 1)');
      await mended(sandbox, '--reindex', 'a_id');
      assert.deepEqual(await findingsOf(sandbox), []);
      assert.equal((await lastEntry(sandbox))['event'], 'repaired');
    }));

  it('a rebuilt history on a database that has only a part of the old one', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      const b = sandbox.write('b', { up: ['create table b (id int)'] });
      await run(sandbox.project, { direction: 'up', target: '+1' });
      for (const name of [a, b]) sandbox.remove(name);
      const all = sandbox.write('all', {
        body: `static readonly replaces = ['${a}', '${b}'];
          override up() { this.addSql('create table a (id int)'); this.addSql('create table b (id int)'); }`,
      });
      edit(sandbox, all, (text) => text.replace(/revises = .*;/, 'revises = null;'));
      const [found, ...others] = await findingsOf(sandbox);
      assert.deepEqual([found?.kind, found?.about, others], ['half-way', [all], []]);
      assert.match(found?.found ?? '', new RegExp(`Missing:\\n +${b}`));
      const { json, exit } = await type(sandbox.project, status, ['--check']);
      const { revisions } = json as { revisions: { name: string; state: string }[] };
      assert.deepEqual(
        revisions.map(({ name, state }) => [name, state]),
        [
          [a, 'half-way'],
          [all, 'half-way'],
        ],
      );
      assert.equal(exit, 'refused');
    }));

  it('files that are no history are a block, and the database is looked at all the same', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      sandbox.write('b', { up: ['create table b (id int)'] });
      await up(sandbox);
      sandbox.remove(a);
      const found = await findingsOf(sandbox);
      assert.deepEqual(
        found.map(({ kind }) => kind),
        ['history', 'missing'],
      );
      assert.match(found[0]?.found ?? '', /there is no such revision/);
    }));

  it('what is not to be mended is refused, and nothing is written', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      await up(sandbox);
      const before = await sandbox.values('select count(*) from mikro_orm_migrations_journal');
      const cases: [string[], string, string][] = [
        [['--accept', a, '--reason', 'x'], 'repair-nothing', 'refused'],
        [['--reindex', 'a_id'], 'repair-nothing', 'refused'],
        [['--adopt', 'all'], 'repair-nothing', 'refused'],
        [['--accept', a, '--forget', a, '--reason', 'x'], 'bad-option', 'usage'],
        [['--reason', 'x'], 'bad-option', 'usage'],
      ];
      for (const [words, code, exit] of cases) {
        const problem = await refused(mended(sandbox, ...words));
        assert.deepEqual([problem.code, problem.exit], [code, exit], words.join(' '));
      }
      assert.deepEqual(await sandbox.values('select count(*) from mikro_orm_migrations_journal'), before);
    }));

  it('doctor counts what is wrong', () =>
    withProject(async (sandbox) => {
      const a = sandbox.write('a', { up: ['create table a (id int)'] });
      await up(sandbox);
      const ledger = async () => (await doctor(sandbox.project)).find(({ what }) => what === 'ledger');
      assert.equal((await ledger())?.ok, true);
      edit(sandbox, a, (text) => text.replace('id int', 'id bigint'));
      const found = await ledger();
      assert.match(
        `${found?.ok} ${found?.found} ${found?.next.join()}`,
        /^false One thing does not fit: .*edited.*repair$/,
      );
    }));

  it('every option is offered by a kind, and every kind that offers one has it', () => {
    assert.deepEqual(
      Object.keys(flags).filter(
        (flag) => !inconsistencyKinds.some((kind) => (kind.flags as readonly string[]).includes(flag)),
      ),
      [],
    );
    assert.deepEqual(
      Object.keys(repair.options).filter((name) => name !== 'reason'),
      Object.keys(flags),
    );
  });
});
