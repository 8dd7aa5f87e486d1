import { label, routine, userMade, userSchema } from './family.ts';
import type { Family } from './family.ts';

/** What the four parts of text search have in common; their columns differ by a prefix. */
const part = (what: string, catalogue: string, prefix: string) => ({
  catalogue,
  kind: `'text search ${what}'`,
  schema: 'n.nspname',
  name: `t.${prefix}name`,
  oid: 't.oid',
  from: `${catalogue} t join pg_namespace n on n.oid = t.${prefix}namespace`,
  where: `${userSchema('n.nspname')} and ${userMade(catalogue, 't.oid')}`,
});

export const searchParsers: Family = {
  ...part('parser', 'pg_ts_parser', 'prs'),
  lines: () => [
    label('start', routine('t.prsstart')),
    label('gettoken', routine('t.prstoken')),
    label('end', routine('t.prsend')),
    label('headline', routine('t.prsheadline')),
    label('lextypes', routine('t.prslextype')),
  ],
};

export const searchTemplates: Family = {
  ...part('template', 'pg_ts_template', 'tmpl'),
  lines: () => [label('init', routine('t.tmplinit')), label('lexize', routine('t.tmpllexize'))],
};

export const searchDictionaries: Family = {
  ...part('dictionary', 'pg_ts_dict', 'dict'),
  joins: () => 'join pg_ts_template tt on tt.oid = t.dicttemplate',
  lines: () => [
    label('template', `tt.tmplnamespace::regnamespace::text || '.' || quote_ident(tt.tmplname)`),
    label('options', 't.dictinitoption'),
  ],
};

export const searchConfigurations: Family = {
  ...part('configuration', 'pg_ts_config', 'cfg'),
  joins: () => 'join pg_ts_parser p on p.oid = t.cfgparser',
  lines: () => [
    label('parser', `p.prsnamespace::regnamespace::text || '.' || quote_ident(p.prsname)`),
    `(select string_agg(line, chr(10) order by line collate "C") from (
      select token.alias || ' with ' || string_agg(m.mapdict::regdictionary::text, ', ' order by m.mapseqno) as line
      from pg_ts_config_map m join ts_token_type(t.cfgparser) token on token.tokid = m.maptokentype
      where m.mapcfg = t.oid group by token.alias) mapping)`,
  ],
};
