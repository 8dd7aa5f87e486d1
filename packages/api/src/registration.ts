import { LockMode, sql } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { InviteCode, Teacher } from '@tutoria/models';
import { isPast } from './clock.ts';
import { Refusal } from './problem.ts';

/**
 * Makes a teacher of whoever holds the code. Of many who try the same code at once, the lock on its row lets one through;
 * the others then find it used. To be run in a transaction.
 */
export async function register(
  em: EntityManager,
  { inviteCode, name, email }: { inviteCode: string; name: string; email: string },
): Promise<Teacher> {
  const code = await em.findOne(InviteCode, { code: inviteCode }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!code) throw new Refusal('code-unknown', 'Check inviteCode for typing mistakes, or ask for a new one.');
  if (code.isUsed) throw new Refusal('code-used', 'Each code is good for one teacher. Ask for a new one.');
  if (code.expiresAt && (await isPast(em, code.expiresAt))) throw new Refusal('code-expired', 'Ask for a new one.');
  const teacher = em.create(Teacher, { name, email: email.toLowerCase() });
  code.isUsed = true;
  // Not the beginning of the transaction: this one may have waited for a lock.
  em.assign(code, { usedAt: sql`clock_timestamp()` });
  code.owner = teacher;
  await em.flush();
  return teacher;
}
