import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inCase, type Case } from './apparatus/case.ts';
import { closeGate } from './apparatus/gate.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { refused } from './apparatus/three.ts';

/** Protects hosts and names by these patterns. */
const protect = (the: Case, patterns: string[]) =>
  writeFileSync(
    the.config,
    readFileSync(the.config, 'utf8').replace(
      'export default {',
      `export default {\n  protected: ${JSON.stringify(patterns)},`,
    ),
  );

const rows = (the: Case) => the.value('select count(*)::int from client');

async function withRows(the: Case): Promise<void> {
  the.write('client', {
    up: ['create table client (id int, name text)', 'insert into client select n, n from generate_series(1, 20000) n'],
  });
  exits(await the.run('up'), 0);
  protect(the, ['127.0.0.1']);
}

describe('In a protected database', { concurrency: 2 }, () => {
  for (const [title, sql] of [
    ['drops a table', 'drop table client'],
    ['drops a column', 'alter table client drop name'],
    ['empties a table', 'truncate client'],
    ['deletes rows', 'delete from client where id > 10'],
    ['drops a schema', 'drop schema public cascade'],
  ] as const)
    it(
      `an up that ${title}: refused with what would be lost, until the name is typed`,
      inCase(async (the) => {
        await withRows(the);
        const name = the.write('destroys', { up: [sql] });
        refused(await the.run('up'), 'type the name of the database', /client/, /--confirm/);
        assert.equal(await rows(the), 20_000);
        refused(await the.run('up', '--confirm', 'another'));
        assert.equal(await rows(the), 20_000);
        if (title === 'drops a schema') return;
        exits(await the.run('up', '--confirm', the.database.name), 0);
        assert.deepEqual(await the.values('select name from mikro_orm_migrations where name = $1', [name]), [name]);
      }),
    );

  it(
    'an up that runs code, which can destroy anything: refused, until the name is typed',
    inCase(async (the) => {
      await withRows(the);
      const name = the.write('runs', { body: `async up() { await this.execute('delete from client'); }` });
      refused(await the.run('up'), 'type the name of the database', new RegExp(`up\\(\\) of ${name} .it runs code`));
      assert.equal(await rows(the), 20_000);
      exits(await the.run('up', '--confirm', the.database.name), 0);
      assert.equal(await rows(the), 0);
    }),
  );

  it(
    'an up that destroys nothing needs no name',
    inCase(async (the) => {
      await withRows(the);
      the.write('adds', {
        up: ['alter table client add email text', 'create table other (id int)', 'drop table if exists nowhere'],
      });
      exits(await the.run('up'), 0);
    }),
  );

  it(
    'and where --protected says so, in any: refused as well',
    inCase(async (the) => {
      await withRows(the);
      protect(the, ['elsewhere']);
      the.write('destroys', { up: ['drop table client'] });
      refused(await the.run('up', '--protected'), /client/);
      assert.equal(await rows(the), 20_000);
    }),
  );

  it(
    'whose host and port stand in the query of the address: refused, and the address is the true one',
    inCase(async (the) => {
      await withRows(the);
      the.write('destroys', { up: ['drop table client'] });
      const url = new URL(the.database.url());
      url.searchParams.set('host', url.hostname);
      url.searchParams.set('port', url.port);
      const { port } = url;
      url.hostname = 'staging.example.com';
      url.port = '1';
      const ended = await the.start(['up'], { url: url.href }).ended;
      refused(ended, new RegExp(`127\\.0\\.0\\.1:${port}/`));
      assert.doesNotMatch(ended.said, /staging/);
      assert.equal(await rows(the), 20_000);
    }),
  );

  for (const command of [
    'migrator.up()',
    'schema.drop({ dropMigrationsTable: true })',
    'schema.refresh()',
    'schema.update()',
    'schema.clear()',
    'schema.dropDatabase()',
  ])
    it(
      `orm.${command} of MikroORM's: refused, and nothing is lost`,
      inCase(async (the) => {
        await withRows(the);
        the.write('destroys', { up: ['drop table client'] });
        const script = join(the.root, 'stock.ts');
        writeFileSync(
          script,
          `import { MikroORM } from '@mikro-orm/postgresql';
import { Migrator } from 'nx-mikro-orm/migrator';
const orm = await MikroORM.init({ entities: [], clientUrl: process.env.DATABASE_URL, baseDir: import.meta.dirname, extensions: [Migrator],
  migrations: { path: './revisions' }, discovery: { warnWhenNoEntities: false } });
await orm.${command}.then(() => console.log('done'), (error) => console.log(error.message));
await orm.close();
`,
        );
        assert.match(await the.script(script), /type the name of the database/);
        assert.equal(await rows(the), 20_000);
      }),
    );
});

it(
  'stamp settles a half-done revision only with a reason',
  inCase(async (the) => {
    the.write('log', { up: ['create table log (n serial, what text)'] });
    const name = the.write('half', {
      transactional: false,
      up: ['select 1', 'alter table log add more text'],
    });
    exits(await the.run('up', '+1'), 0);
    const gate = await closeGate(the.database, 'lock table log in share mode');
    exits(await the.run('up', '--lock-timeout', '0.2', '--retry-for', '0'), 1);
    await gate.open();
    await the.execute('alter table log add more text');
    refused(await the.run('stamp', 'head'), name, '--reason');
    assert.equal(await the.value('select count(*)::int from mikro_orm_migrations'), 1);
    exits(await the.run('stamp', 'head', '--reason', 'looked into log'), 0);
    assert.equal(await the.value('select count(*)::int from mikro_orm_migrations'), 2);
  }),
);

describe('Without DATABASE_URL', { concurrency: 2 }, () => {
  it(
    'in production: exit 2, the variable is named, nothing is started; with the embedded server asked for by name, it is taken',
    inCase(async (the) => {
      the.write('log', { up: ['create table log (n serial, what text)'] });
      const ended = await the.start(['up'], { url: '', env: { NODE_ENV: 'production' } }).ended;
      exits(ended, 2);
      assert.match(ended.said, /DATABASE_URL/);
      assert.match(ended.said, /NX_MIKRO_ORM_EMBEDDED=1/);
      for (const command of ['current', 'status', 'repair'])
        exits(await the.start([command], { url: '', env: { NODE_ENV: 'production' } }).ended, 2);
      exits(
        await the.start(['current'], { url: '', env: { NODE_ENV: 'production', NX_MIKRO_ORM_EMBEDDED: '1' } }).ended,
        0,
      );
    }),
  );
});

passwordStaysHidden();
