import type { EntityManager } from '@mikro-orm/postgresql';
import { InviteCode, Teacher } from '@tutoria/models';

/** What `npx nx run migrations:fresh --seed` fills a development database with: a teacher, and two codes for more. */
export default async function seed(em: EntityManager): Promise<void> {
  const ada = em.create(Teacher, { name: 'Ada Lovelace', email: 'ada@example.com' });
  em.create(InviteCode, { code: 'WELCOME-ADA', isUsed: true, owner: ada });
  for (const code of ['WELCOME-1', 'WELCOME-2']) em.create(InviteCode, { code, isUsed: false });
  await em.flush();
}
