import { InviteCode } from './invite-code.ts';
import { Teacher } from './teacher.ts';

export { InviteCode, Teacher };

/** Every entity of the platform. What is not listed here does not exist for the migrations. */
export const entities = [Teacher, InviteCode];
