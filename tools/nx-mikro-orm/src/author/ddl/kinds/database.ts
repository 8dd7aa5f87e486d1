import { routine, type } from '../../../catalogue/kinds/family.ts';
import {
  accessMethods as methodFamily,
  collations as collationFamily,
  conversions as conversionFamily,
  extensions as extensionFamily,
  languages as languageFamily,
  schemas as schemaFamily,
  transforms as transformFamily,
} from '../../../catalogue/kinds/database.ts';
import { grantsOn, identity, type Recipe } from '../recipe.ts';

const proc = (oid: string) => `nullif(${oid}::oid, 0)::regproc::text`;

export const schemas: Recipe = {
  family: schemaFamily,
  phase: 'structure',
  create: () => `'create schema ' || quote_ident(n.nspname)`,
  grants: [grantsOn('n', `'schema ' || quote_ident(n.nspname)`, 'n.nspacl', 'n.nspowner')],
};

export const extensions: Recipe = {
  family: extensionFamily,
  phase: 'structure',
  // Where an extension makes its schema itself, the schema must not be named: it is not there yet.
  create: () => `'create extension ' || quote_ident(e.extname) || case when exists (
      select from pg_depend where classid = 'pg_namespace'::regclass and objid = e.extnamespace
        and refclassid = 'pg_extension'::regclass and refobjid = e.oid and deptype = 'e')
    then '' else ' schema ' || e.extnamespace::regnamespace::text end`,
};

export const languages: Recipe = {
  family: languageFamily,
  phase: 'structure',
  create:
    () => `concat_ws(' ', 'create', case when l.lanpltrusted then 'trusted' end, 'language', quote_ident(l.lanname),
    'handler ' || ${proc('l.lanplcallfoid')}, 'inline ' || ${proc('l.laninline')}, 'validator ' || ${proc('l.lanvalidator')})`,
  grants: [grantsOn('l', `'language ' || quote_ident(l.lanname)`, 'l.lanacl', 'l.lanowner')],
};

export const accessMethods: Recipe = {
  family: methodFamily,
  phase: 'structure',
  create: () => `concat_ws(' ', 'create access method', quote_ident(a.amname),
    'type', case a.amtype when 't' then 'table' else 'index' end, 'handler', ${proc('a.amhandler')})`,
};

export const collations: Recipe = {
  family: collationFamily,
  phase: 'structure',
  create: () => `'create collation ' || ${identity('pg_collation', 'c.oid')} || ' (' || concat_ws(', ',
    case c.collprovider when 'i' then 'provider = icu' when 'b' then 'provider = builtin' else 'provider = libc' end,
    'lc_collate = ' || quote_literal(c.collcollate), 'lc_ctype = ' || quote_literal(c.collctype),
    'locale = ' || quote_literal(coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale')),
    'rules = ' || quote_literal(to_jsonb(c) ->> 'collicurules'),
    case when not c.collisdeterministic then 'deterministic = false' end) || ')'`,
};

export const conversions: Recipe = {
  family: conversionFamily,
  phase: 'structure',
  create:
    () => `concat_ws(' ', 'create', case when c.condefault then 'default' end, 'conversion', ${identity('pg_conversion', 'c.oid')},
    'for', quote_literal(pg_encoding_to_char(c.conforencoding)), 'to', quote_literal(pg_encoding_to_char(c.contoencoding)),
    'from', ${proc('c.conproc')})`,
};

const forType = `'transform for ' || ${type('t.trftype')} || ' language ' || quote_ident(l.lanname)`;

export const transforms: Recipe = {
  family: transformFamily,
  phase: 'structure',
  create:
    () => `'create ' || ${forType} || ' (' || concat_ws(', ', 'from sql with function ' || ${routine('t.trffromsql')},
    'to sql with function ' || ${routine('t.trftosql')}) || ')'`,
  drop: `'drop ' || ${forType}`,
};
