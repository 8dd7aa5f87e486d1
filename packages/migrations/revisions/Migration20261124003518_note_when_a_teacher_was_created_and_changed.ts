import { Migration } from '@mikro-orm/migrations';

/** Note when a teacher was created and changed */
export class Migration20261124003518_note_when_a_teacher_was_created_and_changed extends Migration {
  static readonly revises = 'Migration20261124003516_give_teachers_a_name_and_an_e_mail_address';
  static readonly generated = '833ac7ed64e0';

  override up(): void {
    this.addSql(
      `alter table "teacher" add "created_at" timestamptz not null default now(), add "updated_at" timestamptz not null default now()`,
    );
  }

  override down(): void {
    this.addSql(`alter table "teacher" drop column "created_at", drop column "updated_at"`);
  }
}
