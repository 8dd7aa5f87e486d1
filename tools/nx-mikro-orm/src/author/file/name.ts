import { problem } from '../../errors.ts';

/** Longest part of a message in a file name: in characters, and in bytes, as file systems take 255 of them for all of it. */
const longest = { characters: 60, bytes: 200 };

/**
 * Turns a message into the end of a file name and of the class in it, in letters and digits of any script:
 * `Create invite_code table` → `create_invite_code_table`, `建立 邀請碼` → `建立_邀請碼`, `Éclair` → `eclair`.
 * Empty where nothing of it can be in a name.
 */
export function slugOf(message: string): string {
  const words = message
    .normalize('NFKD')
    .replace(/(\p{Script=Latin})\p{Mark}+/gu, '$1')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{ID_Continue}]+/gu, '_')
    .replace(/^_+/, '');
  return shortened(words).replace(/_+$/, '');
}

function shortened(words: string): string {
  const characters = [...words].slice(0, longest.characters);
  while (Buffer.byteLength(characters.join('')) > longest.bytes) characters.pop();
  return characters.join('');
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
