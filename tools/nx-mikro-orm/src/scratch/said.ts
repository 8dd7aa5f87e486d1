/** What somebody said by hand of a thing that models made, as a grant on a table: noted beside the thing's own key. */

const mark = 'said of ';

/** The key of such a note. */
export const saidKey = (key: string): string => mark + key;

/** Does to the key of a thing, or of what was said of it, what `rename` does to keys. */
export const mapKey = (key: string, rename: (key: string) => string): string =>
  key.startsWith(mark) ? mark + rename(key.slice(mark.length)) : rename(key);

/** The thing that a key is about. */
export const subjectOf = (key: string): string => (key.startsWith(mark) ? key.slice(mark.length) : key);
