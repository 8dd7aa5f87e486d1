import { defineEntity, p } from '@mikro-orm/core';
import { Teacher } from './teacher.ts';

export const InviteCodeSchema = defineEntity({
  name: 'InviteCode',
  tableName: 'invite_code',
  properties: {
    id: p.integer().primary(),
    code: p.string().unique(),
    isUsed: p.boolean().default(false),
    expiresAt: p.datetime().nullable(),
    // Neither is known of a code from before they were noted.
    createdAt: p.datetime().defaultRaw('now()').nullable(),
    usedAt: p.datetime().nullable(),
    owner: () => p.oneToOne(Teacher).inversedBy('inviteCode').fieldName('teacher_id').deleteRule('cascade').nullable(),
  },
});

/** A code that lets one person register as a teacher, once. Deleting the teacher deletes the code. */
export class InviteCode extends InviteCodeSchema.class {}
InviteCodeSchema.setClass(InviteCode);
