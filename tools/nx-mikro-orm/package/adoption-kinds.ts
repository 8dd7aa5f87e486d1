/** The kinds of projects that MikroORM is used in, as files. Everything is about one table. */

export interface Kind {
  name: string;
  /** Of MikroORM. The newest of this workspace, unless it is 6. */
  major?: 6;
  /** As it stands in docs/adopting.md. */
  what: string;
  /** The file of the entity, and how it is written. */
  model: string;
  style: 'legacy' | 'es' | 'define' | 'schema';
  revisions: string;
  files: Record<string, string>;
  /** TypeScript is compiled after every change. */
  compiled?: boolean;
  /** `require` instead of `import`. */
  commonjs?: boolean;
  env?: NodeJS.ProcessEnv;
  /** Words before a file that Node runs of this project. */
  node?: string[];
  stock?: string;
  boot?: string;
}

type Written = Pick<Kind, 'style' | 'commonjs' | 'model' | 'major'>;

const columns: Record<string, Record<Kind['style'], string>> = {
  phone: {
    legacy: "@Property({ type: 'text', nullable: true }) phone?: string;",
    es: "@Property({ type: 'text', nullable: true }) phone?: string;",
    define: 'phone: p.text().nullable(),',
    schema: "phone: { type: 'text', nullable: true },",
  },
  mobile: {
    legacy: "@Property({ type: 'text', nullable: true }) mobile?: string;",
    es: "@Property({ type: 'text', nullable: true }) mobile?: string;",
    define: 'mobile: p.text().nullable(),',
    schema: "mobile: { type: 'text', nullable: true },",
  },
  city: {
    legacy: "@Property({ type: 'text', nullable: true }) city?: string;",
    es: "@Property({ type: 'text', nullable: true }) city?: string;",
    define: 'city: p.text().nullable(),',
    schema: "city: { type: 'text', nullable: true },",
  },
};

const mood = (values: string[]): Record<Kind['style'], string> => {
  const list = values.map((value) => `'${value}'`).join(', ');
  const decorated = `@Enum({ items: [${list}], default: 'calm' }) mood!: string;`;
  return {
    legacy: decorated,
    es: decorated,
    define: `mood: p.enum([${list}]).default('calm'),`,
    schema: `mood: { enum: true, items: [${list}], default: 'calm' },`,
  };
};

/** The entity, with these beside its name. */
export function teacherWith({ style, commonjs, model, major }: Written, properties: string[]): string {
  const lines = properties.map(
    (name) =>
      (name === 'mood' ? mood(['calm', 'wild']) : name === 'moods' ? mood(['calm', 'wild', 'sad']) : columns[name])?.[
        style
      ],
  );
  const body = lines.map((line) => `  ${line ?? ''}\n`).join('');
  const javascript = /\.c?js$/.test(model);
  if (style === 'define')
    return `import { defineEntity, p } from '@mikro-orm/postgresql';\nexport const Teacher = defineEntity({\n  name: 'Teacher', tableName: 'teacher',\n  properties: {\n  id: p.integer().primary(),\n  name: p.text(),\n${body}  },\n});\n`;
  if (style === 'schema') {
    const text = `new EntitySchema({\n  name: 'Teacher', tableName: 'teacher',\n  properties: {\n  id: { type: 'integer', primary: true },\n  name: { type: 'text' },\n${body}  },\n});\n`;
    return javascript && commonjs
      ? `const { EntitySchema } = require('@mikro-orm/core');\nexports.Teacher = ${text}`
      : `import { EntitySchema } from '@mikro-orm/core';\nexport const Teacher = ${text}`;
  }
  return `import { Entity, Enum, PrimaryKey, Property } from '${major === 6 ? '@mikro-orm/core' : `@mikro-orm/decorators/${style}`}';
@Entity({ tableName: 'teacher' })
export class Teacher {
  @PrimaryKey({ type: 'integer' }) id!: number;
  @Property({ type: 'text' }) name!: string;
${body}}
`;
}

/** The body of `up()` and `down()` of each migration. */
type Bodies = readonly { name: string; up: string; down: string; more?: string }[];

const sending = (sql: string): string => `this.addSql(\`${sql}\`);`;

