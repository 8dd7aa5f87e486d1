import { comment, flag, grantsOn, label, userMade, userSchema } from './family.ts';
import type { Family } from './family.ts';

/** Sequences that are part of a column: those of identity, and those owned by the column whose default uses them. */
export const columnSequences = `
  select owner.refobjid as relid, owner.refobjsubid as attnum, owner.objid as seqid
  from pg_sequence sq
  join pg_depend owner on owner.classid = 'pg_class'::regclass and owner.objid = sq.seqrelid
    and owner.refclassid = 'pg_class'::regclass and owner.refobjsubid > 0 and owner.deptype in ('a', 'i')
  left join pg_attrdef used on owner.deptype = 'a' and used.adrelid = owner.refobjid and used.adnum = owner.refobjsubid
  where owner.deptype = 'i' or exists (
    select from pg_depend by_default
    where by_default.classid = 'pg_attrdef'::regclass and by_default.objid = used.oid
      and by_default.refclassid = 'pg_class'::regclass and by_default.refobjid = owner.objid)`;

const last = (type: string) =>
  `case ${type} when 'smallint'::regtype then 32767 when 'integer'::regtype then 2147483647 else 9223372036854775807 end`;

/** Parameters of the sequence `s` that differ from the defaults of a sequence for a column of type `columnType`. */
export const unusual = (columnType: string) => [
  `case when s.seqtypid <> ${columnType} then 'as ' || s.seqtypid::regtype::text end`,
  `case when s.seqincrement <> 1 then 'increment ' || s.seqincrement end`,
  `case when s.seqmin <> case when s.seqincrement > 0 then 1 else -1 - ${last('s.seqtypid')} end
    then 'minvalue ' || s.seqmin end`,
  `case when s.seqmax <> case when s.seqincrement > 0 then ${last('s.seqtypid')} else -1 end
    then 'maxvalue ' || s.seqmax end`,
  `case when s.seqstart <> case when s.seqincrement > 0 then s.seqmin else s.seqmax end
    then 'start ' || s.seqstart end`,
  `case when s.seqcache <> 1 then 'cache ' || s.seqcache end`,
  flag('s.seqcycle', 'cycle'),
];

/** What a column says of its sequence (rows `s` of pg_sequence, `sc` of pg_class); never the sequence's name. */
export const sequenceOfColumn = (columnType: string) => `case when sc.oid is not null then nullif(concat_ws(chr(10),
  ${label('sequence', `nullif(concat_ws(' ', ${unusual(columnType).join(', ')}), '')`)},
  'sequence ' || replace(${grantsOn('s', 'sc.relacl', 'sc.relowner')}, chr(10), ', '),
  'sequence ' || ${comment('pg_class', 'sc.oid')}), '') end`;

/** Sequences that are on their own. The last value is data. */
export const sequences: Family = {
  catalogue: 'pg_class',
  among: `relkind = 'S'`,
  kind: `'sequence'`,
  schema: 'n.nspname',
  name: 'c.relname',
  oid: 'c.oid',
  from: 'pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_sequence s on s.seqrelid = c.oid',
  joins: () => `
    left join pg_depend o on o.classid = 'pg_class'::regclass and o.objid = c.oid
      and o.refclassid = 'pg_class'::regclass and o.refobjsubid > 0 and o.deptype = 'a'
    left join pg_attribute oc on oc.attrelid = o.refobjid and oc.attnum = o.refobjsubid`,
  where: `c.relkind = 'S' and ${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')}
    and c.oid not in (select seqid from (${columnSequences}) part)`,
  lines: () => [
    `concat_ws(' ', case c.relpersistence when 'u' then 'unlogged' end, 'as', s.seqtypid::regtype::text,
      'increment', s.seqincrement, 'minvalue', s.seqmin, 'maxvalue', s.seqmax, 'start', s.seqstart,
      'cache', s.seqcache, case when s.seqcycle then 'cycle' end)`,
    label('owned by', `o.refobjid::regclass::text || '.' || quote_ident(oc.attname)`),
    grantsOn('s', 'c.relacl', 'c.relowner'),
  ],
};
