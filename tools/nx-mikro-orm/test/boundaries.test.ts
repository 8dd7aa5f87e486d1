import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = join(import.meta.dirname, '../../..');
const engine = 'tools/nx-mikro-orm';

/** The linter as everybody runs it, but for rules that need types: those know only files that exist. */
const eslint = new ESLint({ cwd: root, overrideConfig: [tseslint.configs.disableTypeChecked] });

/** What the linter says of `text`, were it the file `path`. */
async function complaints(path: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${text}\n`, { filePath: join(root, path) });
  return (result?.messages ?? [])
    .filter(({ ruleId, fatal }) => fatal || /boundaries|no-console|no-restricted|revision-imports/.test(ruleId ?? ''))
    .map(({ message }) => message);
}

const refused = (path: string, text: string, says: RegExp) =>
  it(`${path} ✗ ${text}`, async () => {
    const said = await complaints(path, text);
    assert.equal(said.length, 1, `expected one complaint, got: ${said.join(' | ') || 'none'}`);
    assert.match(said[0] ?? '', says);
  });

const allowed = (path: string, text: string) =>
  it(`${path} ✓ ${text}`, async () => assert.deepEqual(await complaints(path, text), []));

describe('packages: models ← migrations ← api', () => {
  const models = 'packages/models/src/teacher.ts';
  const migrations = 'packages/migrations/src/database.ts';
  const api = 'packages/api/src/main.ts';
  const foreign = /imports of this workspace only/;
  refused(models, "import '@tutoria/migrations';", foreign);
  refused(models, "import '@tutoria/api';", foreign);
  refused(models, "import 'nx-mikro-orm';", foreign);
  refused(models, "import '../../migrations/src/database.ts';", foreign);
  refused(migrations, "import '@tutoria/api';", foreign);
  refused(migrations, "await import('../../api/src/main.ts');", foreign);
  refused(api, "import 'nx-mikro-orm';", foreign);
  refused(api, "import '../../../tools/bench/run.ts';", foreign);
  allowed(models, "import '@mikro-orm/core';");
  allowed(migrations, "import '@tutoria/models';\nimport 'nx-mikro-orm/migrator';");
  allowed(api, "import '@tutoria/models';\nimport '@tutoria/migrations';");
  allowed('tools/bench/run.ts', "import '@tutoria/models';\nimport '@tutoria/migrations';\nimport 'nx-mikro-orm';");
});

describe('the engine knows nothing of this workspace', () => {
  for (const path of ['src/apply/run.ts', 'src/apply/run.test.ts', 'plugin.ts', 'test/project.ts'])
    for (const name of ['models', 'migrations', 'migrations/mikro-orm.config', 'api', 'bench'])
      refused(`${engine}/${path}`, `import '@tutoria/${name}';`, /imports of this workspace only: nothing/);
  refused(`${engine}/src/config.ts`, "import type { Teacher } from '@tutoria/models';", /only: nothing/);
  refused(`${engine}/src/config.ts`, "import '../../../packages/models/src/index.ts';", /only: nothing/);
  refused(`${engine}/src/config.ts`, "export * from '@tutoria/models';", /only: nothing/);
  refused(`${engine}/src/config.ts`, "export type Model = import('@tutoria/models').Teacher;", /only: nothing/);
});

describe('the layers of the engine', () => {
  /** Written down again, by hand, so that a slip in the table of eslint.config.js shows. */
  const below: Record<string, string[]> = {
    errors: ['config', 'history/graph', 'apply/run', 'commands/up', 'report'],
    secrets: ['errors', 'apply/run', 'report'],
    config: ['history/graph', 'catalogue/read', 'embedded/server', 'apply/connect'],
    'history/graph': ['catalogue/read', 'embedded/server', 'orm', 'apply/run', 'scratch/database', 'author/create'],
    'catalogue/read': ['history/graph', 'embedded/server', 'orm', 'apply/run', 'scratch/database'],
    'embedded/server': ['history/graph', 'catalogue/read', 'orm', 'apply/connect'],
    orm: ['apply/run', 'scratch/database', 'author/create'],
    'apply/run': ['scratch/database', 'author/create', 'review/plan', 'migrator', 'commands/up', 'report', 'cli'],
    'scratch/database': ['author/create', 'review/plan', 'migrator', 'commands/up'],
    'author/create': ['review/plan', 'migrator', 'commands/create', 'report', 'cli'],
    'review/plan': ['author/create', 'commands/up'],
    migrator: ['index', 'commands/up', 'report', 'cli'],
    index: ['commands/up', 'cli'],
    report: ['commands/command', 'parse', 'cli'],
    'commands/command': ['parse', 'commands/up', 'cli'],
    parse: ['commands/up', 'cli'],
    'commands/up': ['help', 'cli'],
    help: ['cli'],
  };
  for (const [low, above] of Object.entries(below)) {
    const up = low.includes('/') ? '..' : '.';
    for (const high of above) {
      refused(`${engine}/src/${low}.ts`, `import type { X } from '${up}/${high}.ts';`, /may not import/);
      refused(`${engine}/src/${low}.ts`, `await import('${up}/${high}.ts');`, /may not import/);
    }
  }
  refused(`${engine}/src/apply/run.ts`, "import '../../plugin.ts';", /may not import plugin/);
  refused(`${engine}/targets.ts`, "import './plugin.ts';", /may not import plugin/);
  refused(`${engine}/src/cli.ts`, "import '../targets.ts';", /may not import targets/);
  refused(`${engine}/src/helpers.ts`, "import './errors.ts';", /stands in no row/);

  allowed(`${engine}/src/apply/run.ts`, "import '../history/graph.ts';\nimport '../orm.ts';\nimport './step/walk.ts';");
  allowed(`${engine}/src/commands/up.ts`, "import '../author/create.ts';\nimport './command.ts';");
  allowed(`${engine}/src/apply/run.test.ts`, "import '../../test/project.ts';\nimport '../commands/up.ts';");
  for (const path of ['src/cli.ts', 'src/help.ts'])
    allowed(`${engine}/${path}`, "import type { Command } from './commands/command.ts';");
  for (const path of ['plugin.ts', 'targets.ts', 'scripts/docs.ts', 'executor/run.ts'])
    allowed(`${engine}/${path}`, `import '${path.includes('/') ? '..' : '.'}/src/commands/index.ts';`);
});

describe('drivers', () => {
  for (const room of ['history', 'catalogue']) {
    const path = `${engine}/src/${room}/read.ts`;
    for (const driver of ['pg', 'kysely', '@mikro-orm/core', '@mikro-orm/postgresql', '@mikro-orm/sql']) {
      refused(path, `import { Client } from '${driver}';`, /except for types/);
      refused(path, `await import('${driver}');`, /except for types/);
      allowed(path, `import type { Client } from '${driver}';`);
      allowed(path, `import { type Client } from '${driver}';`);
    }
    refused(path, "import pg from 'pg';", /except for types/);
    refused(path, "import { Client, escapeIdentifier } from 'pg';", /except for types/);
    refused(path, "export { Client } from 'pg';", /except for types/);
  }
  refused(`${engine}/src/history/read.ts`, "import { escapeLiteral } from 'pg';", /except for types/);
  allowed(`${engine}/src/catalogue/read.ts`, "import { escapeIdentifier, escapeLiteral, type Client } from 'pg';");
});

describe('a revision imports what stays, and no entities', () => {
  const revision = 'packages/migrations/revisions/Migration20260101000000_example.ts';
  const says = /A revision imports only @mikro-orm\/migrations.*history must not change with them/;
  for (const name of ['@tutoria/models', 'pg', 'node:fs', '@mikro-orm/core', 'nx-mikro-orm', './other.ts', 'kysely']) {
    refused(revision, `import '${name}';`, says);
    refused(revision, `await import('${name}');`, says);
  }
  refused(revision, "import type { Teacher } from '@tutoria/models';", says);
  refused(revision, "export * from '@tutoria/models';", says);
  refused(revision, "export type Model = import('@tutoria/models').Teacher;", says);
  refused(revision, "import { Kysely } from 'kysely';", says);
  refused(revision, "import { sql, type Kysely } from 'kysely';", says);
  allowed(revision, "import { Migration } from '@mikro-orm/migrations';");
  allowed(revision, "import { irreversible, tables, type Generated } from 'nx-mikro-orm/revision';");
  allowed(revision, "import type { ColumnType } from 'kysely';\nimport { type Kysely } from 'kysely';");
});

describe('only report.ts prints', () => {
  const texts = [
    "console.log('x');",
    "process.stdout.write('x');",
    "process.stderr.write('x');",
    "import { stdout } from 'node:process';",
    "import console from 'node:console';",
  ];
  for (const text of texts) {
    for (const path of ['src/parse.ts', 'src/commands/up.ts', 'src/apply/run.ts'])
      refused(`${engine}/${path}`, text, /console|Only report\.ts prints/);
    for (const path of ['src/report.ts', 'scripts/docs.ts', 'executor/run.ts', 'src/cli.test.ts'])
      allowed(`${engine}/${path}`, text);
    refused('packages/migrations/src/database.ts', text, /console|Only report\.ts prints/);
    allowed('tools/bench/run.ts', text);
  }
});

// So that this file cannot pass because the linter reads no configuration here.
before(async () => {
  const config = (await eslint.calculateConfigForFile(join(root, engine, 'src/parse.ts'))) as { rules: object };
  assert.ok('tutoria/boundaries' in config.rules);
});
