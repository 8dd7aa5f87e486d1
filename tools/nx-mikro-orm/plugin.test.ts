import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { commands } from './src/commands/index.ts';
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

const targets = {
  create: database(
    'create',
    'Compare the models with the history and write the revision that is missing, proven on scratch.',
    ['-m', 'Create invite_code table'],
  ),
  up: database('up', 'Apply pending revisions to the database, up to head or to the one you name.'),
  down: database('down', 'Revert the newest applied revision, or everything after the one you name.'),
  switch: database(
    'switch',
    'Take the database from another checkout to this one: revert what this one lacks, apply what it adds.',
  ),
  status: database(
    'status',
    'Show every revision with its state in this database, newest last, and what does not fit.',
  ),
  current: database('current', 'Show where the database stands, and what is pending.'),
  history: database('history', 'Show every revision and what it revises, newest first.'),
  journal: database(
    'journal',
    'Show every attempt that was made on this database, oldest first: what, when, by whom, and how it ended.',
  ),
  heads: files('heads', 'Show the revisions that nothing revises: a healthy history has one.'),
  show: files('show', 'Show one revision: its file, what it revises, and its statements up and down.'),
  check: database(
    'check',
    'Check that the history has one head, that every entity is registered, and that the models are what head gives.',
  ),
  verify: files(
    'verify',
    'Prove the whole history on scratch: every revision up, down and up again, and head gives the models.',
  ),
  inspect: database(
    'inspect',
    'List the tables of the database, or show one: columns, indexes, constraints, references.',
  ),
  stamp: database('stamp', 'Record a revision as where the database stands, without running anything.', ['head']),
  repair: database(
    'repair',
    'Show everything that does not fit, with the evidence and the ways out; mend one thing when told to.',
  ),
  baseline: database(
    'baseline',
    'Write the first revision from a database that exists already, proven on scratch, and record it there.',
    ['-m', 'The database as it was'],
  ),
  rebuild: database(
    'rebuild',
    'Replace the whole history by one new first revision that gives the same, proven on scratch.',
    ['--dry-run'],
  ),
  fresh: database('fresh', 'Drop everything in the database and apply the whole history again: for development.'),
  doctor: database(
    'doctor',
    'Look at everything that has to work: versions, configuration, models, history, server, database, scratch.',
  ),
  url: database('url', 'Print the address of the database, password included: for psql and other tools.'),
  psql: database('psql', 'Open psql on the database, where psql is installed.'),
  'db-stop': database('db-stop', 'Stop the embedded PostgreSQL; its data stays.'),
};

test('a project with a migrations.config.ts gets one target for each command', async () => {
  const found = await nodesOf(['packages/migrations/migrations.config.ts'], { production: ['default'] });
  assert.deepEqual(found, [
    [
      'packages/migrations/migrations.config.ts',
      {
        projects: {
          'packages/migrations': {
            targets,
          },
        },
      },
    ],
  ]);
  assert.deepEqual(Object.keys(targets), Object.keys(commands));
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
