import { Migration } from '@mikro-orm/migrations';

/** Create teacher table */
export class Migration20261124003323_create_teacher_table extends Migration {
  static readonly revises = null;
  static readonly generated = '059f4dcfaf04';

  override up(): void {
    this.addSql(`create table "teacher" ("id" serial primary key)`);
  }

  override down(): void {
    this.addSql(`drop table "teacher"`);
  }
}
