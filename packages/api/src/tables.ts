import type { InviteCode, Teacher } from '@tutoria/models';

/** A time as MikroORM has the driver read it: PostgreSQL's text, in the time zone of the session. */
type TimeText = string;

/** The tables as Kysely's queries see them; what the columns hold is what the models say. */
export interface Tables {
  teacher: Pick<Teacher, 'id' | 'name' | 'email'> & { created_at: TimeText; updated_at: TimeText };
  invite_code: Pick<InviteCode, 'id' | 'code'> & {
    is_used: boolean;
    expires_at: TimeText | null;
    teacher_id: Teacher['id'] | null;
  };
}
