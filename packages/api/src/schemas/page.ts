import { Type, type TProperties, type TSchema } from 'typebox';
import { Id } from './reference.ts';

/** How many a page has when nobody says. */
export const usualLimit = 20;

/** The query of a list: how many, from where on, and what else the list can be asked. */
export const pageQuery = <T extends TProperties>(filters: T) =>
  Type.Object(
    {
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 100, default: usualLimit, description: 'How many at most.' }),
      ),
      after: Type.Optional({ ...Id, description: 'The `next` of the page before.' }),
      ...filters,
    },
    { additionalProperties: false },
  );

/** One page, newest first. What is added meanwhile never moves what is on a later page. */
export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({
    items: Type.Array(item),
    next: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description: 'Ask for what follows with `after`; null when this is the last page.',
    }),
  });

/** A page of what was found, of which one more than `limit` was asked for. */
export function pageOfRows<T extends { id: number }>(found: T[], limit: number): { items: T[]; next: number | null } {
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? items.at(-1)!.id : null };
}
