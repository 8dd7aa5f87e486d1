import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseSettings, settingsSchema, tokensOf } from './settings.ts';

const least = { DATABASE_URL: 'postgres://me:s3cret@db/tutoria', ADMIN_TOKEN: 'x'.repeat(32) };

const said = (environment: NodeJS.ProcessEnv): string => {
  try {
    parseSettings(environment);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

test('what the environment does not say has a default, and what it says is a number where it should be', () => {
  const settings = parseSettings({ ...least, PORT: '8080', SHUTDOWN_DELAY: '0.5', HOST: '', UNRELATED: 'x' });
  assert.equal(settings.PORT, 8080);
  assert.equal(settings.SHUTDOWN_DELAY, 0.5);
  assert.equal(settings.HOST, '127.0.0.1');
  assert.equal('UNRELATED' in settings, false);
  assert.equal(settings.METRICS_TOKEN, undefined);
});

test('neither a database nor a token has a default', () => {
  assert.match(said({}), /DATABASE_URL is missing\..*\n.*ADMIN_TOKEN is missing\./);
  assert.match(said({ ...least, ADMIN_TOKEN: '' }), /ADMIN_TOKEN is missing/);
});

test('all mistakes are told together, and no secret with them', () => {
  const message = said({
    DATABASE_URL: 'mysql://me:s3cret@db/tutoria',
    ADMIN_TOKEN: 'too short s3cret',
    PORT: 'eighty',
    DATABASE_POOL_MAX: '3.7',
    DATABASE_PATIENCE: '-1',
    LOG_LEVEL: 'loud',
    CORS_ORIGINS: '*',
    TRUSTED_PROXIES: 'yes',
  });
  const names = [...message.matchAll(/^ {2}([A-Z_]+) must/gm)].map(([, name]) => name);
  assert.deepEqual(names.sort(), [
    'ADMIN_TOKEN',
    'CORS_ORIGINS',
    'DATABASE_PATIENCE',
    'DATABASE_POOL_MAX',
    'DATABASE_URL',
    'LOG_LEVEL',
    'PORT',
    'TRUSTED_PROXIES',
  ]);
  assert.match(message, /PORT must be integer, not "eighty"/);
  assert.match(message, /LOG_LEVEL must be .*\(fatal, error, .*\), not "loud"/);
  assert.doesNotMatch(message, /s3cret/);
});

test('every setting says what it is for', () => {
  for (const [name, schema] of Object.entries(settingsSchema.properties))
    assert.match((schema as unknown as { description: string }).description, /\.$/, name);
});

test('an address with a wrong % escape, anywhere in it, is told at the start', () => {
  for (const address of [
    'postgres://me:s3cret%zz@db/tutoria',
    'postgres://me%:s3cret@db/tutoria',
    'postgres://me:s3cret@db/tut%ff',
    'postgres://me:s3cret@db:port/tutoria',
    'postgres://',
  ]) {
    const message = said({ ...least, DATABASE_URL: address });
    assert.match(
      message,
      /^ {2}DATABASE_URL must be an address that begins with postgres:\/\/, its % escapes valid\./m,
    );
    assert.doesNotMatch(message, /s3cret/);
  }
  assert.equal(said({ ...least, DATABASE_URL: 'postgres://me:s%25cret@db/tutoria?sslmode=require' }), '');
});

test('an address whose certificate is not there is told at the start', () => {
  const message = said({
    ...least,
    DATABASE_URL: 'postgres://me:s3cret@db/x?sslmode=verify-full&sslrootcert=/none.pem',
  });
  assert.match(message, /^ {2}DATABASE_URL cannot be used: ENOENT.*\/none\.pem/m);
  assert.doesNotMatch(message, /s3cret/);
});

test('one token has the name admin; several have each their own, and are not the same', () => {
  const [one, two] = ['x'.repeat(32), `${'y'.repeat(32)}==`];
  assert.deepEqual(tokensOf(one), [{ name: 'admin', token: one }]);
  assert.deepEqual(tokensOf(`anna:${one},ci:${two}`), [
    { name: 'anna', token: one },
    { name: 'ci', token: two },
  ]);
  assert.equal(said({ ...least, ADMIN_TOKEN: `anna:${one},ci:${two}` }), '');
  for (const wrong of [`${one},${two}`, `anna:${one},`, `anna:${one},ci:short`, `anna:${one},ci:${one}`, `:${one}`])
    assert.match(said({ ...least, ADMIN_TOKEN: wrong }), /ADMIN_TOKEN must be one token, or several/, wrong);
});

test('a secret can come from a file, and what is wrong with that is told with everything else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tutoria-settings-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  try {
    const ADMIN_TOKEN_FILE = file('token', `${least.ADMIN_TOKEN}\n`);
    const settings = parseSettings({ DATABASE_URL_FILE: file('url', least.DATABASE_URL), ADMIN_TOKEN_FILE });
    assert.deepEqual([settings.DATABASE_URL, settings.ADMIN_TOKEN], [least.DATABASE_URL, least.ADMIN_TOKEN]);
    const message = said({
      DATABASE_URL_FILE: join(folder, 'none'),
      ADMIN_TOKEN: least.ADMIN_TOKEN,
      ADMIN_TOKEN_FILE,
      METRICS_TOKEN_FILE: file('empty', '\n'),
      PORT: 'eighty',
    });
    assert.deepEqual(
      message
        .split('\n')
        .slice(1)
        .map((line) => line.replace(folder, '…')),
      [
        '  DATABASE_URL cannot be read from the file that DATABASE_URL_FILE names: ENOENT "…/none".',
        '  ADMIN_TOKEN is given twice: take either ADMIN_TOKEN or ADMIN_TOKEN_FILE away.',
        '  METRICS_TOKEN is not in the file that METRICS_TOKEN_FILE names: "…/empty" is empty.',
        '  PORT must be integer, not "eighty". The port to listen at; 0 takes a free one.',
      ],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
