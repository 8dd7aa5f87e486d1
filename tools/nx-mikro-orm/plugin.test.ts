import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { commands } from './src/cli/commands/index.ts';
import { createNodes, createNodesV2 } from './plugin.ts';

const root = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-plugin-'));
after(() => rmSync(root, { recursive: true, force: true }));
const put = (path: string, text = '') => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
};
put('packages/migrations/package.json');
put('elsewhere/nothing-but-a-config.ts');
put('package-lock.json', '{"node_modules/pg":{},"node_modules/@mikro-orm/core":{},"node_modules/@mikro-orm/sql":{}}');
put('node_modules/pg/package.json');
put('node_modules/@mikro-orm/postgresql/package.json');
put('node_modules/@mikro-orm/core/package.json');

const nodesOf = async (files: string[], namedInputs?: Record<string, string[]>) =>
  createNodes[1](files, undefined, {
    workspaceRoot: root,
    nxJsonConfiguration: namedInputs ? { namedInputs } : {},
  });

const metadata = (command: string, description: string, args: string[]) => ({
  description,
  technologies: ['mikro-orm', 'postgresql'],
  help: { command: `npx nx-mikro-orm ${command} --help`, example: { args } },
});

const inputs = [
  '{projectRoot}/**/*',
  '!{projectRoot}/**/*.test.ts',
  '!{projectRoot}/**/*.md',
  '^production',
  { externalDependencies: ['@mikro-orm/core', 'pg'] },
  { env: 'POSTGRES_MAJOR' },
  { env: 'SCRATCH_DATABASE_URL' },
];

const files = (command: string, description: string, args: string[] = []) => ({
  executor: `nx-mikro-orm:${command}`,
  cache: true,
  inputs,
  metadata: metadata(command, description, args),
});

const database = (command: string, description: string, args: string[] = []) => ({
  executor: `nx-mikro-orm:${command}`,
  cache: false,
  parallelism: false,
  metadata: metadata(command, description, args),
});

/** One of each sort; the others differ in name and words. */
const examples = {
  create: database(
    'create',
    'Compare the models with the history and write the revision that is missing, proven on scratch.',
    ['-m', 'Create invite_code table'],
  ),
  up: database('up', 'Apply pending revisions to the database, up to head or to the one you name.'),
  verify: files(
    'verify',
    'Prove the whole history on scratch: every revision up, down and up again, and head gives the models.',
  ),
};

test('a project with a migrations.config.ts gets one target for each command', async () => {
  const [found, ...others] = await nodesOf(['packages/migrations/migrations.config.ts'], { production: ['default'] });
  assert.deepEqual(others, []);
  assert.equal(found?.[0], 'packages/migrations/migrations.config.ts');
  const targets = found[1].projects?.['packages/migrations']?.targets ?? {};
  assert.deepEqual(Object.keys(targets), Object.keys(commands));
  for (const [name, target] of Object.entries(examples)) assert.deepEqual(targets[name], target);
  for (const { cache, parallelism } of Object.values(targets)) assert.equal(cache, parallelism ?? true);
});

test('without a named input "production", what a project depends on counts whole', async () => {
  const [found] = await nodesOf(['packages/migrations/migrations.config.ts']);
  const verify = found?.[1].projects?.['packages/migrations']?.targets?.['verify'];
  assert.deepEqual(verify?.inputs?.[3], '^default');
});

test('node_modules and folders that are no project are left alone', async () => {
  assert.deepEqual(await nodesOf(['node_modules/x/migrations.config.ts', 'elsewhere/migrations.config.ts']), []);
});

test('both names that Nx knows are the same plugin', () => {
  assert.equal(createNodesV2, createNodes);
  assert.equal(createNodes[0], '**/migrations.config.ts');
});
