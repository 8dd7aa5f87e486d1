/** Operators and functions of an operator family or class. */
import { routineText } from './reading.ts';

const usedBy = (from: string, owner: string) => `exists (select from pg_depend
  where classid = '${from}'::regclass and objid = m.oid and refclassid = '${owner}'::regclass
    and refobjid = ${owner === 'pg_opclass' ? 'o.oid' : 'f.oid'})`;

/** Those that came with it, as `operator 1 …`, `function 1 (…) …`, in a JSON array. */
export const members = (owner: 'pg_opclass' | 'pg_opfamily', family: string) => `(
  select json_agg(line order by line collate "C") from (
    select concat_ws(' ', 'operator', m.amopstrategy, m.amopopr::regoperator::text,
      (select 'for order by ' || quote_ident(nspname) || '.' || quote_ident(opfname)
        from pg_opfamily join pg_namespace on pg_namespace.oid = opfnamespace where pg_opfamily.oid = m.amopsortfamily)) as line
    from pg_amop m where m.amopfamily = ${family} and ${usedBy('pg_amop', owner)}
    union all
    select concat_ws(' ', 'function', m.amprocnum,
      '(' || m.amproclefttype::regtype::text || ', ' || m.amprocrighttype::regtype::text || ')', ${routineText('m.amproc')})
    from pg_amproc m where m.amprocfamily = ${family} and ${usedBy('pg_amproc', owner)}) each)`;
