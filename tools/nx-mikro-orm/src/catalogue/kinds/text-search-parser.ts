import { defineKind } from './kind.ts';
import { nameOf } from './naming.ts';
import { routineText, routineName } from './reading.ts';
import { assignments, functions, part } from './text-search.ts';

const columns = {
  start: 't.prsstart',
  gettoken: 't.prstoken',
  end: 't.prsend',
  headline: 't.prsheadline',
  lextypes: 't.prslextype',
};

/** Parsers of text search. */
export const textSearchParser = defineKind<object, Record<string, string>>({
  order: 210,
  ...part('pg_ts_parser', 'prs'),
  facts: () => functions(columns, routineText),
  layout: () => functions(columns, routineName),
  make: ({ schema, name, layout }) => ({
    create: [`create text search parser ${nameOf(schema, name)} (${assignments(layout)})`],
  }),
});
