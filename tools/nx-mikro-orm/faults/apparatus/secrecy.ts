/** What every run of a case printed or wrote down, kept so that a last case can look for the password in all of it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';

/** The password of every role that a runner logs in with: each of its characters means something in a URL or in SQL. */
export const password = `p@ss:w/rd%'x`;

/** Pieces that are in no other text here: a mask that ends at the wrong character leaves one of them. */
const pieces = ['ss:w', 'w/rd', `rd%'`, 'ss%3aw', 'w%2frd', 'rd%25'];

const kept: { from: string; text: string }[] = [];

/** Remembers a text that a person or a log could see, and where it was seen. */
export const keep = (from: string, text: string): void => void kept.push({ from, text });

/** The last case of a file. */
export const passwordStaysHidden = (): void =>
  void it('No output of any case, and no row of a ledger or journal, contains the password', () => {
    assert.ok(kept.length > 0, 'no case of this file kept any output');
    for (const { from, text } of kept) {
      const shown = pieces.find((piece) => text.toLowerCase().includes(piece));
      assert.equal(shown, undefined, `${from} shows the password:\n${text.slice(0, 2000)}`);
    }
  });
