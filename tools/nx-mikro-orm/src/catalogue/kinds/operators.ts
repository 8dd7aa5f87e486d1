import { flag, label, onItsOwn, routine, type, userMade, userSchema } from './family.ts';
import type { Family } from './family.ts';

const operator = (oid: string) => `nullif(${oid}, 0)::regoperator::text`;

/** Operators; not the shells a forward reference leaves. */
export const operators: Family = {
  catalogue: 'pg_operator',
  kind: `'operator'`,
  suffix: `'.' || o.oprname || '(' || coalesce(${type('o.oprleft')}, 'none') || ', ' ||
    coalesce(${type('o.oprright')}, 'none') || ')'`,
  schema: 'n.nspname',
  oid: 'o.oid',
  from: 'pg_operator o join pg_namespace n on n.oid = o.oprnamespace',
  where: `${userSchema('n.nspname')} and ${userMade('pg_operator', 'o.oid')} and o.oprcode::oid <> 0`,
  lines: () => [
    label('function', routine('o.oprcode')),
    label('returns', type('o.oprresult')),
    label('commutator', operator('o.oprcom')),
    label('negator', operator('o.oprnegate')),
    label('restrict', routine('o.oprrest')),
    label('join', routine('o.oprjoin')),
    flag('o.oprcanhash', 'hashes'),
    flag('o.oprcanmerge', 'merges'),
  ],
};

/** Operator families with all their members, also those that came with a class. */
export const operatorFamilies: Family = {
  catalogue: 'pg_opfamily',
  kind: `'operator family'`,
  schema: 'n.nspname',
  name: 'f.opfname',
  suffix: `' using ' || quote_ident(m.amname)`,
  oid: 'f.oid',
  from: 'pg_opfamily f join pg_namespace n on n.oid = f.opfnamespace join pg_am m on m.oid = f.opfmethod',
  where: `${userSchema('n.nspname')} and ${userMade('pg_opfamily', 'f.oid')}`,
  lines: () => [
    `(select string_agg(line, chr(10) order by line collate "C") from (
      select concat_ws(' ', 'operator', amopstrategy, amopopr::regoperator::text, 'for', amoplefttype::regtype::text,
        amoprighttype::regtype::text, case amoppurpose when 'o' then 'order by ' || amopsortfamily end) as line
      from pg_amop where amopfamily = f.oid
      union all
      select concat_ws(' ', 'function', amprocnum, amproc::oid::regprocedure::text, 'for', amproclefttype::regtype::text,
        amprocrighttype::regtype::text) from pg_amproc where amprocfamily = f.oid) members)`,
  ],
};

export const operatorClasses: Family = {
  catalogue: 'pg_opclass',
  kind: `'operator class'`,
  schema: 'n.nspname',
  name: 'o.opcname',
  suffix: `' using ' || quote_ident(m.amname)`,
  oid: 'o.oid',
  from: `pg_opclass o join pg_namespace n on n.oid = o.opcnamespace join pg_am m on m.oid = o.opcmethod
    join pg_opfamily f on f.oid = o.opcfamily`,
  where: `${userSchema('n.nspname')} and ${userMade('pg_opclass', 'o.oid')}`,
  lines: () => [
    label('for', type('o.opcintype')),
    flag('o.opcdefault', 'default'),
    label('family', `f.opfnamespace::regnamespace::text || '.' || quote_ident(f.opfname)`),
    label('storage', type('o.opckeytype')),
  ],
};

export const casts: Family = {
  catalogue: 'pg_cast',
  kind: `'cast'`,
  suffix: `'(' || ${type('c.castsource')} || ' as ' || ${type('c.casttarget')} || ')'`,
  oid: 'c.oid',
  from: 'pg_cast c',
  where: `${userMade('pg_cast', 'c.oid')} and ${onItsOwn('pg_cast', 'c.oid')}`,
  lines: () => [
    `case c.castmethod when 'f' then 'with function ' || ${routine('c.castfunc')} when 'i' then 'with inout'
      else 'without function' end`,
    `case c.castcontext when 'a' then 'as assignment' when 'i' then 'as implicit' end`,
  ],
};
