/** A throw-away migrations project on disk, as a runner process finds it. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Content {
  up?: string[];
  down?: string[];
  /** False: the revision runs outside of a transaction. */
  transactional?: boolean;
  /** What it revises; by default the one that was written before it. */
  revises?: string | string[] | null;
  /** Instead of statements: the methods of the class. */
  body?: string;
  /** In place of the sequence number of its name: 14 digits. */
  stamp?: string;
}

export interface Project {
  root: string;
  /** The config file, for `--config`. */
  config: string;
  /** Writes a revision; returns its name. */
  write(slug: string, content: Content): string;
  path(name: string): string;
  /** Changes the text of a revision's file. */
  edit(name: string, change: (text: string) => string): void;
  rename(name: string, to: string): void;
  remove(name: string): void;
  /** Writes migrations.config.ts again, with the ledger's table in it. */
  table(name: string): void;
}

// Inside the workspace, because the files import MikroORM.
const home = join(import.meta.dirname, '../../.nx-mikro-orm/faults');

/** Makes an empty project; `removeProject` takes it away. */
export function makeProject(): Project {
  const root = join(home, `${process.pid}-${randomBytes(5).toString('hex')}`);
  const config = join(root, 'migrations.config.ts');
  const path = (name: string) => join(root, 'revisions', `${name}.ts`);
  mkdirSync(join(root, 'revisions'), { recursive: true });
  writeFileSync(
    join(root, 'mikro-orm.config.ts'),
    `import { defineConfig } from '@mikro-orm/postgresql';
export default defineConfig({
  entities: [],
  clientUrl: process.env['DATABASE_URL'] ?? '',
  discovery: { warnWhenNoEntities: false },
});
`,
  );
  const writeConfig = (table: string | undefined) =>
    writeFileSync(
      config,
      `export default {
  ${table === undefined ? '' : `table: ${JSON.stringify(table)},\n  `}database: () => process.env['DATABASE_URL'] ?? '',
  orm: () => import('./mikro-orm.config.ts'),
};
`,
    );
  writeConfig(undefined);
  let last: string | null = null;
  let count = 0;
  return {
    root,
    config,
    path,
    write(slug, content) {
      const stamp = content.stamp ?? `2026010100${String(count++).padStart(4, '0')}`;
      const name = `Migration${stamp}_${slug}`;
      writeFileSync(path(name), revisionText(name, content.revises === undefined ? last : content.revises, content));
      last = name;
      return name;
    },
    edit: (name, change) => writeFileSync(path(name), change(readFileSync(path(name), 'utf8'))),
    rename(name, to) {
      renameSync(path(name), path(to));
      writeFileSync(path(to), readFileSync(path(to), 'utf8').replace(`class ${name}`, `class ${to}`));
    },
    remove: (name) => rmSync(path(name)),
    table: writeConfig,
  };
}

export const removeProject = ({ root }: Project): void => rmSync(root, { recursive: true, force: true });

function revisionText(name: string, revises: string | string[] | null, content: Content): string {
  const { up = [], down = [], body, transactional = true } = content;
  const adds = (statements: string[]) => statements.map((sql) => `    this.addSql(${JSON.stringify(sql)});\n`).join('');
  // A name that is no word of JavaScript gives the class another one.
  const word = /^[\p{ID_Start}$_][\p{ID_Continue}$_]*$/u.test(name) ? name : 'Revision';
  return `import { Migration } from '@mikro-orm/migrations';

export class ${word} extends Migration {
  static readonly revises = ${literal(revises)};
${transactional ? '' : '  override isTransactional() { return false; }\n'}  ${
    body ?? `override up() {\n${adds(up)}  }\n  override down() {\n${adds(down)}  }`
  }
}
`;
}

/** The link as source. Within a text that has double quotes, back-ticks spare the escapes. */
const literal = (link: string | string[] | null): string =>
  typeof link === 'string' && link.includes('"') ? `\`${link}\`` : JSON.stringify(link);
