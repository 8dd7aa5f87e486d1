import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { inCase, type Case } from './apparatus/case.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { ledger, refused } from './apparatus/three.ts';

const log = (the: Case) => the.values('select what from log order by n');

describe(
  'A file that cannot be run, behind one that can: nothing runs, exit 4, and it is named',
  { concurrency: 2 },
  () => {
    const spoilt: Record<string, (path: string) => void> = {
      'in Latin-1': (path) =>
        writeFileSync(path, Buffer.from(readFileSync(path, 'utf8').replace('late', 'caf\u00e9'), 'latin1')),
      'in UTF-16': (path) => writeFileSync(path, Buffer.from(`\ufeff${readFileSync(path, 'utf8')}`, 'utf16le')),
      'with conflict markers': (path) =>
        writeFileSync(path, `<<<<<<< HEAD\n${readFileSync(path, 'utf8')}>>>>>>> other\n`),
      'with a syntax error': (path) =>
        writeFileSync(path, readFileSync(path, 'utf8').replace('override up() {', 'override up( {')),
      'that throws when it is loaded': (path) =>
        writeFileSync(path, `${readFileSync(path, 'utf8')}\nthrow new Error('not today');\n`),
      'that imports what is not there': (path) =>
        writeFileSync(path, `import '../nowhere.ts';\n${readFileSync(path, 'utf8')}`),
      'with a NUL byte in a statement': (path) =>
        writeFileSync(path, readFileSync(path, 'utf8').replace('late', 'la\\u0000te')),
      'with half a character in a statement': (path) =>
        writeFileSync(path, readFileSync(path, 'utf8').replace('late', 'la\\ud83dte')),
      'with copy … from stdin': (path) =>
        writeFileSync(
          path,
          readFileSync(path, 'utf8').replace(/insert into log .*late'\)/, 'copy log (what) from stdin'),
        ),
      'with copy … from stdin and rows behind it': (path) =>
        writeFileSync(
          path,
          readFileSync(path, 'utf8').replace(
            /insert into log .*late'\)/,
            'copy log (what) from stdin;\\\\none\\\\n\\\\\\\\.',
          ),
        ),
      'with copy … to stdout': (path) =>
        writeFileSync(path, readFileSync(path, 'utf8').replace(/insert into log .*late'\)/, 'copy log to stdout')),
      'with begin and commit': (path) =>
        writeFileSync(path, readFileSync(path, 'utf8').replace(/insert into log .*late'\)/, 'commit')),
    };
    for (const [title, spoil] of Object.entries(spoilt))
      it(
        title,
        inCase(async (the) => {
          the.write('log', { up: ['create table log (n serial, what text)'] });
          exits(await the.run('up'), 0);
          the.write('good', { up: [`insert into log (what) values ('early')`] });
          const name = the.write('odd', { up: [`insert into log (what) values ('late')`] });
          spoil(the.path(name));
          refused(await the.run('up'), name);
          assert.deepEqual(await log(the), []);
          assert.equal((await ledger(the)).length, 1);
        }),
      );
  },
);

describe('Code that sends what cannot be sent', { concurrency: 2 }, () => {
  for (const [title, body] of [
    ['a NUL byte', `await this.execute("select '" + String.fromCharCode(0) + "'");`],
    [
      'a NUL byte in addSql()',
      `this.addSql("insert into log (what) values ('a" + String.fromCharCode(0) + "b')"); this.config;`,
    ],
    ['copy … from stdin', `await this.execute('copy log (what) from stdin');`],
    [
      'copy … from stdin, and goes on',
      `void this.execute('copy log (what) from stdin'); await this.execute('select 1');`,
    ],
    ['copy … to stdout', `await this.execute('copy log to stdout');`],
    ['copy by the entity manager', `await this.getEntityManager().execute('copy log (what) from stdin');`],
  ] as const)
    it(
      `${title}: exit 1, the revision is named, and nobody says that the connection was cut`,
      inCase(async (the) => {
        the.write('log', { up: ['create table log (n serial, what text)'] });
        const name = the.write('odd', {
          body: `override async up() { await this.execute("insert into log (what) values ('once')"); ${body} }`,
        });
        const ended = await the.run('up');
        exits(ended, 1);
        assert.match(ended.said, new RegExp(name));
        assert.doesNotMatch(ended.said, /was cut|it goes on where/);
        assert.deepEqual(await log(the), []);
        assert.equal((await ledger(the)).length, 1);
      }),
    );

  it(
    'rows by the thousand go by tables(), as the refusal says',
    inCase(async (the) => {
      the.write('log', { up: ['create table log (n int, what text)'] });
      const name = the.write('rows', {
        body: `override async up() {
    const rows = Array.from({ length: 5000 }, (_, n) => ({ n, what: 'row ' + n }));
    const db = tables<{ log: { n: number; what: string } }>(this);
    for (let at = 0; at < rows.length; at += 1000) await db.insertInto('log').values(rows.slice(at, at + 1000)).execute();
  }`,
      });
      the.edit(name, (text) => `import { tables } from 'nx-mikro-orm/revision';\n${text}`);
      exits(await the.run('up'), 0);
      assert.equal(await the.value('select count(*)::int from log'), 5000);
    }),
  );
});

passwordStaysHidden();
