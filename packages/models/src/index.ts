import { InviteCode, type InviteCodeSchema } from './invite-code.ts';
import { Teacher, type TeacherSchema } from './teacher.ts';

export { InviteCode, Teacher };
export type { InviteCodeSchema, TeacherSchema };

/** Every entity of the platform. What is not listed here does not exist for the migrations. */
export const entities = [Teacher, InviteCode];
