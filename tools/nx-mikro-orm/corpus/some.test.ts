import { testTheme } from './run.ts';
import { themes } from './themes/index.ts';

/**
 * The whole corpus takes minutes: `nx run nx-mikro-orm:corpus`. This is one entry of each theme, the plainest that goes
 * the theme's own way.
 */
const some: Record<keyof typeof themes, string> = {
  columns: 'a value that reads other columns',
  defaults: 'a semicolon, a line break, a dollar and a backslash',
  types: 'text to integer',
  casts: 'under a view that calculates with it',
  enums: 'as text: a value goes',
  enumsUnder: 'a function by hand that takes one',
  renames: 'a column with index, unique key and check',
  names: 'a table, and another comes with its old name',
  keys: 'a check that the server spells otherwise',
  primary: 'int to bigint, with its sequence and two foreign keys',
  constraints: 'a check comes that a row breaks: nothing is changed',
  indexes: 'among rows that differ in letter case only',
  relations: 'in a circle, all new',
  links: 'parent and child go at once, in the right order',
  tables: 'several come and go',
  partitions: 'a partition gets other bounds: detached, and attached again with its rows',
  schemas: 'a table that others reference moves',
  routines: 'a function returns another type',
  views: 'one on another: a column under both gets another type',
  functions: 'a function that a default calls, and a new column with it',
  triggers: 'has another name: no function is left behind',
  policies: 'restrictive instead of permissive',
  handwork: 'tables, types, functions and an extension beside',
  beside: 'a function by hand that takes a row of the table',
  spelling: 'a check: between',
  pairs: 'an enum loses a value under a default, an index and a view',
  together: 'a table is split: two columns go to one of their own',
};

testTheme(
  'one of each theme',
  Object.fromEntries(
    Object.entries(some).map(([title, name]) => {
      const change = themes[title as keyof typeof themes][name];
      if (!change) throw new Error(`The theme ${title} has no entry "${name}".`);
      return [`${title}: ${name}`, change];
    }),
  ),
);
