import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSettings, settingsSchema } from './settings.ts';

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
