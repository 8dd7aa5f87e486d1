/** What stock MikroORM does in a project: it writes migrations into its folder, and runs them. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { nextName } from '../src/author/file/name.ts';
import type { Sandbox } from './project.ts';

export type Entities = NonNullable<Options['entities']>;

/** Opens MikroORM as its own command line does, with its own migrator. */
async function withStock<T>(
  { url, project }: Sandbox,
  entities: Entities,
  work: (migrator: Migrator) => Promise<T>,
): Promise<T> {
  const orm = await MikroORM.init({
    entities,
    clientUrl: url,
    extensions: [Migrator],
    migrations: {
      path: project.revisions,
      silent: true,
      // Stock goes by the names of files alone, and two of one second would be in no order.
      fileName: (_, name) => nextName(name ?? '', readdirSync(project.revisions)),
    },
    discovery: { warnWhenNoEntities: false },
  });
  try {
    return await work(orm.migrator as unknown as Migrator);
  } finally {
    await orm.close();
  }
}

/** Writes what stock makes of the models, and runs it. The statements of up. */
export const stockMigrates = (sandbox: Sandbox, entities: Entities, what = 'change'): Promise<string[]> =>
  withStock(sandbox, entities, async (migrator) => {
    const { diff } = await migrator.create(undefined, false, false, what);
    await migrator.up();
    return diff.up;
  });

/** Runs what is pending. The names that it then records. */
export const stockRuns = (sandbox: Sandbox, entities: Entities): Promise<string[]> =>
  withStock(sandbox, entities, async (migrator) => (await migrator.up()).map(({ name }) => name));

/** A migration by hand, in the file that `migration:create --blank` makes; it is run. */
export const stockByHand = (sandbox: Sandbox, entities: Entities, up: string[], down: string[]): Promise<void> =>
  withStock(sandbox, entities, async (migrator) => {
    const { fileName } = await migrator.create(undefined, true, false, 'by_hand');
    const file = join(sandbox.project.revisions, fileName);
    const lists = [up, down];
    const text = readFileSync(file, 'utf8').replaceAll(/^ *this\.addSql\(`select 1`\);$/gm, () =>
      (lists.shift() ?? []).map((sql) => `    this.addSql(${JSON.stringify(sql)});`).join('\n'),
    );
    if (lists.length > 0) throw new TypeError('A blank migration looks otherwise');
    writeFileSync(file, text);
    await migrator.up();
  });