const addMood = `alter table "teacher" add column "mood" text not null default 'calm'`;
const checkMood = `alter table "teacher" add constraint "teacher_mood_check" check ("mood" in ('calm', 'wild'))`;

const usual: Bodies = [
  {
    name: 'Migration20240105120000',
    up: sending('create table "teacher" ("id" serial primary key, "name" text not null);'),
    down: sending('drop table if exists "teacher" cascade;'),
  },
  {
    name: 'Migration20240206120000',
    up: sending('alter table "teacher" add column "phone" text null;'),
    down: sending('alter table "teacher" drop column "phone";'),
  },
  {
    name: 'Migration20240307120000',
    up: sending(`${addMood}; ${checkMood};`),
    down: sending('alter table "teacher" drop column "mood";'),
  },
];

/** The same with what only migrations of MikroORM 6 do, and with what they do otherwise. */
const withKnex: Bodies = usual.map((one, at) => {
  if (at === 0) return { ...one, more: '  isTransactional() {\n    return false;\n  }\n' };
  if (at === 1) return { ...one, up: 'await this.execute(`alter table "teacher" add column "phone" text null`);' };
  return {
    ...one,
    up: [
      'const knex = this.getKnex();',
      `await this.execute(knex.raw(\`${addMood}\`));`,
      "await this.execute(knex('teacher').update({ mood: 'calm' }).where({ mood: 'wild?' }));",
      `this.addSql(knex.raw(\`${checkMood}\`));`,
    ].join('\n    '),
    down: ['await this.getKnex().schema.alterTable("teacher", (table) => {', '  table.dropColumn("mood");', '});'].join(
      '\n    ',
    ),
  };
});

/** What stock MikroORM has written, and what people have added. */
export const migrations = ({ model, commonjs, major }: Written): Record<string, string> =>
  Object.fromEntries(
    (major === 6 ? withKnex : usual).map(({ name, up, down, more = '' }) => {
      const javascript = /\.c?js$/.test(model);
      const [head, typed, tail] = !javascript
        ? [`import { Migration } from '@mikro-orm/migrations';\n\nexport `, ': Promise<void>', '']
        : commonjs
          ? [
              `'use strict';\nconst { Migration } = require('@mikro-orm/migrations');\n\n`,
              '',
              `exports.${name} = ${name};\n`,
            ]
          : [`import { Migration } from '@mikro-orm/migrations';\n\nexport `, '', ''];
      const method = (which: string, body: string) => `  async ${which}()${typed} {\n    ${body}\n  }\n`;
      return [
        `${name}.${javascript ? 'js' : 'ts'}`,
        `${head}class ${name} extends Migration {\n\n${method('up', up)}\n${method('down', down)}${more}\n}\n${tail}`,
      ];
    }),
  );

const manifest = (more: object): string => JSON.stringify({ name: 'shop', private: true, ...more }, null, 2);

const config = (
  entity: string,
  more: string,
  imports = '',
): string => `import { defineConfig } from '@mikro-orm/postgresql';
${imports}import { Teacher } from '${entity}';
export default defineConfig({
  entities: [Teacher],
  clientUrl: process.env.DATABASE_URL ?? 'postgres://localhost/shop',
  ${more}
});
`;

/** Runs what is pending with stock's migrator, and starts the application with ours. */
const programs = (orm: string): Record<string, string> => ({
  'stock.mjs': `import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
const found = (await import('${orm}')).default;
const orm = await MikroORM.init({ ...(found.default ?? found), extensions: [Migrator] });
const done = await orm.migrator.up();
await orm.close();
if (done.length !== 3) throw new Error('ran ' + done.length);
`,
  'boot.mjs': `import { MikroORM } from '@mikro-orm/postgresql';
const found = (await import('${orm}')).default;
const orm = await MikroORM.init(found.default ?? found);
const done = await orm.migrator.up();
const rows = await orm.em.getConnection().execute('select name from teacher');
await orm.close();
if (done.length !== 0 || rows.length !== 2) throw new Error('ran ' + done.length + ', rows ' + rows.length);
`,
});

