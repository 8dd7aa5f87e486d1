/** Longest name that the server keeps, in bytes. */
const longest = 63;

/** A name for what is in the way of something new for a while: its own, shortened to fit, with an ending. */
export function asideOf(name: string, ending: '__old' | '__new' = '__old'): string {
  let kept = Array.from(name);
  while (Buffer.byteLength(kept.join('') + ending) > longest) kept = kept.slice(0, -1);
  return kept.join('') + ending;
}
