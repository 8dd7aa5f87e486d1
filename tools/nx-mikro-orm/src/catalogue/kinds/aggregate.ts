import { defineKind } from './kind.ts';
import { privilegesOn, routineText as routineOf, routineName, typeText, wordFor, flag } from './reading.ts';
import { privilegeLines, quoted } from './naming.ts';
import { routineNamed, routines } from './routine.ts';
import type { Privilege } from '../item.ts';

const modify = (letter: string) => wordFor(letter, { r: 'read_only', s: 'shareable', w: 'read_write' });
const option = (name: string, value: string) => `'${name} = ' || ${value}`;

interface Facts {
  privileges?: Privilege[];
}

/** Aggregates: the server has no function that prints them. `routine` names them whatever their arguments. */
export const aggregate = defineKind<Facts, { arguments: string; options: string[] }>({
  order: 140,
  ...routines,
  among: `prokind = 'a'`,
  joins: () => `join pg_aggregate a on a.aggfnoid = p.oid left join pg_operator o on o.oid = a.aggsortop`,
  where: `p.prokind = 'a' and ${routines.where}`,
  facts: () => ({
    arguments: 'pg_get_function_arguments(p.oid)',
    kind: `case a.aggkind when 'o' then 'ordered set' when 'h' then 'hypothetical set' end || ', direct ' || a.aggnumdirectargs`,
    returns: 'pg_get_function_result(p.oid)',
    sfunc: routineOf('a.aggtransfn'),
    stype: typeText('a.aggtranstype'),
    sspace: 'nullif(a.aggtransspace, 0)',
    finalfunc: routineOf('a.aggfinalfn'),
    finalfunc_extra: flag('a.aggfinalextra'),
    finalfunc_modify: modify('a.aggfinalmodify'),
    combinefunc: routineOf('a.aggcombinefn'),
    serialfunc: routineOf('a.aggserialfn'),
    deserialfunc: routineOf('a.aggdeserialfn'),
    initcond: 'a.agginitval',
    msfunc: routineOf('a.aggmtransfn'),
    minvfunc: routineOf('a.aggminvtransfn'),
    mstype: typeText('a.aggmtranstype'),
    msspace: 'nullif(a.aggmtransspace, 0)',
    mfinalfunc: routineOf('a.aggmfinalfn'),
    mfinalfunc_extra: flag('a.aggmfinalextra'),
    mfinalfunc_modify: `case when a.aggmtransfn::oid <> 0 then ${modify('a.aggmfinalmodify')} end`,
    minitcond: 'a.aggminitval',
    sortop: 'o.oid::regoperator::text',
    parallel: wordFor('p.proparallel', { s: 'safe', r: 'restricted' }),
    privileges: privilegesOn('f', 'p.proacl', 'p.proowner'),
  }),
  layout: () => ({
    arguments: `coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*')`,
    options: `to_json(array_remove(array[${[
      option('sfunc', routineName('a.aggtransfn')),
      option('stype', typeText('a.aggtranstype')),
      option('sspace', 'nullif(a.aggtransspace, 0)'),
      option('finalfunc', routineName('a.aggfinalfn')),
      `case when a.aggfinalextra then 'finalfunc_extra' end`,
      `case when a.aggfinalfn::oid <> 0 then ${option('finalfunc_modify', modify('a.aggfinalmodify'))} end`,
      option('combinefunc', routineName('a.aggcombinefn')),
      option('serialfunc', routineName('a.aggserialfn')),
      option('deserialfunc', routineName('a.aggdeserialfn')),
      option('initcond', 'quote_literal(a.agginitval)'),
      option('msfunc', routineName('a.aggmtransfn')),
      option('minvfunc', routineName('a.aggminvtransfn')),
      option('mstype', typeText('a.aggmtranstype')),
      option('msspace', 'nullif(a.aggmtransspace, 0)'),
      option('mfinalfunc', routineName('a.aggmfinalfn')),
      `case when a.aggmfinalextra then 'mfinalfunc_extra' end`,
      `case when a.aggmfinalfn::oid <> 0 then ${option('mfinalfunc_modify', modify('a.aggmfinalmodify'))} end`,
      option('minitcond', 'quote_literal(a.aggminitval)'),
      `(select 'sortop = operator(' || quote_ident(nspname) || '.' || o.oprname || ')' from pg_namespace where oid = o.oprnamespace)`,
      `case a.aggkind when 'h' then 'hypothetical' end`,
      option('parallel', wordFor('p.proparallel', { s: 'safe', r: 'restricted' })),
    ].join(',\n      ')}], null))`,
  }),
  print: ({ privileges, ...facts }) => [
    ...Object.entries(facts).map(([name, value]) => (value === true ? name : `${name} ${String(value)}`)),
    ...privilegeLines(privileges),
  ],
  named: routineNamed,
  grantedOn: (item) => `routine ${routineNamed(item)}`,
  dropped: (item) => `routine ${routineNamed(item)}`,
  make: ({ schema = 'public', name, layout }) => ({
    create: [`create aggregate ${quoted(schema)}.${quoted(name)}(${layout.arguments}) (${layout.options.join(', ')})`],
    rank: 1,
  }),
  rename: (item, to) => `alter routine ${routineNamed(item)} rename to ${quoted(to)}`,
});
