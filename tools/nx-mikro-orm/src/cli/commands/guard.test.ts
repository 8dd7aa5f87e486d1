import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { refused } from '../../../test/refused.ts';
import { isProtected, type Config } from '../../config.ts';
import { assertName, type Guarded } from './guard.ts';

const orm = () => Promise.reject(new Error('not asked for'));
const place = (shown: string, embedded = false) => ({ shown, embedded, database: shown.split('/').at(-1)! });

describe('which databases are protected', () => {
  type Protection = NonNullable<Config['protected']>;
  const cases: [protection: Protection | undefined, shown: string, answer: boolean][] = [
    [undefined, 'db.example.com:5432/app', false],
    [false, 'db.example.com:5432/app', false],
    [true, 'db.example.com:5432/app', true],
    [[], 'db.example.com:5432/app', false],
    [['db.example.com'], 'DB.example.com:5432/app', true],
    [['app'], 'db.example.com:5432/app', true],
    [['app'], 'app.example.com:5432/other', false],
    [['db.example.com:5432/app'], 'db.example.com:5432/app', true],
    [['db.example.com:5432/app'], 'db.example.com:5433/app', false],
    [['*.example.com'], 'db.example.com:5432/app', true],
    [['*.example.com:*/app*'], 'db.example.com:5432/app_eu', true],
    [['*.example.com'], 'db.example.org:5432/app', false],
    // A dot is a dot.
    [['db.example'], 'dbxexample:5432/app', false],
    [['::1'], '::1:5432/app', true],
    [({ host, port, name }) => `${host} ${port} ${name}` === '[::1] 5433 a/b', '[::1]:5433/a/b', true],
    [({ port }) => port !== '5432', 'localhost:5432/app', false],
  ];
  for (const [protection, shown, answer] of cases)
    it(`${String(protection)}: ${shown} ${answer ? 'is' : 'is not'}`, () => {
      const config = { orm, ...(protection !== undefined && { protected: protection }) };
      const target = { shown, embedded: false, database: shown.slice(shown.indexOf('/') + 1) };
      assert.equal(isProtected({ config }, target), answer);
      assert.equal(isProtected({ config }, { ...target, embedded: true }), false);
    });
});

/** What is typed at a terminal; the input ends after it. */
function terminal(typed: string, isTTY = true) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end(typed);
  return { input: Object.assign(input, { isTTY }), output: Object.assign(output, { isTTY }) };
}

const guarded = (changes: Partial<Guarded> = {}): Guarded => ({
  project: { config: { orm, protected: ['prod'] } },
  target: place('prod:5432/app'),
  command: 'down -2',
  options: { confirm: undefined, protected: false },
  json: false,
  ...changes,
});
const confirm = (name: string) => ({ options: { confirm: name, protected: false } });

describe('the name of a protected database', () => {
  it('is not wanted where nothing is protected', async () => {
    const silent = terminal('');
    await assertName(guarded({ target: place('localhost:5432/app') }), silent);
    await assertName(guarded({ target: place('localhost:5432/app', true) }), silent);
    silent.output.end();
    assert.equal(await text(silent.output), '');
  });

  it('opens the way as an option, without a question', async () => {
    const silent = terminal('');
    await assertName(guarded(confirm('app')), silent);
    silent.output.end();
    assert.equal(await text(silent.output), '');
  });

  it('is asked for at a terminal', async () => {
    const asked = terminal('app\n');
    await assertName(guarded(), asked);
    asked.output.end();
    assert.match(await text(asked.output), /prod:5432\/app is protected[^]*Type the name of the database to go on: /);
  });

  it('--protected protects any database, also the embedded one', async () => {
    const options = { confirm: undefined, protected: true };
    const target = place('127.0.0.1:5432/app', true);
    assert.equal((await refused(assertName(guarded({ options, target }), terminal('no\n')))).exit, 'refused');
    await assertName(guarded({ options, target }), terminal(' app \n'));
  });

  const refusals: [what: string, changes: Partial<Guarded>, at: ReturnType<typeof terminal>, message: RegExp][] = [
    ['a wrong name', {}, terminal('prod\n'), /in prod:5432\/app: type the name .* confirm, "app" and not "prod"\./],
    ['an empty line', {}, terminal('\n'), /"app" and not ""\./],
    ['an input that ends', {}, terminal(''), /database to confirm\./],
    ['nobody at a terminal', {}, terminal('app\n', false), /database to confirm\./],
    ['--json', { json: true }, terminal('app\n'), /database to confirm\./],
    ['a wrong option', confirm('application'), terminal('app\n'), /"app" and not "application"\./],
    [
      'a wrong option where nothing is protected',
      { ...confirm('staging'), target: place('localhost:5432/app') },
      terminal(''),
      /"app" and not "staging"\./,
    ],
  ];
  for (const [what, changes, at, message] of refusals)
    it(`${what} is refused`, async () => {
      const found = await refused(assertName(guarded(changes), at));
      assert.equal(found.code, 'protected-database');
      assert.match(found.message, message);
      assert.match(found.message, /Nothing was run\.$/);
      assert.match(found.next.join(), /npx nx-mikro-orm down -2 --confirm app$/);
    });

  it('is not asked for in CI', async () => {
    process.env['CI'] = 'true';
    try {
      assert.match((await refused(assertName(guarded(), terminal('app\n')))).message, /database to confirm\./);
    } finally {
      delete process.env['CI'];
    }
  });

  it('is quoted for the shell', async () => {
    const found = await refused(assertName(guarded({ target: place(`prod:5432/it's $HOME`) }), terminal('')));
    assert.match(found.next.join(), /--confirm 'it'\\''s \$HOME'$/);
  });
});
