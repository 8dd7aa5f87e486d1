import { Migration } from '@mikro-orm/migrations';

/** Note when invite codes were created and used */
export class Migration20261201011809_note_when_invite_codes_were_created_and_used extends Migration {
  static readonly revises = 'Migration20261124003519_let_invite_codes_expire';
  static readonly generated = '000000000000';

  override up(): void {
    this.addSql(`alter table "invite_code" add column "created_at" timestamptz, add column "used_at" timestamptz`);
    // Behind the column: of a code that is there already, nobody knows when it was created.
    this.addSql(`alter table "invite_code" alter column "created_at" set default now()`);
  }

  override down(): void {
    this.addSql(`alter table "invite_code" drop column "created_at", drop column "used_at"`);
  }
}
