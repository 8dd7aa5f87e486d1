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

/** The newest of MikroORM 6, beside the version that this workspace has. */
const six = '6.6.16';

/** Everything that one of the projects needs, beside the tarball. */
function packages(major: 6 | undefined): string[] {
  const { version } = JSON.parse(
    readFileSync(join(engine, '../../node_modules/@mikro-orm/core/package.json'), 'utf8'),
  ) as { version: string };
  const names = ['core', 'postgresql', 'migrations', 'cli', ...(major === 6 ? [] : ['decorators'])];
  return [
    ...names.map((name) => `@mikro-orm/${name}@${major === 6 ? six : version}`),
    'reflect-metadata@0.2.2',
    'tsx@4.23.15',
    '@swc-node/register@1.12.1',
    '@swc/core@1.15.3',
    'typescript@5.9.3',
  ];
}

async function pack(): Promise<string> {
  const unpacked = join(home, 'package');
  await run(process.execPath, [join(import.meta.dirname, 'build.ts'), unpacked]);
  const { stdout } = await run('npm', ['pack', unpacked, '--silent'], { cwd: home });
  return join(home, stdout.trim());
}

async function install(tarball: string, major: 6 | undefined): Promise<string> {
  const into = join(home, `installed-${major ?? 'newest'}`);
  mkdirSync(into);
  const words = ['install', '--no-save', '--no-audit', '--no-fund', '--silent', '--prefix', into];
  await run('npm', [...words, tarball, ...packages(major)], { cwd: into });
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

  async node(words: string[], env: NodeJS.ProcessEnv = {}): Promise<Typed> {
    try {
      const { stdout, stderr } = await run(process.execPath, words, { cwd: this.root, env: { ...this.#env, ...env } });
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
  await typeTheirs(app, kind);
}

/** The commands of MikroORM's own command line. */
async function typeTheirs(app: App, { node = [], files }: Kind): Promise<void> {
  const [, orm = ''] = /import\('(.*)'\)/.exec(files['boot.mjs'] ?? '') ?? [];
  const type = async (...words: string[]) => {
    const line = [...node, 'node_modules/@mikro-orm/cli/cli.js', ...words, '--config', orm];
    const { code, output } = await app.node(line, {
      MIKRO_ORM_CLI_ALWAYS_ALLOW_TS: '1',
      MIKRO_ORM_ALLOW_GLOBAL_CLI: '1',
    });
    if (code !== 0) throw new Error(`mikro-orm ${words.join(' ')} ended with ${code}\n${output}`);
    return output;
  };
  const list = await type('migration:list');
  if (!list.includes('Migration20240307120000')) throw new Error(`mikro-orm migration:list: ${list}`);
  await type('migration:check');
  await type('migration:down');
  if (!/Migration\d+/.test(await type('migration:pending'))) throw new Error('mikro-orm sees nothing pending');
  await type('migration:up');
  await app.type(['status', '--check']);
}

async function compile(app: App, kind: Kind): Promise<void> {
  if (!kind.compiled) return;
  const { code, output } = await app.node(['node_modules/typescript/bin/tsc']);
  if (code !== 0) throw new Error(`tsc: ${output}`);
}

const asked = process.argv.slice(2);
await globalSetup();
// It reads the address when it is imported.
const { withDatabase } = await import('../test/database.ts');
let failed = 0;
try {
  const tarball = await pack();
  const installed = new Map<6 | undefined, string>();
  for (const kind of kinds.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
    const modules = installed.get(kind.major) ?? (await install(tarball, kind.major));
    installed.set(kind.major, modules);
    await withDatabase(async (client, url) => {
      const sql = async (text: string) => (await client.query<Record<string, unknown>>(text)).rows;
      await adopt(kind, modules, url, sql).then(
        () => console.log(`✓ ${kind.name}: ${kind.what}`),
        (error: unknown) => {
          failed++;
          console.log(
            `✗ ${kind.name}: ${kind.what}\n${(error as Error).message}\n${readdirSync(join(home, kind.name)).join(' ')}`,
          );
        },
      );
    });
  }
} finally {
  await globalTeardown();
  if (process.env['KEEP'] === undefined) rmSync(home, { recursive: true, force: true });
  else console.log(home);
}
process.exitCode = failed > 0 ? 1 : 0;
