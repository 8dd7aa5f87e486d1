/** What tests of lost rows have in common. */
import type { Loss } from '../src/rehearsal/loss.ts';

/** Two rows in a, three in b; b.x has two values. */
export const two = `create table a as select n as id, 'x' as name from generate_series(1, 2) n;
  create table b as select n as id, nullif(n, 2) as x from generate_series(1, 3) n;`;

/** `table name rows` or `column name values`, in the order of the alphabet. */
export const listed = ({ items }: Loss): string[] =>
  items.map(({ what, name, rows }) => `${what} ${name} ${rows}`).sort();
