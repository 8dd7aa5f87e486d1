/** How many of something: `one`, or the number and `many`. */
export const plural = (count: number, one: string, many: string): string =>
  count === 1 ? one : `${grouped(count)} ${many}`;

/** `no rows`, `1 row`, `1 204 rows`. */
export const counted = (count: number, noun: string): string =>
  count === 0 ? `no ${noun}s` : plural(count, `1 ${noun}`, `${noun}s`);

/** A number with its thousands apart. */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ' ');

/** The first of some names, and how many there are besides: `a, b, c and 4 more`. Two that are left are named as well. */
export const firstFew = (names: readonly string[], most = 4): string =>
  names.length <= most + 2 ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
