import { Migration } from '@mikro-orm/migrations';

/** Create invite_code table */
export class Migration20261124003515_create_invite_code_table extends Migration {
  static readonly revises = 'Migration20261124003323_create_teacher_table';
  static readonly generated = 'ac2877a2d6d6';

  override up(): void {
    this.addSql(`create table "invite_code" (
      "id" serial primary key,
      "code" varchar(255) not null,
      "is_used" boolean not null default false,
      "teacher_id" int null
    )`);
    this.addSql(`alter table "invite_code" add constraint "invite_code_code_unique" unique ("code")`);
    this.addSql(`alter table "invite_code" add constraint "invite_code_teacher_id_unique" unique ("teacher_id")`);
    this.addSql(
      `alter table "invite_code" add constraint "invite_code_teacher_id_foreign" foreign key ("teacher_id") references "teacher" ("id") on delete cascade`,
    );
  }

  override down(): void {
    this.addSql(`drop table "invite_code"`);
  }
}
