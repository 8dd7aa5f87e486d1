/** `nx run bench:compare`: ours as it is here beside ours as another commit has it, in one run. Fails where a row got slower. */
import { parseArgs } from 'node:util';
import { cases } from './cases.ts';
import { withCheckout } from './checkout.ts';
import { measureCase, type Finding } from './measure.ts';
import ours, { oursIn } from './peers/ours.ts';
import { withServer } from './server.ts';
import { tableOf } from './table.ts';

/** A row that takes longer than this many times what it took is a failure. */
const limit = 1.1;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '9' },
    only: { type: 'string' },
    ref: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const ref = values.ref ?? positionals[0];
const runs = Number(values.runs);
const names = values.only?.split(',') ?? cases.filter(({ onPage }) => !onPage).map(({ name }) => name);
const unknown = names.filter((name) => !cases.some((which) => which.name === name));
if (ref === undefined) fail(2, 'Which commit? For example: npx nx run bench:compare --ref main');
if (!Number.isInteger(runs) || runs < 1) fail(2, `--runs wants a whole number, not "${values.runs}".`);
if (unknown.length)
  fail(2, `There is no case ${unknown.join(', ')}; there are ${cases.map(({ name }) => name).join(', ')}.`);

const say = (line: string) => process.stderr.write(`${line}\n`);
const findings: Finding[] = [];
const compared = await withCheckout(ref, say, ({ root, commit }) =>
  withServer(async (server) => {
    const who = { ours, peers: [oursIn(root, commit)] };
    const chosen = cases.filter(({ name }) => names.includes(name));
    const compared = chosen.map((which) => ({ ...which, reach: { [commit]: limit } }));
    for (const which of compared) findings.push(...(await measureCase(server, which, who, { runs, say })));
    return compared;
  }),
).catch((error: unknown) => fail(1, (error as Error).message));

const slower = findings.filter(({ ratio }) => ratio > limit);
if (values.json) console.log(JSON.stringify({ ref, runs, limit, findings, slower: slower.length }, null, 2));
else {
  console.log(['', ...tableOf(compared, findings), ''].join('\n'));
  console.log(`\nMedians of ${runs} runs, whole processes, one beside the other.`);
}
for (const row of slower) say(`${row.case} takes ${row.ratio.toFixed(2)} times what it took at ${ref}.`);
process.exitCode = slower.length ? 1 : 0;

function fail(code: number, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
