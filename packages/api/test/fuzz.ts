/**
 * `nx run api:fuzz`: schemathesis sends requests made from the OpenAPI document to the service on a PostgreSQL of its own,
 * until at least so many (`--requests`, 10,000) were sent. Ends with 1 when an answer was a 5xx, or not as described.
 * schemathesis is a Python program: `pip install schemathesis`, on PATH or named by SCHEMATHESIS.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { globalSetup, globalTeardown } from '../../../tools/nx-mikro-orm/test/global.ts';
import { sql, token, withApp } from './standing.ts';

const { values } = parseArgs({ options: { requests: { type: 'string', default: '10000' }, seed: { type: 'string' } } });
const wanted = Number(values.requests);
/** What schemathesis keeps between rounds goes with the run. */
const home = mkdtempSync(join(tmpdir(), 'tutoria-fuzz-'));
const program = process.env['SCHEMATHESIS'] ?? 'schemathesis';

await globalSetup();
try {
  let sent = 0;
  const statuses = new Map<number, number>();
  let failed = false;
  await withApp(async ({ app, beside }) => {
    app.addHook('onResponse', async (_, reply) => {
      sent++;
      statuses.set(reply.statusCode, (statuses.get(reply.statusCode) ?? 0) + 1);
    });
    // Something to find, to change and to redeem.
    await sql(
      beside,
      `insert into teacher (name, email) select 'T ' || n, n || '@example.com' from generate_series(1, 50) n`,
    );
    await sql(beside, `insert into invite_code (code) select 'code-' || n from generate_series(1, 50) n`);
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    for (let seed = Number(values.seed ?? 1); sent < wanted && !failed; seed++) failed = !(await run(address, seed));
  });
  console.log(
    `${sent} requests: ${[...statuses]
      .sort()
      .map(([status, count]) => `${status} × ${count}`)
      .join(', ')}`,
  );
  const broken = [...statuses.keys()].filter((status) => status >= 500);
  process.exitCode = failed || broken.length > 0 ? 1 : 0;
} finally {
  rmSync(home, { recursive: true, force: true });
  await globalTeardown();
}

/** One round of schemathesis; true when every answer was as described. */
async function run(address: string, seed: number): Promise<boolean> {
  const words = ['run', `${address}/openapi.json`, '--header', `Authorization: Bearer ${token}`];
  // That a code exists and a time lies in the future is in no schema, so what fits the schema may still be refused.
  const checks = ['--exclude-checks', 'positive_data_acceptance'];
  const manner = ['--max-examples', '200', '--seed', String(seed), '--continue-on-failure', '--no-color'];
  const child = spawn(program, [...words, ...checks, ...manner], { stdio: 'inherit', cwd: home });
  const [code] = (await once(child, 'exit').catch((error: unknown) => {
    throw new Error(`${program} did not start: pip install schemathesis, or name it in SCHEMATHESIS.`, {
      cause: error,
    });
  })) as [number];
  return code === 0;
}
