import { defineKind } from './kind.ts';
import { nameOf } from './naming.ts';
import { part } from './text-search.ts';

interface Facts {
  template: string;
  /** As the server stores them: `name = 'value', …`. */
  options?: string;
}

/** Dictionaries of text search. */
export const textSearchDictionary = defineKind<Facts>({
  order: 230,
  ...part('pg_ts_dict', 'dict'),
  joins: () => 'join pg_ts_template tt on tt.oid = t.dicttemplate',
  facts: () => ({
    template: `tt.tmplnamespace::regnamespace::text || '.' || quote_ident(tt.tmplname)`,
    options: 't.dictinitoption',
  }),
  make: ({ schema, name, facts: { template, options } }) => ({
    create: [
      `create text search dictionary ${nameOf(schema, name)} (template = ${template}${options ? `, ${options}` : ''})`,
    ],
  }),
});
