import { problem } from '../../errors.ts';

/** Longest part of a message in a file name, in characters. */
const longest = 60;

/** Turns a message into the end of a file name: `Create invite_code table` → `create_invite_code_table`. */
export function slugOf(message: string): string {
  const words = message
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+/, '');
  return words.slice(0, longest).replace(/_+$/, '');
}

/** A message in one line. @throws bad-message when there is nothing in it */
export function cleanMessage(message: string): string {
  // eslint-disable-next-line no-control-regex -- a message may come from a pipe; NUL and escapes have no place in a file
  const clean = message.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim();
  if (clean === '') throw problem('bad-message', { detail: 'The message is empty.' });
  return clean;
}

/**
 * The first free revision name: UTC now, but after every revision there is, so that order by name and order by links
 * agree even when a clock is wrong.
 */
export function nextName(slug: string, taken: readonly string[], now = new Date()): string {
  const newest = taken
    .map((name) => /^Migration(\d{14})/.exec(name)?.[1])
    .filter((stamp) => stamp !== undefined)
    .sort()
    .at(-1);
  let stamp = stampOf(now);
  if (newest !== undefined && newest >= stamp) stamp = stampOf(new Date(dateOf(newest).getTime() + 1000));
  return `Migration${stamp}${slug && `_${slug}`}`;
}

const stampOf = (date: Date): string => date.toISOString().replace(/\D/g, '').slice(0, 14);

/** Reads `20260131235959`; a stamp that is no date, as other tools may number, counts as what Date.UTC makes of it. */
function dateOf(stamp: string): Date {
  const [year, month, day, hour, minute, second] = (stamp.match(/^(\d{4})(..)(..)(..)(..)(..)$/) ?? [])
    .slice(1)
    .map(Number) as [number, number, number, number, number, number];
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}
