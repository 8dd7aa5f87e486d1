/**
 * `nx run bench:api`: the API beside a bare Fastify with `pg`, the API while a revision is applied, and a rolling restart,
 * in one run on one server. Prints, writes results/api.json, asserts nothing but that no request is lost.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { compare, type Read } from './api/compare.ts';
import { drill } from './api/drill.ts';
import type { Outcome } from './api/load.ts';
import { rollingRestart } from './api/rolling.ts';
import { startBare, startOurs } from './api/services.ts';
import { median } from './measure.ts';
import { withServer } from './server.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '5' } },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const say = (line: string) => process.stderr.write(`${line}\n`);
/** Ours divided by bare should not be below this, on reads. */
const reach = 0.7;

const result = await withServer(async (url) => {
  const cli = join(import.meta.dirname, '../../node_modules/.bin/nx-mikro-orm');
  execFileSync(cli, ['up'], { env: { ...process.env, DATABASE_URL: url }, stdio: ['ignore', 'ignore', 'inherit'] });
  await fill(url);
  const [ours, bare] = await Promise.all([startOurs(url), startBare(url)]);
  const reads = await compare({ ours, bare }, { rounds, seconds, say });
  await Promise.all([ours.stop(), bare.stop()]);
  say('rolling restart');
  const rolling = await rollingRestart(url);
  say('a revision is applied');
  return { reads, rolling, drill: await drill(url, seconds) };
});

/** A thousand teachers, each with a used code. */
async function fill(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    `with made as (insert into teacher (name, email)
       select 'Teacher ' || n, 'teacher-' || n || '@example.com' from generate_series(1, 1000) n returning id)
     insert into invite_code (code, is_used, teacher_id) select 'code-' || id, true, id from made`,
  );
  await client.end();
}

const folder = join(import.meta.dirname, 'results');
mkdirSync(folder, { recursive: true });
const site = { at: new Date().toISOString(), node: process.version, cores: cpus().length, rounds, seconds };
writeFileSync(join(folder, 'api.json'), `${JSON.stringify({ ...site, ...result }, null, 2)}\n`);

const ms = ({ p50, p99, max }: Outcome) => `p50 ${p50} ms, p99 ${p99} ms, longest ${max} ms`;
const lines = ({ read, ours, bare, ratios }: Read): string[] => {
  const ratio = median(ratios);
  const range = `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`;
  return [
    `GET ${read}`,
    `  ours  ${ours.perSecond.toFixed(0)}/s, ${ms(ours)}, ${ours.lost} lost`,
    `  bare  ${bare.perSecond.toFixed(0)}/s, ${ms(bare)}, ${bare.lost} lost`,
    `  ours/bare ${ratio.toFixed(2)} (${range}), reach >= ${reach}: ${ratio >= reach ? 'reached' : 'not reached'}`,
  ];
};
const { rolling, drill: drilled } = result;
console.log(
  [
    ...result.reads.flatMap(lines),
    `${rolling.restarts} restarts of 2 instances, one after the other: ${rolling.requests} requests, ${rolling.lost} lost; ${ms(rolling)}`,
    `before migrations:up      ${drilled.before.perSecond.toFixed(0)}/s, ${ms(drilled.before)}`,
    `while migrations:up runs  ${drilled.during.perSecond.toFixed(0)}/s, ${ms(drilled.during)}; ${drilled.during.requests} requests, ${drilled.during.lost} lost; then ready: ${drilled.ready}`,
  ].join('\n'),
);
const lost = [rolling, drilled.before, drilled.during, ...result.reads.map(({ ours }) => ours)];
process.exitCode = lost.some((outcome) => outcome.lost > 0) || drilled.ready !== 200 ? 1 : 0;