const tsconfig = (more: object): string =>
  JSON.stringify({
    compilerOptions: {
      ...{
        target: 'es2022',
        module: 'esnext',
        moduleResolution: 'bundler',
        strict: true,
        skipLibCheck: true,
        types: [],
      },
      ...more,
    },
    include: ['src', 'mikro-orm.config.ts'],
  });

const reflect = `import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';\n`;
const env = { 'src/env.d.ts': 'declare const process: { env: Record<string, string | undefined> };\n' };
const provider = 'metadataProvider: ReflectMetadataProvider,';
const legacy = { experimentalDecorators: true, emitDecoratorMetadata: true };
const at = "migrations: { path: './migrations', silent: true },";
const requiring = `const { defineConfig } = require('@mikro-orm/postgresql');\nconst { Teacher } = require('./teacher');\nmodule.exports = defineConfig({\n  entities: [Teacher],\n  clientUrl: process.env.DATABASE_URL ?? 'postgres://localhost/shop',\n  ${at}\n});\n`;
const plain = ['--import', 'tsx'];
const none = { MIKRO_ORM_CLI_TS_LOADER: 'none' };

export const kinds: readonly Kind[] = [
  {
    name: 'define',
    what: '`defineEntity`, TypeScript that Node runs as it is',
    ...{ model: 'teacher.ts', style: 'define', revisions: 'migrations', env: none },
    files: {
      'package.json': manifest({ type: 'module' }),
      'mikro-orm.config.ts': config('./teacher.ts', at),
      ...programs('./mikro-orm.config.ts'),
    },
  },
  {
    name: 'schema-cjs',
    what: '`EntitySchema`, JavaScript, CommonJS',
    ...{ model: 'teacher.js', style: 'schema', revisions: 'migrations', commonjs: true, env: none },
    files: {
      'package.json': manifest({ type: 'commonjs' }),
      'mikro-orm.config.js': requiring,
      ...programs('./mikro-orm.config.js'),
    },
  },
  {
    name: 'legacy-tsx',
    what: 'legacy decorators, TypeScript through tsx, imports without an ending',
    ...{ model: 'src/teacher.ts', style: 'legacy', revisions: 'src/migrations', node: plain },
    env: { MIKRO_ORM_CLI_TS_LOADER: 'tsx' },
    files: {
      'package.json': manifest({ type: 'module' }),
      'tsconfig.json': tsconfig(legacy),
      'src/mikro-orm.config.ts': config(
        './teacher',
        `${provider} migrations: { path: './src/migrations', silent: true },`,
        reflect,
      ),
      ...programs('./src/mikro-orm.config.ts'),
    },
  },
  {
    name: 'legacy-swc',
    what: 'legacy decorators, TypeScript through swc, imports without an ending',
    ...{ model: 'src/teacher.ts', style: 'legacy', revisions: 'src/migrations' },
    node: ['--import', '@swc-node/register/esm-register'],
    env: { MIKRO_ORM_CLI_TS_LOADER: 'swc' },
    files: {
      'package.json': manifest({ type: 'module' }),
      'tsconfig.json': tsconfig(legacy),
      'src/mikro-orm.config.ts': config(
        './teacher',
        `${provider} migrations: { path: './src/migrations', silent: true },`,
        reflect,
      ),
      ...programs('./src/mikro-orm.config.ts'),
    },
  },
  {
    name: 'es-tsx',
    what: 'ES decorators, TypeScript through tsx',
    ...{ model: 'src/teacher.ts', style: 'es', revisions: 'src/migrations', node: plain },
    env: { MIKRO_ORM_CLI_TS_LOADER: 'tsx' },
    files: {
      'package.json': manifest({ type: 'module' }),
      'tsconfig.json': tsconfig({ allowImportingTsExtensions: true, noEmit: true }),
      'src/mikro-orm.config.ts': config('./teacher.ts', "migrations: { path: './src/migrations', silent: true },"),
      ...programs('./src/mikro-orm.config.ts'),
    },
  },
  {
    name: 'alias',
    what: 'aliases of paths (`paths` of tsconfig.json), `package.json` without a `type`, through tsx',
    ...{ model: 'src/models/teacher.ts', style: 'legacy', revisions: 'src/migrations', node: plain },
    files: {
      'package.json': manifest({ 'mikro-orm': { tsLoader: 'tsx' } }),
      'tsconfig.json': tsconfig({ ...legacy, paths: { '@models/*': ['./src/models/*'] } }),
      'src/mikro-orm.config.ts': config(
        '@models/teacher',
        `${provider} migrations: { path: './src/migrations', silent: true },`,
        reflect,
      ),
      ...programs('./src/mikro-orm.config.ts'),
    },
  },
  {
    name: 'nest-cjs',
    what: 'legacy decorators, compiled to CommonJS by tsc as NestJS does it (`pathTs` and `path`), no loader',
    ...{ model: 'src/teacher.ts', style: 'legacy', revisions: 'src/migrations', compiled: true, env: none },
    files: {
      'package.json': manifest({}),
      'tsconfig.json': tsconfig({
        ...legacy,
        ...{ module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022', outDir: 'dist', rootDir: 'src' },
      }),
      'src/mikro-orm.config.ts': config(
        './teacher',
        `${provider} migrations: { path: './dist/migrations', pathTs: './src/migrations', silent: true },`,
        reflect,
      ),
      ...env,
      ...programs('./dist/mikro-orm.config.js'),
    },
  },
  {
    name: 'esm-es2020',
    what: 'ES decorators, compiled to ESM for ES2020 by tsc: static fields moved out of the class, no loader',
    ...{ model: 'src/teacher.ts', style: 'es', revisions: 'src/migrations', compiled: true, env: none },
    files: {
      'package.json': manifest({ type: 'module' }),
      'tsconfig.json': tsconfig({
        target: 'es2020',
        lib: ['es2023', 'dom', 'esnext.decorators'],
        outDir: 'dist',
        rootDir: 'src',
      }),
      'src/mikro-orm.config.ts': config(
        './teacher.js',
        "migrations: { path: './dist/migrations', pathTs: './src/migrations', silent: true },",
      ),
      ...env,
      ...programs('./dist/mikro-orm.config.js'),
    },
  },
  {
    name: 'six-define',
    major: 6,
    what: '`defineEntity`, TypeScript that Node runs as it is',
    ...{ model: 'teacher.ts', style: 'define', revisions: 'migrations' },
    files: {
      'package.json': manifest({ type: 'module' }),
      'mikro-orm.config.ts': config('./teacher.ts', at),
      ...programs('./mikro-orm.config.ts'),
    },
  },
  {
    name: 'six-schema-cjs',
    major: 6,
    what: '`EntitySchema`, JavaScript, CommonJS',
    ...{ model: 'teacher.js', style: 'schema', revisions: 'migrations', commonjs: true },
    files: {
      'package.json': manifest({ type: 'commonjs' }),
      'mikro-orm.config.js': requiring,
      ...programs('./mikro-orm.config.js'),
    },
  },
  {
    name: 'six-tsx',
    major: 6,
    what: 'decorators, TypeScript through tsx, ESM',
    ...{ model: 'src/teacher.ts', style: 'legacy', revisions: 'src/migrations', node: plain },
    files: {
      'package.json': manifest({ type: 'module' }),
      'tsconfig.json': tsconfig(legacy),
      'src/mikro-orm.config.ts': config('./teacher', "migrations: { path: './src/migrations', silent: true },"),
      ...programs('./src/mikro-orm.config.ts'),
    },
  },
  {
    name: 'six-nest-cjs',
    major: 6,
    what: 'decorators, compiled to CommonJS by tsc as NestJS does it (`pathTs` and `path`), no loader',
    ...{ model: 'src/teacher.ts', style: 'legacy', revisions: 'src/migrations', compiled: true, env: none },
    files: {
      'package.json': manifest({}),
      'tsconfig.json': tsconfig({
        ...legacy,
        ...{ module: 'nodenext', moduleResolution: 'nodenext', target: 'es2022', outDir: 'dist', rootDir: 'src' },
      }),
      'src/mikro-orm.config.ts': config(
        './teacher',
        "migrations: { path: './dist/migrations', pathTs: './src/migrations', silent: true },",
      ),
      ...env,
      ...programs('./dist/mikro-orm.config.js'),
    },
  },
];
