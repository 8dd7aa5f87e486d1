import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { history } from '@tutoria/migrations';
import { makeCopy } from '../../../packages/migrations/test/copy.ts';
import { load, type Outcome } from './load.ts';
import { startOurs } from './services.ts';

/** A revision that only adds: what the next commit of this workspace might bring. */
const name = 'Migration29991231000000_add_only';
const revision = `import { Migration } from '@mikro-orm/migrations';

/** Add only */
export class ${name} extends Migration {
  static readonly revises = '${history.at(-1)}';

  override up(): void {
    this.addSql('alter table "teacher" add "phone" varchar(32) null');
    this.addSql('create table "lesson" ("id" serial primary key, "teacher_id" int not null references "teacher")');
    this.addSql('create index "teacher_name_index" on "teacher" ("name")');
  }

  override down(): void {
    this.addSql('drop index "teacher_name_index"');
    this.addSql('drop table "lesson"');
    this.addSql('alter table "teacher" drop column "phone"');
  }
}
`;

export interface Drill {
  before: Outcome;
  /** While `nx run migrations:up` of the next commit ran, from its start to its end. */
  during: Outcome;
  /** What `/health/ready` of the running API says afterwards. */
  ready: number;
}

/** The API of this commit answers under load while the next commit, a copy of the workspace, applies its revision. */
export async function drill(url: string, seconds: number): Promise<Drill> {
  const copy = makeCopy();
  const ours = await startOurs(url);
  try {
    writeFileSync(join(copy.root, 'packages/migrations/revisions', `${name}.ts`), revision);
    const read = `${ours.address}/teachers/500`;
    await load(read, 2).outcome;
    const before = await load(read, seconds).outcome;
    const running = load(read, 120);
    const { code, out, err } = await copy.type('nx run migrations:up', { DATABASE_URL: url });
    running.end();
    const during = await running.outcome;
    if (code !== 0 || !out.includes(name)) throw new Error(`migrations:up ended with ${code}: ${out}${err}`);
    const { status: ready } = await fetch(`${ours.address}/health/ready`);
    return { before, during, ready };
  } finally {
    await ours.stop();
    await copy.remove();
  }
}
