import {
  searchConfigurations as configurationFamily,
  searchDictionaries as dictionaryFamily,
  searchParsers as parserFamily,
  searchTemplates as templateFamily,
} from '../../../catalogue/kinds/search.ts';
import { identity, type Recipe } from '../recipe.ts';

const proc = (oid: string) => `nullif(${oid}::oid, 0)::regproc::text`;

export const searchParsers: Recipe = {
  family: parserFamily,
  phase: 'structure',
  create: () => `'create text search parser ' || ${identity('pg_ts_parser', 't.oid')} || ' (' || concat_ws(', ',
    'start = ' || ${proc('t.prsstart')}, 'gettoken = ' || ${proc('t.prstoken')}, 'end = ' || ${proc('t.prsend')},
    'headline = ' || ${proc('t.prsheadline')}, 'lextypes = ' || ${proc('t.prslextype')}) || ')'`,
};

export const searchTemplates: Recipe = {
  family: templateFamily,
  phase: 'structure',
  create: () => `'create text search template ' || ${identity('pg_ts_template', 't.oid')} || ' (' || concat_ws(', ',
    'init = ' || ${proc('t.tmplinit')}, 'lexize = ' || ${proc('t.tmpllexize')}) || ')'`,
};

export const searchDictionaries: Recipe = {
  family: dictionaryFamily,
  phase: 'structure',
  create: () => `'create text search dictionary ' || ${identity('pg_ts_dict', 't.oid')} || ' (' || concat_ws(', ',
    'template = ' || ${identity('pg_ts_template', 'tt.oid')}, t.dictinitoption) || ')'`,
};

const configuration = identity('pg_ts_config', 't.oid');

export const searchConfigurations: Recipe = {
  family: configurationFamily,
  phase: 'structure',
  create: () =>
    `'create text search configuration ' || ${configuration} || ' (parser = ' || ${identity('pg_ts_parser', 'p.oid')} || ')'`,
  grants: [
    `(select array_agg('alter text search configuration ' || ${configuration} || ' add mapping for ' || alias || ' with ' || dictionaries
        order by alias) from (
      select quote_ident(token.alias) as alias,
        string_agg(${identity('pg_ts_dict', 'm.mapdict')}, ', ' order by m.mapseqno) as dictionaries
      from pg_ts_config_map m join ts_token_type(t.cfgparser) token on token.tokid = m.maptokentype
      where m.mapcfg = t.oid group by token.alias) mapping)`,
  ],
};
