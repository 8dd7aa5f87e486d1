/** A throw-away Nx workspace with a copy of this engine in it, and one migrations project whose models a test writes. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const engine = join(import.meta.dirname, '..');
const modules = join(engine, '../../node_modules');

export interface Workspace {
  root: string;
  /** Writes the entities: the text of an array, in which `defineEntity` and `p` are known. */
  models(text: string): void;
  /** The revisions there are, by name, oldest first, each with its text. */
  revisions(): [name: string, text: string][];
  remove(name: string): void;
  /** As typed in the workspace: `create -m x`, directly or through Nx. */
  line(how: 'direct' | 'nx', words: string): string;
  /** Runs a line where nobody sits. */
  run(line: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null; output: string }>;
  /** Nothing of the run that the test is part of: neither Nx's task, nor colours. */
  env(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
  end(): void;
}

export function makeWorkspace(): Workspace {
  const root = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-asks-'));
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  cpSync(engine, join(root, 'tools/nx-mikro-orm'), {
    recursive: true,
    filter: (path) =>
      !/\.test\.ts$|^\/(test|faults|node_modules|\.nx-mikro-orm|scripts)(\/|$)/.test(path.slice(engine.length)),
  });
  put('nx.json', '{"analytics":false,"neverConnectToCloud":true,"plugins":["nx-mikro-orm/plugin"]}');
  put('package.json', '{"name":"x","private":true,"workspaces":["packages/*","tools/*"]}');
  put('package-lock.json', '{"name":"x","lockfileVersion":3,"packages":{}}');
  put('packages/migrations/package.json', '{"name":"migrations","type":"module"}');
  put(
    'packages/migrations/migrations.config.ts',
    "export default { database: () => process.env.DATABASE_URL, orm: () => import('./mikro-orm.config.ts') };",
  );
  put(
    'packages/migrations/mikro-orm.config.ts',
    "import { entities } from './models.ts';\nexport default { entities, clientUrl: process.env.DATABASE_URL };",
  );
  mkdirSync(join(root, 'node_modules'));
  for (const name of readdirSync(modules))
    if (!name.startsWith('.') && name !== 'nx-mikro-orm')
      symlinkSync(join(modules, name), join(root, 'node_modules', name));
  symlinkSync('../tools/nx-mikro-orm', join(root, 'node_modules/nx-mikro-orm'));
  const folder = join(root, 'packages/migrations/revisions');
  mkdirSync(folder);
  const programs = {
    direct: `${join(root, 'tools/nx-mikro-orm/bin.js')} `,
    nx: `${join(modules, 'nx/dist/bin/nx.js')} run migrations:`,
  };
  return {
    root,
    models: (text) =>
      put(
        'packages/migrations/models.ts',
        `import { defineEntity, p } from '@mikro-orm/core';\nexport const entities = ${text};\n`,
      ),
    revisions: () =>
      readdirSync(folder)
        .sort()
        .map((file) => [file.replace('.ts', ''), readFileSync(join(folder, file), 'utf8')]),
    remove: (name) => rmSync(join(folder, `${name}.ts`)),
    line: (how, words) => `'${process.execPath}' ${programs[how]}${words}`,
    env: (more) => ({
      ...Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(NX_|NODE_TEST|FORCE_COLOR$|CI$)/.test(name)),
      ),
      NX_DAEMON: 'false',
      // Else Nx starts a process for each plugin, its own included; executor/run.test.ts does it once.
      NX_ISOLATE_PLUGINS: 'false',
      ...more,
    }),
    run(line, env) {
      const child = spawn('sh', ['-c', line], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (output += text));
      return new Promise((done) => child.on('close', (code) => done({ code, output })));
    },
    end: () => rmSync(root, { recursive: true, force: true }),
  };
}
