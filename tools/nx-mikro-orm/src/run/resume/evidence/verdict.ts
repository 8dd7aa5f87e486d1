/** What the catalogue says about a statement whose outcome nobody heard. */
export type Evidence =
  | { found: 'done' }
  /** Nothing of it is there: it is safe to send it again. */
  | { found: 'not-done' }
  /** Sending it again does no harm, whether or not it took effect. */
  | { found: 'repeatable' }
  /** The server is still at it. */
  | { found: 'running'; pid: number; since: Date }
  /** A concurrent build left an INVALID index (`schema.name`, quoted): drop it concurrently, then send it again. */
  | { found: 'invalid-index'; index: string }
  /** `reindex concurrently` left INVALID copies (`schema.name`, quoted): drop them concurrently, then send it again. */
  | { found: 'leftover-indexes'; indexes: string[] }
  /** A partition is half detached: send `finalize`, a statement, and it is done. */
  | { found: 'unfinished-detach'; finalize: string }
  | { found: 'unknown'; why: string };

export const done: Evidence = { found: 'done' };
export const notDone: Evidence = { found: 'not-done' };
export const repeatable: Evidence = { found: 'repeatable' };
export const unknown = (why: string): Evidence => ({ found: 'unknown', why });

/**
 * The verdict on parts that took effect together or not at all. One part that is done tells of those that the catalogue
 * is silent about; two that contradict each other tell nothing.
 */
export function all(parts: readonly Evidence[]): Evidence {
  if (parts.length === 1 && parts[0]) return parts[0];
  const has = (found: Evidence['found']) => parts.some((part) => part.found === found);
  const special = parts.find(({ found }) => !['done', 'not-done', 'repeatable', 'unknown'].includes(found));
  if (special) return unknown(`one part of it is found as ${special.found}`);
  if (has('done') && has('not-done')) return unknown('one part of it looks done, and another does not');
  if (has('done')) return done;
  if (has('not-done')) return notDone;
  return parts.find(({ found }) => found === 'unknown') ?? repeatable;
}

/** Of a statement that makes something: without `if not exists`, what is there was made by it. */
export const made = (there: boolean, ifNotExists: boolean | undefined): Evidence =>
  there ? (ifNotExists ? repeatable : done) : notDone;

/** Of a statement that removes something. */
export const removed = (there: boolean, ifExists: boolean | undefined): Evidence =>
  there ? notDone : ifExists ? repeatable : done;
