/**
 * Texts that we wrote: what a revision, a model or a person said is in them as a literal or a quoted name, or not at all. Scratch
 * sends them as they are: to look through a long one for what reaches out takes longer than the server takes to answer it.
 */

/** A text in the form of a query of pg. */
export interface OwnText {
  readonly text: string;
}

const own = new WeakSet<object>();

/** Vouches for a text. Nobody else can make what {@link isOwn} takes for one, as it is known by identity. */
export function ownText(text: string): OwnText {
  const vouched = Object.freeze({ text });
  own.add(vouched);
  return vouched;
}

/** Whether a query is a text of our own. */
export const isOwn = (query: unknown): query is OwnText =>
  typeof query === 'object' && query !== null && own.has(query);
