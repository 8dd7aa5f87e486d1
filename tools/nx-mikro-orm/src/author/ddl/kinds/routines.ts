import { routine, type } from '../../../catalogue/kinds/family.ts';
import { aggregates as aggregateFamily, routines as routineFamily } from '../../../catalogue/kinds/routines.ts';
import { grantsOn, identity, type Recipe } from '../recipe.ts';

const name = identity('pg_proc', 'p.oid');
const word = `case p.prokind when 'p' then 'procedure ' else 'function ' end`;
const text = `regexp_replace(rtrim(pg_get_functiondef(p.oid), chr(10)), '^CREATE OR REPLACE ', 'CREATE ')`;

/** Functions and procedures, in the server's words. */
export const routines: Recipe = {
  family: routineFamily,
  phase: 'structure',
  create: () => text,
  // Functions that use each other cannot all be made with their bodies looked at.
  instead: () => [`'set local check_function_bodies = off'`, text, `'set local check_function_bodies = on'`],
  grants: [grantsOn('f', `${word} || ${name}`, 'p.proacl', 'p.proowner')],
  drop: `'drop ' || ${word} || ${name}`,
};

const proc = (oid: string) => `nullif(${oid}::oid, 0)::regproc::text`;
const option = (word: string, value: string) => `'${word} = ' || ${value}`;
const modify = (word: string, letter: string) =>
  `case ${letter} when 'r' then '${word} = read_only' when 's' then '${word} = shareable' when 'w' then '${word} = read_write' end`;

/** Aggregates. `routine` names them whatever their arguments; `aggregate` wants the direct ones apart. */
export const aggregates: Recipe = {
  family: aggregateFamily,
  phase: 'structure',
  create: () => `'create aggregate ' || quote_ident(n.nspname) || '.' || quote_ident(p.proname) ||
    '(' || coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*') || ') (' || concat_ws(', ', ${[
      option('sfunc', proc('a.aggtransfn')),
      option('stype', type('a.aggtranstype')),
      option('sspace', 'nullif(a.aggtransspace, 0)'),
      option('finalfunc', proc('a.aggfinalfn')),
      `case when a.aggfinalextra then 'finalfunc_extra' end`,
      `case when a.aggfinalfn::oid <> 0 then ${modify('finalfunc_modify', 'a.aggfinalmodify')} end`,
      option('combinefunc', proc('a.aggcombinefn')),
      option('serialfunc', proc('a.aggserialfn')),
      option('deserialfunc', proc('a.aggdeserialfn')),
      option('initcond', 'quote_literal(a.agginitval)'),
      option('msfunc', proc('a.aggmtransfn')),
      option('minvfunc', proc('a.aggminvtransfn')),
      option('mstype', type('a.aggmtranstype')),
      option('msspace', 'nullif(a.aggmtransspace, 0)'),
      option('mfinalfunc', proc('a.aggmfinalfn')),
      `case when a.aggmfinalextra then 'mfinalfunc_extra' end`,
      `case when a.aggmfinalfn::oid <> 0 then ${modify('mfinalfunc_modify', 'a.aggmfinalmodify')} end`,
      option('minitcond', 'quote_literal(a.aggminitval)'),
      `(select 'sortop = operator(' || quote_ident(nspname) || '.' || o.oprname || ')' from pg_namespace where oid = o.oprnamespace)`,
      `case a.aggkind when 'h' then 'hypothetical' end`,
      `case p.proparallel when 's' then 'parallel = safe' when 'r' then 'parallel = restricted' end`,
    ].join(', ')}) || ')'`,
  grants: [grantsOn('f', `'routine ' || ${name}`, 'p.proacl', 'p.proowner')],
  drop: `'drop routine ' || ${routine('p.oid')}`,
};
