import { defineEntity, p, sql } from '@mikro-orm/core';
import { InviteCode } from './invite-code.ts';

export const TeacherSchema = defineEntity({
  name: 'Teacher',
  tableName: 'teacher',
  properties: {
    id: p.integer().primary(),
    name: p.string().length(200),
    email: p.string().length(320).unique(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p
      .datetime()
      .defaultRaw('now()')
      // The database's clock, like the default: each process has one of its own.
      .onUpdate(() => sql`clock_timestamp()`),
    inviteCode: () => p.oneToOne(InviteCode).mappedBy('owner').orphanRemoval().nullable(),
  },
});

/** Somebody who teaches. Only the holder of an invite code may become one. */
export class Teacher extends TeacherSchema.class {}
TeacherSchema.setClass(Teacher);
