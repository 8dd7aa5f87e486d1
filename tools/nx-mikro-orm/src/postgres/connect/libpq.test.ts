import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { libpqSettings } from './libpq.ts';

test('what the address says of encryption, certificates and options, psql is told as well', () => {
  const query = new URLSearchParams({
    sslmode: 'verify-full',
    sslrootcert: '/etc/ssl/our ca.pem',
    options: '-c search_path=app -c statement_timeout=5s',
    schema: 'app',
    host: 'elsewhere',
  });
  assert.deepEqual(libpqSettings(`postgres://me:s3cret@db/tutoria?${query.toString()}`), {
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: '/etc/ssl/our ca.pem',
    PGOPTIONS: '-c search_path=app -c statement_timeout=5s',
  });
});

test('an address without a query adds nothing, and words that only pg knows become those of libpq', () => {
  assert.deepEqual(libpqSettings('postgres://me@db/tutoria'), {});
  for (const query of ['sslmode=no-verify', 'ssl=true', 'ssl=1'])
    assert.deepEqual(libpqSettings(`postgres://me@db/tutoria?${query.toString()}`), { PGSSLMODE: 'require' });
  assert.deepEqual(libpqSettings('postgres://me@db/tutoria?ssl=true&sslmode=disable'), { PGSSLMODE: 'disable' });
});

const skip = spawnSync('psql', ['--version']).error ? 'NOT RUN: there is no psql on PATH.' : false;

test('psql connects with those options', { skip }, () => {
  const url = new URL(process.env['TEST_DATABASE_URL']!);
  url.searchParams.set('options', '-c statement_timeout=4711');
  const said = execFileSync('psql', ['--no-psqlrc', '--tuples-only', '--command', 'show statement_timeout'], {
    encoding: 'utf8',
    env: {
      ...process.env,
      PGHOST: url.hostname,
      PGPORT: url.port,
      PGUSER: url.username,
      PGPASSWORD: decodeURIComponent(url.password),
      PGDATABASE: 'postgres',
      ...libpqSettings(url.href),
    },
  });
  assert.equal(said.trim(), '4711ms');
});
