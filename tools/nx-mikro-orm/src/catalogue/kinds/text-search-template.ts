import { defineKind } from './kind.ts';
import { nameOf } from './naming.ts';
import { routineText, routineName } from './reading.ts';
import { assignments, functions, part } from './text-search.ts';

const columns = { init: 't.tmplinit', lexize: 't.tmpllexize' };

/** Templates of dictionaries. */
export const textSearchTemplate = defineKind<object, Record<string, string>>({
  order: 220,
  ...part('pg_ts_template', 'tmpl'),
  facts: () => functions(columns, routineText),
  layout: () => functions(columns, routineName),
  make: ({ schema, name, layout }) => ({
    create: [`create text search template ${nameOf(schema, name)} (${assignments(layout)})`],
  }),
});
