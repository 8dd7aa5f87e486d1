import { Migration } from '@mikro-orm/migrations';

/** Give teachers a name and an e-mail address */
export class Migration20261124003516_give_teachers_a_name_and_an_e_mail_address extends Migration {
  static readonly revises = 'Migration20261124003515_create_invite_code_table';
  static readonly generated = '000000000000';

  override up(): void {
    this.addSql(`alter table "teacher" add "name" varchar(200) null, add "email" varchar(320) null`);
    // Teachers from before get a name and an address that can be told from real ones.
    this.addSql(`update "teacher" set "name" = 'Teacher ' || "id", "email" = 'teacher-' || "id" || '@example.invalid'`);
    this.addSql(`alter table "teacher" alter column "name" set not null, alter column "email" set not null`);
    this.addSql(`alter table "teacher" add constraint "teacher_email_unique" unique ("email")`);
  }

  override down(): void {
    this.addSql(`alter table "teacher" drop constraint "teacher_email_unique"`);
    this.addSql(`alter table "teacher" drop column "name", drop column "email"`);
  }
}
