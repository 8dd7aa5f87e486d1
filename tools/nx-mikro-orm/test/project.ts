/** A throw-away migrations project on a database of its own. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import type { Options } from '@mikro-orm/postgresql';
import type { Project } from '../src/config.ts';
import { withDatabase } from './database.ts';

export interface Sandbox {
  project: Project;
  client: Client;
  url: string;
  /** Writes a revision from its statements, or a file from its whole text; returns its name. */
  write(slug: string, content: { up?: string[]; down?: string[]; body?: string; text?: string }): string;
  remove(name: string): void;
  /** Gives a revision the content of another one, which goes. */
  replace(name: string, by: string): void;
  /** One column of a query's result. */
  values(sql: string): Promise<unknown[]>;
}

/** The table as MikroORM 7.2.1 makes it: without our columns, and without a unique name. */
export const stockLedger = `create table mikro_orm_migrations ("id" serial primary key, "name" varchar(255) not null,
  "executed_at" timestamptz(6) not null default current_timestamp)`;

// Inside the workspace, because the files import MikroORM.
const home = join(import.meta.dirname, '../.nx-mikro-orm/tests');

/** Hands over a project whose models are `entities`; its revisions follow each other in the order of writing. */
export async function withProject(
  work: (sandbox: Sandbox) => Promise<void>,
  entities: () => NonNullable<Options['entities']> = () => [],
): Promise<void> {
  await withDatabase(async (client, url) => {
    const root = join(home, new URL(url).pathname);
    const revisions = join(root, 'revisions');
    mkdirSync(revisions, { recursive: true });
    let last: string | undefined;
    let count = 0;
    const options = (): Options => ({
      entities: entities(),
      clientUrl: url,
      discovery: { warnWhenNoEntities: false },
    });
    const sandbox: Sandbox = {
      client,
      url,
      project: {
        file: join(root, 'migrations.config.ts'),
        root,
        workspace: root,
        revisions,
        table: { schema: 'public', name: 'mikro_orm_migrations' },
        models: [],
        stats: join(root, 'stats.json'),
        config: { database: () => url, orm: () => Promise.resolve({ default: options }) },
      },
      write: (slug, content) => {
        const name = `Migration2026010100${String(count++).padStart(4, '0')}_${slug}`;
        writeFileSync(join(revisions, `${name}.ts`), content.text ?? revisionText(name, last, content));
        last = name;
        return name;
      },
      remove: (name) => {
        rmSync(join(revisions, `${name}.ts`));
      },
      replace: (name, by) => {
        const text = readFileSync(join(revisions, `${by}.ts`), 'utf8').replaceAll(by, name);
        // It followed the one that it replaces.
        writeFileSync(
          join(revisions, `${name}.ts`),
          text.replace(
            /revises = '[^']*'/,
            `revises = ${/revises = (.*);/.exec(readFileSync(join(revisions, `${name}.ts`), 'utf8'))?.[1]}`,
          ),
        );
        rmSync(join(revisions, `${by}.ts`));
        last = name;
      },
      values: async (sql) =>
        (await client.query<Record<string, unknown>>(sql)).rows.map((row) => Object.values(row)[0]),
    };
    try {
      await work(sandbox);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
}

function revisionText(
  name: string,
  revises: string | undefined,
  { up = [], down = [], body }: { up?: string[]; down?: string[]; body?: string },
): string {
  const adds = (statements: string[]) => statements.map((sql) => `this.addSql(${JSON.stringify(sql)});`).join('\n');
  return `import { Migration } from '@mikro-orm/migrations';
export class ${name} extends Migration {
  static readonly revises = ${revises === undefined ? 'null' : `'${revises}'`};
  ${body ?? `override up() {\n${adds(up)}\n}\noverride down() {\n${adds(down)}\n}`}
}
`;
}
