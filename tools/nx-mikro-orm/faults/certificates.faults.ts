import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openCase, type Case } from './apparatus/case.ts';
import { asSuperuser } from './apparatus/database.ts';
import { until } from './apparatus/patience.ts';
import { exits } from './apparatus/runner.ts';
import { passwordStaysHidden } from './apparatus/secrecy.ts';
import { ownServer, type OwnServer } from './apparatus/server.ts';

const skip = spawnSync('openssl', ['version']).error ? 'there is no openssl' : false;

describe('A server with a certificate of its own', { skip }, () => {
  let server: OwnServer;
  let folder: string;

  before(async () => {
    server = await ownServer();
    folder = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-certificate-'));
    const [key, certificate] = [join(folder, 'server.key'), join(folder, 'server.crt')];
    const words = [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=db.example'],
      ...['-addext', 'subjectAltName=DNS:db.example', '-keyout', key, '-out', certificate],
    ];
    execFileSync('openssl', words, { stdio: 'ignore' });
    await asSuperuser(server, async (admin) => {
      const { rows } = await admin.query<{ folder: string }>(`select current_setting('data_directory') as folder`);
      const { uid, gid } = statSync(rows[0]!.folder);
      for (const path of [folder, key, certificate]) chownSync(path, uid, gid);
      await admin.query(`alter system set ssl_key_file = '${key}'`);
      await admin.query(`alter system set ssl_cert_file = '${certificate}'`);
      await admin.query('alter system set ssl = on');
      await admin.query('select pg_reload_conf()');
      const isOn = async () => (await admin.query<{ ssl: string }>('show ssl')).rows[0]?.ssl === 'on';
      await until('the server speaks TLS', isOn);
    });
  });

  after(async () => {
    await server?.[Symbol.asyncDispose]();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  /** The address of a case's database with these words in its query. */
  const url = (the: Case, words: Record<string, string>) => {
    const to = new URL(the.database.url());
    for (const [name, value] of Object.entries(words)) to.searchParams.set(name, value);
    return to.href;
  };

  it('and sslmode=require: exit 5, what is wrong and both ways out, the warning of the driver once and in a line', async () => {
    await using the = await openCase({ server });
    the.write('log', { up: ['create table log (n serial, what text)'] });
    const ended = await the.start(['up'], { url: url(the, { sslmode: 'require' }) }).ended;
    exits(ended, 5);
    assert.match(ended.err, /no authority known here has signed/);
    assert.match(ended.err, /sslrootcert=/);
    assert.match(ended.err, /uselibpqcompat=true&sslmode=require/);
    assert.doesNotMatch(ended.err, /SECURITY WARNING|In the next major version/);
  });

  it('for another name: exit 5, and that it is the name', async () => {
    await using the = await openCase({ server });
    the.write('log', { up: ['create table log (n serial, what text)'] });
    const words = { sslmode: 'verify-full', sslrootcert: join(folder, 'server.crt') };
    const ended = await the.start(['up'], { url: url(the, words) }).ended;
    exits(ended, 5);
    assert.match(ended.err, /is for another name/);
  });

  it('and the way out that is told: up works', async () => {
    await using the = await openCase({ server });
    the.write('log', { up: ['create table log (n serial, what text)'] });
    exits(await the.start(['up'], { url: url(the, { uselibpqcompat: 'true', sslmode: 'require' }) }).ended, 0);
  });
});

passwordStaysHidden();
