import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { sharedDatabase } from '../../../test/database.ts';
import { compareCatalogues, describe, readCatalogue } from '../../catalogue/index.ts';
import { build } from './build.ts';
import { cases as hardCases } from '../../../test/fixtures/hard-schemas.ts';
import { readEntries } from './live.ts';

interface Case {
  setup: string;
  change: string;
  since?: number;
}

const inDatabase = sharedDatabase();

/** What cannot be made again, by the case that has it. */
const lost: Record<string, RegExp> = {
  // Their names have numbers in them that the server makes up.
  'foreign keys whose triggers are off': /^constraint public.teacher.c is changed: .* triggers disabled/,
  'index validity': /^index public.teacher.i is changed: .* INVALID/,
};

const folder = new URL('../../../test/fixtures/catalogue/', import.meta.url);

for (const file of readdirSync(folder)) {
  const cases = ((await import(new URL(file, folder).href)) as { default: Record<string, Case> }).default;
  for (const [name, { setup, change, since }] of Object.entries(cases))
    test(`${file.replace('.ts', '')}: ${name}`, () => again(`${setup};${change}`, since, lost[name]));
}

for (const [name, setup] of Object.entries(hardCases)) test(name, () => again(setup));

/** Makes a database by `statements`, makes another from what is read there, and compares; then takes that one down. */
async function again(statements: string, since?: number, loses?: RegExp): Promise<void> {
  await inDatabase(async (client) => {
    const { rows } = await client.query("select current_setting('server_version_num')::int as v");
    if (since !== undefined && rows[0].v < since) return;
    await client.query('begin');
    await client.query(statements);
    const original = await readCatalogue(client);
    const sequences = (await client.query(sequenceNames)).rows;
    const entries = await readEntries(client, original);
    await client.query('rollback');
    await client.query('begin');
    const { up, down, failed, stuck } = await build(client, entries);
    await client.query('rollback');
    assert.deepEqual([...failed, ...stuck], []);
    await client.query('begin');
    for (const sql of up) await client.query(sql);
    const copy = await readCatalogue(client);
    const differences = compareCatalogues(original, copy).map(describe);
    if (loses) assert.match(differences.join('\n'), loses);
    else assert.deepEqual(differences, [], up.join(';\n'));
    assert.equal(differences.length, loses ? 1 : 0);
    if (!loses) assert.deepEqual((await client.query(sequenceNames)).rows, sequences);
    for (const sql of down) await client.query(sql);
    assert.deepEqual([...(await readCatalogue(client)).keys()], [], down.join(';\n'));
    for (const sql of up) await client.query(sql);
    assert.deepEqual(compareCatalogues(copy, await readCatalogue(client)).map(describe), []);
  });
}

/** No catalogue tells the name of a column's sequence, but a function may use it. */
const sequenceNames = `select relnamespace::regnamespace::text as schema, relname from pg_class
  where relkind = 'S' and oid >= 16384 order by 1, 2`;
