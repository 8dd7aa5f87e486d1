import assert from 'node:assert/strict';
import { dirname, join, relative } from 'node:path';
import { before, describe, it } from 'node:test';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const root = join(import.meta.dirname, '../..');
const engine = 'tools/nx-mikro-orm';

/** The linter as everybody runs it, but for rules that need types: those know only files that exist. */
const eslint = new ESLint({ cwd: root, overrideConfig: [tseslint.configs.disableTypeChecked] });

/** What the linter says of `text`, were it the file `path`. */
async function complaints(path: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${text}\n`, { filePath: join(root, path) });
  return (result?.messages ?? [])
    .filter(({ ruleId, fatal }) => fatal || /no-console|no-restricted|no-cycle|revision-imports/.test(ruleId ?? ''))
    .map(({ message }) => message);
}

const refused = (path: string, text: string, says: RegExp) =>
  it(`${path} ✗ ${text}`, async () => {
    const said = await complaints(path, text);
    assert.ok(
      said.some((one) => says.test(one)),
      `expected a complaint like ${says.source}, got: ${said.join(' | ') || 'none'}`,
    );
  });

const allowed = (path: string, text: string) =>
  it(`${path} ✓ ${text}`, async () => assert.deepEqual(await complaints(path, text), []));

describe('packages: models ← migrations ← api', () => {
  const models = 'packages/models/src/teacher.ts';
  const migrations = 'packages/migrations/src/database.ts';
  const api = 'packages/api/src/main.ts';
  const foreign = /imports of this workspace only/;
  refused(models, "import '@tutoria/migrations';", foreign);
  refused(models, "import '../../api/src/app.ts';", foreign);
  refused(models, "import 'nx-mikro-orm';", foreign);
  refused(models, "import '../../migrations/src/database.ts';", foreign);
  refused(migrations, "await import('../../api/src/main.ts');", foreign);
  refused(api, "import 'nx-mikro-orm';", foreign);
  refused(api, "import '../../../tools/bench/cli.ts';", foreign);
  allowed(models, "import '@mikro-orm/core';");
  allowed(migrations, "import '@tutoria/models';\nimport 'nx-mikro-orm/migrator';");
  allowed(api, "import '@tutoria/models';\nimport '@tutoria/migrations';");
  allowed('tools/bench/run.ts', "import '@tutoria/models';\nimport '@tutoria/migrations';\nimport 'nx-mikro-orm';");
});

describe('the engine knows nothing of this workspace', () => {
  for (const path of ['src/run/run.ts', 'src/run/run.test.ts', 'plugin.ts', 'test/project.ts'])
    for (const name of ['models', 'migrations', 'migrations/mikro-orm.config'])
      refused(`${engine}/${path}`, `import '@tutoria/${name}';`, /imports of this workspace only: nothing/);
  refused(`${engine}/src/config.ts`, "import type { Teacher } from '@tutoria/models';", /only: nothing/);
  refused(`${engine}/src/config.ts`, "import '../../../packages/models/src/index.ts';", /only: nothing/);
  refused(`${engine}/src/config.ts`, "export * from '@tutoria/models';", /only: nothing/);
  refused(`${engine}/src/config.ts`, "export type Model = import('@tutoria/models').Teacher;", /at the top/);
  refused(`${engine}/src/config.ts`, "export type Run = import('./run/run.ts').X;", /at the top/);
});

/** The path of an import in the engine's sources. */
const between = (from: string, to: string): string => {
  const path = relative(dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
};

describe('the rooms of the engine', () => {
  /** Written down again, by hand, so that a slip in the table of eslint.config.js shows: a file, and what lies above it. */
  const above: Record<string, string[]> = {
    errors: ['config', 'history/graph', 'run/run', 'cli/commands/up', 'cli/report/report'],
    secrets: ['errors', 'run/run', 'cli/report/report'],
    config: ['history/graph', 'catalogue/read', 'postgres/embedded/server', 'postgres/connect/connect'],
    'sql/kind': ['history/graph', 'catalogue/read', 'postgres/connect/own-path', 'ledger/ledger'],
    'history/graph': ['catalogue/read', 'orm', 'postgres/lock', 'ledger/stored', 'run/run', 'author/create'],
    'catalogue/read': ['history/graph', 'orm', 'postgres/connect/own-path', 'run/run', 'rehearsal/scratch/database'],
    orm: ['postgres/orm-session', 'run/run', 'rehearsal/scratch/database', 'author/create'],
    'postgres/embedded/server': ['postgres/connect/connect', 'postgres/lock', 'ledger/ledger'],
    'postgres/connect/connect': ['postgres/session', 'postgres/lock', 'ledger/ledger', 'run/run'],
    'postgres/lock': ['ledger/journal', 'run/events/events', 'run/run', 'repair/repair'],
    'ledger/journal': ['run/events/events', 'run/standing/standing', 'run/worker/worker', 'run/run', 'repair/see'],
    'run/events/events': ['run/standing/standing', 'run/worker/worker', 'run/step/walk', 'run/request'],
    'run/standing/standing': ['run/events/events', 'run/worker/worker', 'run/plan', 'repair/see'],
    'run/worker/worker': ['run/resume/resume', 'run/step/walk', 'run/ending/stop', 'run/perform'],
    'run/resume/evidence/invalid': ['run/resume/resume', 'run/step/outside', 'repair/invalid-index'],
    'run/resume/resume': ['run/step/outside', 'run/ending/stop', 'run/perform'],
    'run/step/walk': ['run/ending/aftermath', 'run/perform', 'repair/repair'],
    'run/ending/stop': ['run/perform', 'repair/repair'],
    'run/run': [
      'repair/repair',
      'rehearsal/scratch/database',
      'author/create',
      'rehearsal/loss',
      'migrator',
      'cli/report/report',
      'cli/cli',
    ],
    'repair/repair': ['rehearsal/scratch/database', 'author/create', 'cli/commands/repair'],
    'catalogue/key': ['catalogue/item', 'catalogue/kinds/table', 'catalogue/read'],
    'catalogue/item': ['catalogue/phase', 'catalogue/kinds/kind', 'catalogue/compare'],
    'catalogue/kinds/table': ['catalogue/read', 'catalogue/compare', 'diff/operations'],
    'diff/operations': ['orm', 'postgres/lock', 'run/run', 'rehearsal/attempt', 'author/create'],
    'diff/questions/values': ['run/run', 'rehearsal/casts', 'author/difference/settle'],
    'rehearsal/scratch/database': ['rehearsal/proof', 'rehearsal/loss', 'author/create', 'migrator', 'cli/commands/up'],
    'rehearsal/rows/fill': ['rehearsal/loss/follow', 'rehearsal/watch', 'author/create'],
    'rehearsal/proof': ['author/difference/difference', 'author/create', 'check/verify', 'migrator'],
    'author/file/file': ['author/models/wanted', 'author/difference/missing', 'author/create'],
    'author/models/wanted': ['author/difference/missing', 'author/whole/whole', 'author/create'],
    'author/difference/settle': ['author/whole/live', 'author/create', 'author/again'],
    'author/create': ['check/verify', 'migrator', 'cli/commands/create', 'cli/report/report', 'cli/cli'],
    'check/verify': ['migrator', 'cli/commands/verify'],
    migrator: ['index', 'cli/commands/up', 'cli/report/report', 'cli/cli'],
    index: ['cli/commands/up', 'cli/cli'],
    'cli/report/report': ['cli/commands/command', 'cli/parse', 'cli/cli'],
    'cli/commands/command': ['cli/parse', 'cli/commands/up', 'cli/cli'],
    'cli/parse': ['cli/commands/up', 'cli/cli'],
    'cli/commands/up': ['cli/help', 'cli/cli'],
    'cli/help': ['cli/cli'],
  };
  for (const [low, files] of Object.entries(above))
    for (const high of files) {
      const path = between(low, high);
      refused(`${engine}/src/${low}.ts`, `import type { X } from '${path}.ts';`, /may not import/);
      refused(`${engine}/src/${low}.ts`, `await import('${path}.ts');`, /may not import/);
    }
  refused(`${engine}/src/run/run.ts`, "import '../../plugin.ts';", /run may not import/);
  refused(`${engine}/targets.ts`, "import './plugin.ts';", /targets may not import/);
  refused(`${engine}/src/cli/cli.ts`, "import '../../targets.ts';", /cli may not import/);
  refused(`${engine}/src/helpers.ts`, "import './errors.ts';", /stands in no row/);
  refused(`${engine}/src/cli/help/words.ts`, "import '../cli.ts';", /may not import/);

  const below: Record<string, string[]> = {
    'run/run': ['history/graph', 'orm', 'postgres/lock', 'ledger/ledger', 'run/step/walk', 'run/ending/stop'],
    'run/ending/stop': ['run/worker/worker', 'run/events/events', 'ledger/journal', 'postgres/session'],
    'run/step/outside': ['run/resume/resume', 'run/resume/evidence/invalid', 'run/worker/retry', 'sql/kind'],
    'postgres/lock': ['postgres/connect/connect', 'postgres/embedded/server', 'postgres/session', 'errors'],
    'postgres/connect/connect': ['postgres/embedded/server', 'postgres/connect/own-path', 'secrets'],
    'repair/repair': ['run/standing/standing', 'ledger/bookkeeping', 'repair/see'],
    'cli/commands/up': ['author/create', 'repair/repair', 'cli/commands/command', 'cli/commands/migrate'],
    'cli/parse': ['cli/commands/command', 'errors'],
  };
  for (const [high, files] of Object.entries(below))
    for (const low of files) allowed(`${engine}/src/${high}.ts`, `import '${between(high, low)}.ts';`);
  allowed(`${engine}/src/run/run.test.ts`, "import '../../test/project.ts';\nimport '../commands/up.ts';");
  for (const path of ['src/cli/cli.ts', 'src/cli/help.ts'])
    allowed(`${engine}/${path}`, "import type { Command } from './commands/command.ts';");
  for (const path of ['plugin.ts', 'targets.ts', 'scripts/docs.ts', 'executor/run.ts'])
    allowed(`${engine}/${path}`, `import '${path.includes('/') ? '..' : '.'}/src/cli/commands/index.ts';`);
});

describe('no circles', () => {
  const circle = /Dependency cycle/;
  refused(`${engine}/src/history/graph.ts`, "import './state.ts';\nimport './stored.ts';", circle);
  allowed(`${engine}/src/history/graph.ts`, "import type { State } from './state.ts';");
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
    for (const path of ['src/cli/parse.ts', 'src/cli/commands/up.ts', 'src/run/run.ts'])
      refused(`${engine}/${path}`, text, /console|Only report\.ts prints/);
    for (const path of ['src/cli/report/report.ts', 'scripts/docs.ts', 'executor/run.ts', 'src/cli/cli.test.ts'])
      allowed(`${engine}/${path}`, text);
    refused('packages/migrations/src/database.ts', text, /console|Only report\.ts prints/);
    allowed('tools/bench/run.ts', text);
  }
});

// So that this file cannot pass because the linter reads no configuration here.
before(async () => {
  const config = (await eslint.calculateConfigForFile(join(root, engine, 'src/cli/parse.ts'))) as { rules: object };
  assert.ok('import-x/no-restricted-paths' in config.rules, Object.keys(config.rules).join(' '));
});
