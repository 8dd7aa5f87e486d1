import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Options } from '@mikro-orm/postgresql';
import { refused } from '../test/refused.ts';
import { databaseUrl } from './database-url.ts';

const addresses: [what: string, options: Options, url: string][] = [
  ['clientUrl', { clientUrl: 'postgresql://me:x@db:5433/shop' }, 'postgres://me:x@db:5433/shop'],
  [
    'options that overrule it',
    { clientUrl: 'postgres://me@db/shop', dbName: 'other', port: 1 },
    'postgres://me@db:1/other',
  ],
  ['options alone', { host: 'db', user: 'me', password: 'p@ss', dbName: 'a b' }, 'postgres://me:p%40ss@db:5432/a%20b'],
  [
    'a password that is asked for',
    { clientUrl: 'postgres://me@db/shop', password: async () => 'now' },
    'postgres://me:now@db/shop',
  ],
  [
    'the folder of a socket',
    { clientUrl: 'postgres://me@x/shop', host: '/run/pg' },
    'postgres://me@x/shop?host=%2Frun%2Fpg',
  ],
  ['TLS', { clientUrl: 'postgres://db/shop', driverOptions: { ssl: true } }, 'postgres://db/shop?sslmode=verify-full'],
  [
    'TLS without a look at the certificate',
    { clientUrl: 'postgres://db/shop', driverOptions: { connection: { ssl: { rejectUnauthorized: false } } } },
    'postgres://db/shop?sslmode=no-verify',
  ],
];

describe('the address in a MikroORM configuration', () => {
  for (const [what, options, url] of addresses)
    it(what, async () => {
      assert.equal(await databaseUrl(options), url);
      assert.equal(await databaseUrl(() => Promise.resolve(options)), url);
    });

  it('certificates of its own are refused by name', async () => {
    const given = databaseUrl({ clientUrl: 'postgres://db/shop', driverOptions: { ssl: { ca: 'x' } } });
    assert.match((await refused(given)).message, /driverOptions\.ssl .*sslrootcert/);
  });
});
