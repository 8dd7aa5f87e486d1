/**
 * Writes what follows from the table of commands (executors.json, executor/schemas/, docs/commands.md, AGENTS.md), from the titles
 * of the fault suite (docs/faults.md), from the rules of the review (docs/findings.md) and from the lines of corpus/against-mikro-orm.md (docs/against-mikro-orm.md).
 * Those lines are written by a run of the corpus; here only their form and whether every entry has one are looked at.
 * `node tools/nx-mikro-orm/scripts/docs.ts`, or with `--check`: writes nothing, fails naming what is out of step.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { pageFile, pageGaps, pageNow, pageOf } from '../corpus/against/page.ts';
import { summaryOf } from '../corpus/against/summary.ts';
import { themes } from '../corpus/themes/index.ts';
import { loadAll } from '../src/cli/commands/index.ts';
import { typeCommandsAs } from '../src/errors/typed.ts';
import { agentsPage } from './agents.ts';
import { executorsJson, schemaOf } from './executors.ts';
import { rules } from '../src/review/rules/index.ts';
import { faultsPage } from './faults.ts';
import { findingsPage } from './findings.ts';
import { commandsPage } from './page.ts';

const engine = join(dirname(fileURLToPath(import.meta.url)), '..');
const workspace = join(engine, '../..');
const schemas = join(engine, 'executor/schemas');

// The page is about this workspace.
typeCommandsAs('npx nx run migrations:');

const table = await loadAll();

const entries = pageNow();

const wanted = new Map<string, string>([
  [join(engine, 'executors.json'), JSON.stringify(executorsJson(table))],
  [join(engine, 'AGENTS.md'), agentsPage(table)],
  [join(workspace, 'docs/commands.md'), commandsPage(table)],
  [join(workspace, 'docs/faults.md'), faultsPage(join(engine, 'faults'))],
  [join(workspace, 'docs/findings.md'), findingsPage(rules)],
  [join(workspace, 'docs/against-mikro-orm.md'), summaryOf(entries, themes)],
  [pageFile, pageOf(entries, themes)],
  ...Object.entries(table).map(
    ([name, command]) => [join(schemas, `${name}.json`), JSON.stringify(schemaOf(name, command))] as const,
  ),
]);
for (const [file, text] of wanted) {
  wanted.set(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}

const present = existsSync(schemas) ? readdirSync(schemas).map((name) => join(schemas, name)) : [];
const surplus = present.filter((file) => !wanted.has(file));
const stale = [...wanted].filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text);

if (process.argv.includes('--check')) {
  const out = [...stale.map(([file]) => file), ...surplus].map((file) => `  ${relative(workspace, file)}\n`);
  if (out.length) {
    process.stderr.write(
      `Out of step with what they are written from:\n${out.join('')}Next:\n  npx nx run nx-mikro-orm:docs\n`,
    );
    process.exitCode = 1;
  }
  const gaps = pageGaps(entries, themes).map((gap) => `  ${gap}\n`);
  if (gaps.length) {
    process.stderr.write(
      `corpus/against-mikro-orm.md is not of this corpus:\n${gaps.join('')}Next, with the theme in question:\n  CORPUS=views npx nx run nx-mikro-orm:corpus --configuration=against-stock\n`,
    );
    process.exitCode = 1;
  }
} else {
  for (const file of surplus) rmSync(file);
  for (const [file, text] of stale) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
