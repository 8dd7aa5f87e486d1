import { flag, grantsOn, label, onItsOwn, routine, type, userMade, userSchema } from './family.ts';
import type { Family } from './family.ts';

const from = 'pg_proc p join pg_namespace n on n.oid = p.pronamespace';
const where = `${userSchema('n.nspname')} and ${userMade('pg_proc', 'p.oid')}
  and ${onItsOwn('pg_proc', 'p.oid')}`;
const suffix = `'(' || oidvectortypes(p.proargtypes) || ')'`;

/** Functions, window functions and procedures. */
export const routines: Family = {
  catalogue: 'pg_proc',
  among: `prokind <> 'a'`,
  kind: `case p.prokind when 'p' then 'procedure' else 'function' end`,
  schema: 'n.nspname',
  name: 'p.proname',
  suffix,
  oid: 'p.oid',
  from,
  where: `p.prokind in ('f', 'w', 'p') and ${where}`,
  lines: () => [`rtrim(pg_get_functiondef(p.oid), chr(10))`, grantsOn('f', 'p.proacl', 'p.proowner')],
};

const modify = (letter: string) =>
  `case ${letter} when 'r' then 'read_only' when 's' then 'shareable' when 'w' then 'read_write' end`;

/** Aggregates: the server has no function that prints them. */
export const aggregates: Family = {
  catalogue: 'pg_proc',
  among: `prokind = 'a'`,
  kind: `'aggregate'`,
  schema: 'n.nspname',
  name: 'p.proname',
  suffix,
  oid: 'p.oid',
  from,
  joins: () => `join pg_aggregate a on a.aggfnoid = p.oid
    left join pg_operator o on o.oid = a.aggsortop`,
  where: `p.prokind = 'a' and ${where}`,
  lines: () => [
    label('arguments', 'pg_get_function_arguments(p.oid)'),
    `case a.aggkind when 'o' then 'ordered set' when 'h' then 'hypothetical set' end || ', direct ' || a.aggnumdirectargs`,
    label('returns', 'pg_get_function_result(p.oid)'),
    label('sfunc', routine('a.aggtransfn')),
    label('stype', type('a.aggtranstype')),
    label('sspace', 'nullif(a.aggtransspace, 0)'),
    label('finalfunc', routine('a.aggfinalfn')),
    flag('a.aggfinalextra', 'finalfunc_extra'),
    label('finalfunc_modify', modify('a.aggfinalmodify')),
    label('combinefunc', routine('a.aggcombinefn')),
    label('serialfunc', routine('a.aggserialfn')),
    label('deserialfunc', routine('a.aggdeserialfn')),
    label('initcond', 'quote_literal(a.agginitval)'),
    label('msfunc', routine('a.aggmtransfn')),
    label('minvfunc', routine('a.aggminvtransfn')),
    label('mstype', type('a.aggmtranstype')),
    label('msspace', 'nullif(a.aggmtransspace, 0)'),
    label('mfinalfunc', routine('a.aggmfinalfn')),
    flag('a.aggmfinalextra', 'mfinalfunc_extra'),
    `case when a.aggmtransfn::oid <> 0 then ${label('mfinalfunc_modify', modify('a.aggmfinalmodify'))} end`,
    label('minitcond', 'quote_literal(a.aggminitval)'),
    label('sortop', 'o.oid::regoperator::text'),
    label('parallel', `case p.proparallel when 's' then 'safe' when 'r' then 'restricted' end`),
    grantsOn('f', 'p.proacl', 'p.proowner'),
  ],
};
