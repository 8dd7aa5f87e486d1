import {
  constraints as constraintFamily,
  indexes as indexFamily,
  statistics as statisticsFamily,
} from '../../../catalogue/kinds/constraints.ts';
import { identity, parameterList, type Recipe } from '../recipe.ts';
import { inline } from './tables.ts';

const table = identity('pg_class', 'c.oid');
const behind = identity('pg_class', 'x.oid');

const add = `'alter table ' || ${table} || ' add constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid)`;
const drop = `'alter table ' || ${table} || ' drop constraint ' || quote_ident(k.conname)`;

/** Constraints that do not stand in the `create table`. */
export const constraints: Recipe = {
  family: constraintFamily,
  where: `not ${inline}`,
  phase: 'attached',
  create: () => add,
  after: () => [
    `'alter index ' || ${behind} || ' set (' || ${parameterList('x.reloptions')} || ')'`,
    `'alter index ' || ${behind} || ' set tablespace ' || quote_ident(place.spcname)`,
  ],
  drop,
  part: true,
};

/** Those that do, for the case that the table has to be made without them. */
export const inlineConstraints: Recipe = {
  family: constraintFamily,
  where: inline,
  phase: 'attached',
  instead: () => [add],
  drop,
  part: true,
};

/** A partitioned index is printed with `only`, which would leave the partitions without theirs. */
const indexText = `case when x.relkind = 'I' then replace(pg_get_indexdef(i.indexrelid),
  'INDEX ' || quote_ident(x.relname) || ' ON ONLY ', 'INDEX ' || quote_ident(x.relname) || ' ON ')
  else pg_get_indexdef(i.indexrelid) end`;
const index = identity('pg_class', 'x.oid');

/** Indexes; what an interrupted build left behind is not made again. */
export const indexes: Recipe = {
  family: indexFamily,
  phase: 'attached',
  create: () => indexText,
  after: () => [
    `'alter index ' || ${index} || ' set tablespace ' || quote_ident(place.spcname)`,
    `case when i.indexprs is not null then (
      select 'alter index ' || ${index} || ' ' ||
        string_agg('alter column ' || attnum || ' set statistics ' || attstattarget, ', ' order by attnum)
      from pg_attribute where attrelid = i.indexrelid and attstattarget >= 0) end`,
  ],
  part: true,
};

export const statistics: Recipe = {
  family: statisticsFamily,
  phase: 'attached',
  create: () => 'pg_get_statisticsobjdef(s.oid)',
  after: () => [
    `'alter statistics ' || ${identity('pg_statistic_ext', 's.oid')} || ' set statistics ' || nullif(s.stxstattarget, -1)`,
  ],
  part: true,
};
