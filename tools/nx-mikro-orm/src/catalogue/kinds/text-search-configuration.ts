import { defineKind } from './kind.ts';
import { nameOf, quoted } from './naming.ts';
import { part } from './text-search.ts';

type Mapping = [token: string, dictionaries: string];

interface Facts {
  parser: string;
  mapping?: Mapping[];
}

/** Configurations of text search, with the dictionaries that each sort of token goes through. */
export const textSearchConfiguration = defineKind<Facts>({
  order: 240,
  ...part('pg_ts_config', 'cfg'),
  joins: () => 'join pg_ts_parser p on p.oid = t.cfgparser',
  facts: () => ({
    parser: `p.prsnamespace::regnamespace::text || '.' || quote_ident(p.prsname)`,
    mapping: `(select json_agg(json_build_array(alias, dictionaries) order by alias collate "C") from (
      select token.alias, string_agg(m.mapdict::regdictionary::text, ', ' order by m.mapseqno) as dictionaries
      from pg_ts_config_map m join ts_token_type(t.cfgparser) token on token.tokid = m.maptokentype
      where m.mapcfg = t.oid group by token.alias) each)`,
  }),
  print: ({ parser, mapping = [] }) => [`parser ${parser}`, ...mapping.map(([token, all]) => `${token} with ${all}`)],
  make: ({ schema, name, facts: { parser, mapping = [] } }) => ({
    create: [`create text search configuration ${nameOf(schema, name)} (parser = ${parser})`],
    after: mapping.map((one) => ({ sql: change(nameOf(schema, name), 'add', one) })),
  }),
  alter: ({ from, to, changed }) => {
    if (changed.has('parser')) return undefined;
    const [was, is] = [new Map(from.facts.mapping), new Map(to.facts.mapping)];
    const named = nameOf(to.schema, to.name);
    return [
      ...[...was.keys()]
        .filter((token) => !is.has(token))
        .map((token) => ({
          sql: `alter text search configuration ${named} drop mapping for ${quoted(token)}`,
        })),
      ...[...is]
        .filter(([token, all]) => was.get(token) !== all)
        .map((one) => ({ sql: change(named, was.has(one[0]) ? 'alter' : 'add', one) })),
    ];
  },
});

const change = (named: string, word: 'add' | 'alter', [token, dictionaries]: Mapping): string =>
  `alter text search configuration ${named} ${word} mapping for ${quoted(token)} with ${dictionaries}`;
