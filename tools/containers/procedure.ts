/** `nx run containers:procedure`: the procedure in containers, typed on a clone of the last commit. Prints what was typed and said. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'tutoria-containers-'));
const clone = join(work, 'clone');
const env = {
  ...process.env,
  COMPOSE_PROJECT_NAME: 'tutoria-procedure',
  POSTGRES_PORT: '15432',
  API_PORT: '13000',
  PRODUCTION_PORT: '13001',
  ADMIN_TOKEN: 'the-token-of-the-procedure-and-nothing-else',
};

/** The second version of compose is a plugin of the engine's client, the first a program that does not know `name`. */
const isPlugin = spawnSync('docker', ['compose', 'version']).status === 0;

/** Runs a command in the clone and prints it with what it says. @throws when it ends with another code than 0. */
function type(program: string, ...words: string[]): string {
  console.log(`\n$ ${[program, ...words].join(' ')}`);
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: clone, env, encoding: 'utf8' });
  const said = stdout + (status === 0 ? '' : stderr);
  console.log(said.trimEnd());
  assert.equal(status, 0, `${program} ${words.join(' ')} ended with ${status}`);
  return said;
}

const compose = (...words: string[]) =>
  isPlugin ? type('docker', 'compose', ...words) : type('docker-compose', ...words);
const inBackend = (...words: string[]) => compose('exec', '-T', 'backend', ...words);
const nx = (target: string, ...words: string[]) => inBackend('npx', 'nx', 'run', `migrations:${target}`, ...words);

async function answers(port: string, path: string): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(1_000);
  }
  throw new Error(`Nothing answers at port ${port} after a minute.`);
}

try {
  execFileSync('git', ['clone', '--quiet', root, clone]);
  if (!isPlugin) {
    const file = join(clone, 'docker-compose.yml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^name: .*\n/m, ''));
  }
  const revisions = join(clone, 'packages/migrations/revisions');
  // The user 1000 of the image writes revisions here.
  if (process.getuid?.() === 0) chownSync(revisions, 1000, 1000);

  compose('build', 'backend');
  compose('up', '--detach', 'backend');
  await answers(env.API_PORT, '/health/ready');
  nx('current');

  const model = join(clone, 'packages/models/src/teacher.ts');
  const id = '    id: p.integer().primary(),\n';
  writeFileSync(model, readFileSync(model, 'utf8').replace(id, `${id}    phone: p.string().length(30).nullable(),\n`));
  compose('restart', 'backend');
  assert.match(inBackend('cat', 'packages/models/src/teacher.ts'), /phone/);

  const before = readdirSync(revisions);
  nx('create', '-m', 'Give teachers a phone');
  const made = readdirSync(revisions).filter((name) => !before.includes(name));
  assert.match(made.join(), /^Migration\d{14}_give_teachers_a_phone\.ts$/, 'the revision is on the host');
  nx('up');
  assert.match(compose('exec', '-T', 'db', 'psql', '-U', 'postgres', '-d', 'tutoria', '-c', '\\d teacher'), /phone/);
  nx('down', '-1');
  nx('up');
  assert.match(nx('check'), /Models and history match/);
  assert.match(nx('status'), /_give_teachers_a_phone/);

  compose('--profile', 'production', 'up', '--detach', '--build', 'api');
  await answers(env.PRODUCTION_PORT, '/health/ready');
  // As Kubernetes runs it: any user, and nothing to write to.
  const network = `${env.COMPOSE_PROJECT_NAME}_default`;
  const address = 'DATABASE_URL=postgres://postgres:onlyfordevelopment@db:5432/tutoria';
  const hardened = ['--read-only', '--user=10001', '--cap-drop=ALL', '--security-opt=no-new-privileges', '--env=HOME='];
  const said = type(
    'docker',
    'run',
    '--rm',
    ...hardened,
    `--network=${network}`,
    `--env=${address}`,
    'tutoria-migrate',
    'current',
  );
  assert.match(said, /_let_invite_codes_expire|_give_teachers_a_phone/);
  console.log('\nThe API answers as in production. The procedure holds.');
} finally {
  spawnSync(isPlugin ? 'docker' : 'docker-compose', [...(isPlugin ? ['compose'] : []), 'down', '--volumes'], {
    cwd: clone,
    env,
  });
  rmSync(work, { recursive: true, force: true });
}
