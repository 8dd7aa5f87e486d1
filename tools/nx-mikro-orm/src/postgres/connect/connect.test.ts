import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Project } from '../../config.ts';
import { embeddedDatabase } from './connect.ts';

const names: [title: string, text: string | undefined, configured: string | undefined, expected: string][] = [
  ['what is configured', '{"name":"shop"}', 'other', 'other'],
  ["the workspace's own name", '{"name":"shop"}', undefined, 'shop'],
  ['without a scope', '{"name":"@acme/shop.web"}', undefined, 'shop_web'],
  ['a package without a name', '{}', undefined, 'app'],
  ['no package.json', undefined, undefined, 'app'],
];

for (const [title, text, configured, expected] of names)
  test(`the database on the embedded server is called by ${title}`, () => {
    const workspace = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-name-'));
    try {
      if (text !== undefined) writeFileSync(join(workspace, 'package.json'), text);
      const config = configured === undefined ? {} : { embeddedDatabase: configured };
      assert.equal(embeddedDatabase({ workspace, config } as unknown as Project), expected);
    } finally {
      rmSync(workspace, { recursive: true });
    }
  });
