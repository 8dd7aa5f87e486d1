/** By a symbol of the process, because a revision may have got this module another time. */
const mark = Symbol.for('nx-mikro-orm.irreversible');

/**
 * Says that a revision cannot go that way: `override down(): void { irreversible('The old values are gone'); }`. The runner
 * refuses with the reason, before anything is changed; stock MikroORM fails with it.
 */
export function irreversible(reason: string): never {
  throw Object.assign(new Error(`This revision is irreversible: ${reason}`), { [mark]: reason });
}

/** The reason, when an error of a revision is that it cannot go that way; '' when it gives none. */
export function irreversibleReason(error: unknown, direction: 'up' | 'down'): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (mark in error) return String(error[mark]);
  // The words of MikroORM 7.2.1's Migration, where a revision has no down().
  if (direction === 'up' || !error.message.includes('cannot be reverted')) return undefined;
  return error.message === 'This migration cannot be reverted' ? '' : error.message;
}
