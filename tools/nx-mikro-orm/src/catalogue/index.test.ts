import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { emptyDatabase, withDatabase } from '../../test/database.ts';
import { compareCatalogues, describe } from './compare.ts';
import { readCatalogue } from './read.ts';

/** What is there, what is done to it, how that is undone, and the keys that differ in between. */
interface Case {
  setup: string;
  change: string;
  undo: string;
  differences: string[];
  since?: number;
}

const folder = new URL('../../test/fixtures/catalogue/', import.meta.url);

for (const file of readdirSync(folder)) {
  const cases = ((await import(new URL(file, folder).href)) as { default: Record<string, Case> }).default;
  test(`catalogue: ${file.replace('.ts', '')}`, async (suite) => {
    await withDatabase(async (client) => {
      const version = (await client.query("select current_setting('server_version_num')::int as v")).rows[0]
        .v as number;
      for (const [name, { setup, change, undo, differences, since }] of Object.entries(cases))
        await suite.test(name, { skip: since !== undefined && version < since }, async () => {
          await client.query(setup);
          await client.query('begin');
          try {
            const before = await readCatalogue(client);
            assert.deepEqual(compareCatalogues(before, await readCatalogue(client)), []);
            const names = await readCatalogue(client, { names: true });
            assert.deepEqual(
              [...names.keys()].sort(),
              [...before.keys()].filter((key) => key !== 'database itself').sort(),
            );
            await client.query(change);
            const found = compareCatalogues(before, await readCatalogue(client));
            assert.deepEqual(
              found.map(({ what, key }) => `${what} ${key}`),
              differences,
            );
            for (const difference of found) assert.match(describe(difference), /^[^\n]+$/);
            await client.query(undo);
            assert.deepEqual(compareCatalogues(before, await readCatalogue(client)).map(describe), []);
          } finally {
            await emptyDatabase(client);
          }
        });
    });
  });
}
