/** What the four kinds of text search have in common; their columns differ by a prefix. */
import { userMade, userSchema } from './reading.ts';

export const part = (catalogue: string, prefix: string) => ({
  catalogue,
  schema: 'n.nspname',
  name: `t.${prefix}name`,
  oid: 't.oid',
  from: `${catalogue} t join pg_namespace n on n.oid = t.${prefix}namespace`,
  where: `${userSchema('n.nspname')} and ${userMade(catalogue, 't.oid')}`,
});

/** SQL: qualified names of the functions that a part is made of, by their words. */
export const functions = (columns: Readonly<Record<string, string>>, print: (column: string) => string) =>
  Object.fromEntries(Object.entries(columns).map(([word, column]) => [word, print(column)]));

/** `word = value` for each, as they stand in parentheses. */
export const assignments = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([word, value]) => `${word} = ${String(value)}`)
    .join(', ');
