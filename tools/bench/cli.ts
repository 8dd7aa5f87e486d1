/** `nx run bench:cli` and `bench:create`: ours beside other tools, in one run. Prints a table, writes results/, asserts nothing. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { aligned } from '../nx-mikro-orm/src/text/table.ts';
import { cases } from './cases.ts';
import { measureCase, type Finding } from './measure.ts';
import { peers } from './peers/index.ts';
import ours from './peers/ours.ts';
import { withServer } from './server.ts';
import { tableOf } from './table.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    only: { type: 'string' },
    results: { type: 'string', default: 'cli' },
    json: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
const usual = cases.filter(({ onPage }) => !onPage).map(({ name }) => name);
const names = values.only?.split(',') ?? usual;
const unknown = names.filter((name) => !cases.some((which) => which.name === name));
if (!Number.isInteger(runs) || runs < 1) fail(2, `--runs wants a whole number, not "${values.runs}".`);
if (unknown.length)
  fail(2, `There is no case ${unknown.join(', ')}; there are ${cases.map(({ name }) => name).join(', ')}.`);

const say = (line: string) => process.stderr.write(`${line}\n`);
const chosen = cases.filter(({ name }) => names.includes(name));
const present = peers.filter(({ name, missing }) => {
  const reason = missing();
  if (reason !== undefined) say(`skipped  ${name}: ${reason}`);
  return reason === undefined;
});

const began = performance.now();
const findings: Finding[] = [];
await withServer(async (server) => {
  for (const which of chosen)
    findings.push(...(await measureCase(server, which, { ours, peers: present }, { runs, say })));
}).catch((error: unknown) => fail(1, (error as Error).message));

const result = {
  at: new Date().toISOString(),
  node: process.version,
  cores: cpus().length,
  runs,
  seconds: Math.round((performance.now() - began) / 1000),
  findings,
};
const file = join(import.meta.dirname, 'results', `${values.results}.json`);
mkdirSync(join(import.meta.dirname, 'results'), { recursive: true });
writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
if (values.json) console.log(JSON.stringify(result, null, 2));
else {
  console.log(['', ...tableOf(chosen, findings), ''].join('\n'));
  for (const line of aligned([ours, ...present].map(({ name, note }) => [name, note]))) console.log(line);
  console.log(`\nMedians of ${runs} runs, whole processes, ${result.seconds} s in all. Written to ${file}`);
}

function fail(code: number, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
