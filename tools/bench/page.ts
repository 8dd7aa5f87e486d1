/** `nx run bench:page`: every case beside every tool that is here, written to docs/performance.md. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cases, type Case } from './cases.ts';
import { measureCase, type Finding } from './measure.ts';
import { peers } from './peers/index.ts';
import ours from './peers/ours.ts';
import { withServer } from './server.ts';

const root = join(import.meta.dirname, '../..');
const file = join(root, 'docs/performance.md');

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' }, only: { type: 'string' } } });
const runs = Number(values.runs);
const say = (line: string) => process.stderr.write(`${line}\n`);
const only = values.only?.split(',');
const chosen = cases.filter(({ name }) => only?.includes(name) ?? true);
const missing = peers.map(({ name, missing }) => [name, missing()] as const).filter(([, reason]) => reason);
for (const [name, reason] of missing) say(`skipped  ${name}: ${reason}`);
const present = peers.filter(({ name }) => !missing.some(([one]) => one === name));

const began = performance.now();
const findings: Finding[] = [];
let server = '';
await withServer(async (url) => {
  server = await versionOf(url);
  for (const which of chosen)
    findings.push(...(await measureCase(url, which, { ours, peers: present }, { runs, say })));
});
writeFileSync(file, page());
say(`written  ${file}`);

async function versionOf(url: string): Promise<string> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('show server_version');
  await client.end();
  return (rows as { server_version: string }[])[0]?.server_version ?? '';
}

function page(): string {
  const minutes = Math.round((performance.now() - began) / 60_000);
  const names = present.map(({ name, note }) => `- **${name}**: ${note}${version(name)}`);
  return `# Performance

<!-- Written by \`npx nx run bench:page\`. -->

Whole processes, as a user starts them, one beside the other in one run: each tool runs right before or right after ours, so that
a slow minute falls on both. The ratio is ours divided by theirs, the median of ${runs} runs and the range of all; below 1, ours
takes less time. Memory is the most that the tool's process took, in a run that is not timed.

On ${new Date().toISOString().slice(0, 10)}, with Node ${process.version.slice(1)} and PostgreSQL ${server} (crash-safe, as it comes), on ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}),
in ${minutes} minutes. Numbers of other machines differ; ratios differ less. To have your own: \`npx nx run bench:page\`; to compare
two commits, \`npx nx run bench:compare --ref main\`, which fails where a row takes more than 1.1 times as long.

${chosen.map(section).join('\n')}
## What is measured

- **ours**: ${ours.note}
${names.join('\n')}
${missing.length ? `\nNot there when this was measured: ${missing.map(([name]) => name).join(', ')}.\n` : ''}`;
}

function version(name: string): string {
  const packages: Record<string, string> = { 'mikro-orm': '@mikro-orm/core', drizzle: 'drizzle-orm' };
  for (const folder of [join(import.meta.dirname, 'peers'), root])
    try {
      const manifest = readFileSync(join(folder, 'node_modules', packages[name] ?? name, 'package.json'), 'utf8');
      return `; version ${(JSON.parse(manifest) as { version: string }).version}`;
    } catch {
      // Not a package of npm, or another folder's.
    }
  const program = { alembic: process.env['BENCH_ALEMBIC'] ?? 'alembic', psql: 'psql' }[name];
  if (program === undefined) return '';
  const words = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
  return `; version ${/\d[\d.]*/.exec(words)?.[0] ?? words}`;
}

function section({ name, title, reach }: Case): string {
  const found = findings.filter((finding) => finding.case === name);
  const [first] = found;
  const head = first ? `Ours: ${seconds(first.ours)}${memory(first.oursPeak)}.` : 'Nothing here does the same.';
  const rows = found.map(
    ({ peer, seconds: theirs, ratio, ratios, peak }) =>
      `| ${peer} | ${seconds(theirs)} | ${ratio.toFixed(2)} | ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)} | ${reach[peer] ?? ''} | ${megabytes(peak)} |`,
  );
  const table = [
    '| | theirs | ours ÷ theirs | range | aim, at most | their memory |',
    '|---|---:|---:|---:|---:|---:|',
    ...rows,
  ];
  return `## ${title.replace(/^./, (letter) => letter.toUpperCase())}\n\n${head}\n\n${found.length ? `${table.join('\n')}\n` : ''}`;
}

function seconds(value: number): string {
  return `${value < 1 ? value.toFixed(3) : value.toFixed(2)} s`;
}

function megabytes(value: number | undefined): string {
  return value === undefined ? '' : `${Math.round(value)} MB`;
}

function memory(value: number | undefined): string {
  return value === undefined ? '' : `, ${megabytes(value)} of memory`;
}
