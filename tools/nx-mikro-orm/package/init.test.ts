/** Starting in a project of somebody else, with the package as npm packs it, on a history that stock MikroORM wrote and applied. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { withDatabase } from '../test/database.ts';
import { packIn, unpackInto } from './unpack.ts';

const home = mkdtempSync(join(tmpdir(), 'nx-mikro-orm-init-'));
const run = promisify(execFile);

class App {
  readonly root: string;
  #url = '';

  constructor(name: string) {
    this.root = join(home, name);
  }

  put(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  text(file: string): string {
    return readFileSync(join(this.root, file), 'utf8');
  }

  at(url: string): void {
    this.#url = url;
  }

  async node(words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const env = { PATH: process.env['PATH'], HOME: home, SHOP_URL: this.#url, SCRATCH_DATABASE_URL: this.#url };
    try {
      return { code: 0, ...(await run(process.execPath, words, { cwd: this.root, env })) };
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
  }

  /** As `npx nx-mikro-orm` runs it. */
  type = (...words: string[]) => this.node([join(this.root, 'node_modules/nx-mikro-orm/bin.js'), ...words]);

  /** The same, which has to succeed. */
  async ok(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.type(...words);
    assert.equal(code, 0, `${words.join(' ')}\n${stdout}${stderr}`);
    return stdout;
  }
}

const entities = (properties: string, more = '') => `import { defineEntity, p } from '@mikro-orm/postgresql';
${more}
export const Customer = defineEntity({
  name: 'Customer',
  properties: { id: p.integer().primary(), name: p.text(), ${properties} },
});
`;

const order = `export const Order = defineEntity({ name: 'Order', properties: { id: p.integer().primary(), total: p.integer() } });`;

const ormConfig = `import { defineConfig } from '@mikro-orm/postgresql';
import { Migrator, TSMigrationGenerator } from '@mikro-orm/migrations';
import * as entities from './entities.ts';

export default defineConfig({
  entities: Object.values(entities),
  clientUrl: process.env.SHOP_URL,
  extensions: [Migrator],
  migrations: { path: './src/migrations', generator: TSMigrationGenerator },
});
`;

/** MikroORM's own migrator writes and applies a migration, as the project did before. */
const stock = `import { MikroORM } from '@mikro-orm/postgresql';
import config from './src/mikro-orm.config.ts';
const orm = await MikroORM.init(config);
await orm.migrator.create(undefined, false, false, process.argv[2]);
await orm.migrator.up();
await orm.close();
`;

describe('init, in a project with migrations of stock MikroORM', () => {
  const app = new App('shop');

  before(async () => {
    await packIn(home);
    await unpackInto(home, app.root, { nx: false });
  });
  after(() => rmSync(home, { recursive: true }));

  before(() => {
    app.put(
      'package.json',
      '{\n    "name": "shop",\n    "type": "module",\n    "scripts": { "db:up": "echo mine" }\n}\n',
    );
    app.put('.gitignore', 'node_modules\n');
    app.put('pnpm-lock.yaml', '');
    app.put('src/mikro-orm.config.ts', ormConfig);
    app.put('stock.ts', stock);
  });

  it('finds all that is there, and every command works from there', () =>
    withDatabase(async (client, url) => {
      app.at(url);
      app.put('src/entities.ts', entities(''));
      assert.equal((await app.node(['stock.ts', 'a'])).stderr, '');
      app.put('src/entities.ts', entities('phone: p.text().nullable()', order));
      await app.node(['stock.ts', 'b']);
      app.put('src/entities.ts', entities("phone: p.text().nullable(), mood: p.enum(['sad', 'glad'])", order));
      await app.node(['stock.ts', 'c']);
      assert.equal((await client.query('select * from mikro_orm_migrations')).rowCount, 3);
      await client.query("insert into customer (name, phone, mood) values ('Ann', '1', 'glad')");
      await client.query('insert into "order" (total) values (7)');

      const files = ['package.json', '.gitignore', 'src/mikro-orm.config.ts', 'migrations.config.ts'];
      const read = () => files.map((file) => (existsSync(join(app.root, file)) ? app.text(file) : undefined));
      const before = read();
      const dry = JSON.parse(await app.ok('init', '--dry-run', '--json')) as { found: object; written: string[] };
      assert.deepEqual(dry.found, {
        config: 'src/mikro-orm.config.ts',
        entities: 2,
        revisions: 'src/migrations',
        migrations: 3,
        table: null,
        manager: 'pnpm',
        modules: true,
        nx: false,
      });
      assert.deepEqual(dry.written.toSorted(), files.toSorted());
      assert.deepEqual(read(), before, 'a dry run writes nothing');

      assert.match(await app.ok('init'), /3 files in src\/migrations/);
      const written = read();
      assert.match(
        app.text('src/mikro-orm.config.ts'),
        /import \{ TSMigrationGenerator \} from '@mikro-orm\/migrations';/,
      );
      assert.match(app.text('src/mikro-orm.config.ts'), /import \{ Migrator \} from 'nx-mikro-orm\/migrator';/);
      assert.match(app.text('package.json'), /"db:up": "echo mine"/, 'a script of theirs stays');
      assert.match(app.text('package.json'), /\n {4}"scripts"/, 'indented as it was');
      assert.match(app.text('.gitignore'), /^node_modules\n\.nx-mikro-orm\/\n$/);
      assert.match(await app.ok('init'), /Nothing to write/);
      assert.deepEqual(read(), written, 'twice is once');

      await app.ok('init', '--undo');
      assert.deepEqual(read(), before, 'as before');
      await app.ok('init');
      assert.deepEqual(read(), written);

      await app.ok('status', '--check');
      await app.ok('check');
      assert.match(await app.ok('create', '-m', 'Nothing'), /Nothing to create/);
      await app.ok('verify');

      app.put(
        'src/entities.ts',
        entities("mobile: p.text().nullable(), mood: p.enum(['glad', 'proud']), city: p.text().nullable()"),
      );
      assert.equal((await app.type('check')).code, 3);
      const asked = await app.type('create', '-m', 'Change');
      assert.match(asked.stderr, /--rename customer\.phone:mobile/);
      assert.match(asked.stderr, /--drop order/);
      const answers = ['--rename', 'customer.phone:mobile', '--drop', 'order', '--map', 'customer.mood.sad:glad'];
      await app.ok('create', '-m', 'Change', ...answers);
      await app.ok('up');
      assert.deepEqual((await client.query('select name, mobile, mood, city from customer')).rows, [
        { name: 'Ann', mobile: '1', mood: 'glad', city: null },
      ]);
      assert.match(await app.ok('create', '-m', 'Nothing'), /Nothing to create/);
      await app.ok('verify');
      await app.ok('down', '--accept-data-loss');
      assert.deepEqual((await client.query('select name, phone from customer')).rows, [{ name: 'Ann', phone: '1' }]);
      await app.ok('up');

      app.put('boot.ts', stock.replace(/await orm.migrator.create.*\n/, ''));
      assert.equal((await app.node(['boot.ts'])).stderr, '', 'the app starts with orm.migrator.up()');
    }));
});
