import { routine, type } from '../../../catalogue/kinds/family.ts';
import {
  casts as castFamily,
  operatorClasses as classFamily,
  operatorFamilies as familyFamily,
  operators as operatorFamily,
} from '../../../catalogue/kinds/operators.ts';
import { identity, type Recipe } from '../recipe.ts';

const proc = (oid: string) => `nullif(${oid}::oid, 0)::regproc::text`;
const other = (oid: string) => `(select 'operator(' || quote_ident(nspname) || '.' || oprname || ')'
  from pg_operator join pg_namespace on pg_namespace.oid = oprnamespace where pg_operator.oid = ${oid})`;

export const operators: Recipe = {
  family: operatorFamily,
  phase: 'structure',
  create: () => `'create operator ' || quote_ident(n.nspname) || '.' || o.oprname || ' (' || concat_ws(', ',
    'function = ' || ${proc('o.oprcode')},
    'leftarg = ' || ${type('o.oprleft')}, 'rightarg = ' || ${type('o.oprright')},
    'commutator = ' || ${other('o.oprcom')}, 'negator = ' || ${other('o.oprnegate')},
    'restrict = ' || ${proc('o.oprrest')}, 'join = ' || ${proc('o.oprjoin')},
    case when o.oprcanhash then 'hashes' end, case when o.oprcanmerge then 'merges' end) || ')'`,
};

const usedBy = (from: string, owner: string) => `exists (select from pg_depend
  where classid = '${from}'::regclass and objid = m.oid and refclassid = '${owner}'::regclass
    and refobjid = ${owner === 'pg_opclass' ? 'o.oid' : 'f.oid'})`;

/** Operators and functions of a family or class, as `operator 1 …, function 1 (…) …`. */
const members = (owner: 'pg_opclass' | 'pg_opfamily', family: string) => `(
  select string_agg(line, ', ' order by line collate "C") from (
    select concat_ws(' ', 'operator', m.amopstrategy, m.amopopr::regoperator::text,
      (select 'for order by ' || quote_ident(nspname) || '.' || quote_ident(opfname)
        from pg_opfamily join pg_namespace on pg_namespace.oid = opfnamespace where pg_opfamily.oid = m.amopsortfamily)) as line
    from pg_amop m where m.amopfamily = ${family} and ${usedBy('pg_amop', owner)}
    union all
    select concat_ws(' ', 'function', m.amprocnum,
      '(' || m.amproclefttype::regtype::text || ', ' || m.amprocrighttype::regtype::text || ')', ${routine('m.amproc')})
    from pg_amproc m where m.amprocfamily = ${family} and ${usedBy('pg_amproc', owner)}) each)`;

/** Families, and those members that came with no class. */
export const operatorFamilies: Recipe = {
  family: familyFamily,
  phase: 'structure',
  create: () => `'create operator family ' || ${identity('pg_opfamily', 'f.oid')}`,
  after: () => [
    `'alter operator family ' || ${identity('pg_opfamily', 'f.oid')} || ' add ' || ${members('pg_opfamily', 'f.oid')}`,
  ],
};

export const operatorClasses: Recipe = {
  family: classFamily,
  phase: 'structure',
  create: () => `concat_ws(' ', 'create operator class', quote_ident(n.nspname) || '.' || quote_ident(o.opcname),
    case when o.opcdefault then 'default' end, 'for type', ${type('o.opcintype')}, 'using', quote_ident(m.amname),
    'family', (select quote_ident(nspname) from pg_namespace where oid = f.opfnamespace) || '.' || quote_ident(f.opfname), 'as',
    concat_ws(', ', coalesce(${members('pg_opclass', 'o.opcfamily')},
      case when o.opckeytype = 0 then 'storage ' || ${type('o.opcintype')} end), 'storage ' || ${type('o.opckeytype')}))`,
};

export const casts: Recipe = {
  family: castFamily,
  phase: 'structure',
  create: () => `concat_ws(' ', 'create cast (' || ${type('c.castsource')} || ' as ' || ${type('c.casttarget')} || ')',
    case c.castmethod when 'f' then 'with function ' || ${routine('c.castfunc')} when 'i' then 'with inout' else 'without function' end,
    case c.castcontext when 'a' then 'as assignment' when 'i' then 'as implicit' end)`,
};
