import { Migration } from '@mikro-orm/migrations';

/** Let invite codes expire */
export class Migration20261124003519_let_invite_codes_expire extends Migration {
  static readonly revises = 'Migration20261124003518_note_when_a_teacher_was_created_and_changed';
  static readonly generated = '37b7fba1d993';

  override up(): void {
    this.addSql(`alter table "invite_code" add "expires_at" timestamptz null`);
  }

  override down(): void {
    this.addSql(`alter table "invite_code" drop column "expires_at"`);
  }
}
