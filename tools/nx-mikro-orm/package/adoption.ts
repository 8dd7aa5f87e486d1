/**
 * `nx run nx-mikro-orm:adoption`: the package as npm installs it from its tarball, adopted by every kind of project that MikroORM is
 * used in, each with three migrations that stock MikroORM has applied, and rows. Needs npm's registry. Names of kinds can be given.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { globalSetup, globalTeardown } from '../test/global.ts';
import { kinds, migrations, teacherWith, type Kind } from './adoption-kinds.ts';

const engine = join(import.meta.dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-adoption-'));
const run = promisify(execFile);

/** Everything that one of the projects needs, beside the tarball. */
function packages(): string[] {
  const { version } = JSON.parse(
    readFileSync(join(engine, '../../node_modules/@mikro-orm/core/package.json'), 'utf8'),
  ) as { version: string };
  const orm = ['core', 'postgresql', 'migrations', 'sql', 'decorators', 'cli'].map(
    (name) => `@mikro-orm/${name}@${version}`,
  );
  return [
    ...orm,
    'reflect-metadata@0.2.2',
    'tsx@4.23.15',
    '@swc-node/register@1.12.1',
    '@swc/core@1.15.3',
    'typescript@5.9.3',
  ];
}

async function install(): Promise<string> {
  const unpacked = join(home, 'package');
  await run(process.execPath, [join(import.meta.dirname, 'build.ts'), unpacked]);
  const { stdout } = await run('npm', ['pack', unpacked, '--silent'], { cwd: home });
  const into = join(home, 'installed');
  mkdirSync(into);
  const words = ['install', '--no-save', '--no-audit', '--no-fund', '--silent', '--prefix', into];
  await run('npm', [...words, join(home, stdout.trim()), ...packages()], { cwd: into });
  return join(into, 'node_modules');
}

/** What somebody sees at a terminal. */
interface Typed {
  code: number;
  output: string;
}

class App {
  readonly root: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(kind: Kind, modules: string, url: string) {
    this.root = join(home, kind.name);
    mkdirSync(this.root);
    symlinkSync(modules, join(this.root, 'node_modules'));
    this.#env = { PATH: process.env['PATH'], HOME: home, DATABASE_URL: url, SCRATCH_DATABASE_URL: url, ...kind.env };
  }

  put(files: Record<string, string>): void {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, file)), { recursive: true });
      writeFileSync(join(this.root, file), text);
    }
  }

  async node(words: string[]): Promise<Typed> {
    try {
      const { stdout, stderr } = await run(process.execPath, words, { cwd: this.root, env: this.#env });
      return { code: 0, output: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, output: stdout + stderr };
    }
  }

  /** Types a command, which has to end as expected. */
  async type(words: string[], expected = 0): Promise<string> {
    const { code, output } = await this.node(['node_modules/nx-mikro-orm/bin.js', ...words]);
    if (code !== expected) throw new Error(`nx-mikro-orm ${words.join(' ')} ended with ${code}\n${output}`);
    return output;
  }
}

/** Steps through everyday life, and says how far it came. */
async function adopt(
  kind: Kind,
  modules: string,
  url: string,
  sql: (text: string) => Promise<unknown[]>,
): Promise<void> {
  const app = new App(kind, modules, url);
  const models = async (properties: string[]) => {
    app.put({ [kind.model]: teacherWith(kind, properties) });
    await compile(app, kind);
  };
  app.put(kind.files);
  for (const [name, text] of Object.entries(migrations(kind))) app.put({ [`${kind.revisions}/${name}`]: text });
  await models(['phone', 'mood']);
  const stock = await app.node([...(kind.node ?? []), kind.stock ?? 'stock.mjs']);
  if (stock.code !== 0) throw new Error(`stock MikroORM: ${stock.output}`);
  await sql(`insert into teacher (name, phone) values ('Ada', '1'), ('Bo', null)`);
  await app.type(['init', '--dry-run']);
  await app.type(['init']);
  await compile(app, kind);
  const again = await app.type(['init']);
  if (!/nothing|already/i.test(again)) throw new Error(`init again: ${again}`);
  await app.type(['status', '--check']);
  await app.type(['check']);
  const change = async (properties: string[], ...answers: string[]) => {
    await models(properties);
    await app.type(['create', '-m', 'Change', ...answers]);
    await compile(app, kind);
    await app.type(['up']);
  };
  await change(['phone', 'mood', 'city']);
  await change(['mobile', 'mood', 'city'], '--rename', 'teacher.phone:mobile');
  await change(['mobile', 'mood'], '--drop', 'teacher.city');
  await change(['mobile', 'moods']);
  const [row] = await sql(`select mobile from teacher where name = 'Ada'`);
  if ((row as { mobile?: string } | undefined)?.mobile !== '1') throw new Error('a renamed column lost its rows');
  await app.type(['down', '-2', '--accept-data-loss']);
  await app.type(['up']);
  await app.type(['verify']);
  const empty = await app.type(['create', '-m', 'Nothing']);
  if (!/nothing to create|no change|agree/i.test(empty)) throw new Error(`a second create: ${empty}`);
  await app.type(['check']);
  const boot = await app.node([...(kind.node ?? []), kind.boot ?? 'boot.mjs']);
  if (boot.code !== 0) throw new Error(`boot: ${boot.output}`);
}

async function compile(app: App, kind: Kind): Promise<void> {
  if (!kind.compiled) return;
  const { code, output } = await app.node(['node_modules/typescript/bin/tsc']);
  if (code !== 0) throw new Error(`tsc: ${output}`);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const asked = process.argv.slice(2);
await globalSetup();
// It reads the address when it is imported.
const { withDatabase } = await import('../test/database.ts');
let failed = 0;
try {
  const modules = await install();
  for (const kind of kinds.filter(({ name }) => asked.length === 0 || asked.includes(name)))
    await withDatabase(async (client, url) => {
      const sql = async (text: string) => (await client.query<Record<string, unknown>>(text)).rows;
      await adopt(kind, modules, url, sql).then(
        () => say(`✓ ${kind.name}: ${kind.what}`),
        (error: unknown) => {
          failed++;
          say(
            `✗ ${kind.name}: ${kind.what}\n${(error as Error).message}\n${readdirSync(join(home, kind.name)).join(' ')}`,
          );
        },
      );
    });
} finally {
  await globalTeardown();
  if (process.env['KEEP'] === undefined) rmSync(home, { recursive: true, force: true });
  else say(home);
}
process.exitCode = failed > 0 ? 1 : 0;
