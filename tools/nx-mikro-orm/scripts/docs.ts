/**
 * Writes what follows from the table of commands (executors.json, executor/schemas/, docs/commands.md) and from the titles
 * of the fault suite (docs/faults.md).
 * docs/against-mikro-orm.md is written by a run of the corpus; only whether it lists every entry is looked at here.
 * `node tools/nx-mikro-orm/scripts/docs.ts`, or with `--check`: writes nothing, fails naming what is out of step.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { gapsNow } from '../corpus/against/gaps.ts';
import { themes } from '../corpus/themes/index.ts';
import type { Command } from '../src/cli/commands/command.ts';
import { commands, load, type CommandName } from '../src/cli/commands/index.ts';
import { executorsJson, schemaOf } from './executors.ts';
import { faultsPage } from './faults.ts';
import { commandsPage } from './page.ts';

const engine = join(dirname(fileURLToPath(import.meta.url)), '..');
const workspace = join(engine, '../..');
const schemas = join(engine, 'executor/schemas');

const table: Record<string, Command> = {};
for (const name of Object.keys(commands) as CommandName[]) table[name] = await load(name);

const wanted = new Map<string, string>([
  [join(engine, 'executors.json'), JSON.stringify(executorsJson(table))],
  [join(workspace, 'docs/commands.md'), commandsPage(table)],
  [join(workspace, 'docs/faults.md'), faultsPage(join(engine, 'faults'))],
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
  const gaps = gapsNow(themes).map((gap) => `  ${gap}\n`);
  if (gaps.length) {
    process.stderr.write(
      `docs/against-mikro-orm.md is not of this corpus:\n${gaps.join('')}Next:\n  npx nx run nx-mikro-orm:corpus --configuration=against-stock\n`,
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
