/** A project on stock MikroORM: a folder of migrations, a database, and the ORM on it. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Migrator, type MigrationResult } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import type { Models } from '../change.ts';
import { optionsOf } from '../run.ts';
import { wordsOf } from './words.ts';

// Inside the workspace, because the migrations import MikroORM.
const home = join(import.meta.dirname, '../../.nx-mikro-orm/stock');

/** The ORM is opened anew for each command, as on a command line. */
export class StockProject {
  readonly url: string;
  readonly folder: string;

  readonly snapshot: boolean;

  constructor(url: string, snapshot: boolean) {
    this.url = url;
    this.snapshot = snapshot;
    this.folder = join(home, new URL(url).pathname);
    mkdirSync(this.folder, { recursive: true });
  }

  /** @throws Refused, where MikroORM does not take the models */
  async open<T>(models: Models, work: (migrator: Migrator) => Promise<T>): Promise<T> {
    const { entities, routines } = optionsOf(models);
    const orm = await MikroORM.init({
      entities: [...entities],
      routines: [...routines] as never,
      clientUrl: this.url,
      extensions: [Migrator],
      migrations: { path: this.folder, silent: true, ...(!this.snapshot && { snapshot: false }) },
      discovery: { warnWhenNoEntities: false },
    }).catch((error: unknown) => {
      throw new Refused(wordsOf(error), { cause: error });
    });
    try {
      return await work(orm.migrator as unknown as Migrator);
    } finally {
      await orm.close();
    }
  }

  path(fileName: string): string {
    return join(this.folder, fileName);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** MikroORM does not take the models; the message says why. */
export class Refused extends Error {}

// The name tells migrations apart that are made within one second.
export const create = (migrator: Migrator, name: string, blank = false): Promise<MigrationResult> =>
  migrator.create(undefined, blank, false, name);

/** Those of up, without blank lines and comments. */
export const statements = ({ diff }: MigrationResult): string[] => diff.up.filter((sql) => !/^\s*(--.*)?$/.test(sql));
