import { columns as family, storage } from '../../../catalogue/kinds/columns.ts';
import { grantStatements, identity, parameterList, type Recipe } from '../recipe.ts';
import { createSequence, grantsOnSequence } from './sequences.ts';
import { form, isSerial, parentOf, sequenceJoins } from './tables.ts';

const table = identity('pg_class', 'c.oid');
const alter = (what: string) =>
  `'alter table only ' || ${table} || ' alter column ' || quote_ident(a.attname) || ' ${what}'`;

/** Whether the column came from a parent or a type, so that `create table` did not spell it. */
const given = `(${form} in ('typed', 'partition') or not a.attislocal and not c.relispartition)`;

/** What `create table` cannot say of a column, or did not because the column came from elsewhere. */
export const columns: Recipe = {
  family,
  joins: (version) => `
    left join pg_attribute pa on pa.attrelid = ${parentOf('c.oid')} and pa.attname = a.attname
    left join pg_attrdef pd on pd.adrelid = pa.attrelid and pd.adnum = pa.attnum
    ${version >= 180000 ? `left join pg_constraint nn on nn.contype = 'n' and nn.conrelid = a.attrelid and nn.conkey[1] = a.attnum` : ''}`,
  phase: 'attached',
  drop: false,
  after: (version) => [
    // A column of its own gets the parent's default where it has none.
    `case when (${given} or ${form} = 'plain' and d.oid is null) and a.attgenerated = '' and a.attidentity = ''
        and pg_get_expr(d.adbin, d.adrelid) is distinct from pg_get_expr(pd.adbin, pd.adrelid)
      then ${alter('')} || coalesce('set default ' || pg_get_expr(d.adbin, d.adrelid), 'drop default') end`,
    `case when ${given} and a.attnotnull and not coalesce(pa.attnotnull, false)
      then 'alter table ' || ${table} || ' alter column ' || quote_ident(a.attname) || ' set not null' end`,
    ...(version >= 180000
      ? [
          `case when a.attislocal and not nn.convalidated then 'alter table ' || ${table} || ' add constraint ' ||
            quote_ident(nn.conname) || ' not null ' || quote_ident(a.attname) || ' not valid' end`,
        ]
      : []),
    `case when a.attstorage <> t.typstorage then ${alter('set storage ')} || ${storage('a.attstorage')} end`,
    `${alter('set statistics ')} || nullif(a.attstattarget, -1)`,
    `${alter('set (')} || ${parameterList('a.attoptions')} || ')'`,
  ],
  grants: [
    grantStatements(`'table ' || ${table}`, {
      acl: 'a.attacl',
      owner: 'c.relowner',
      defaults: `acldefault('c', c.relowner)`,
      columns: `' (' || quote_ident(a.attname) || ')'`,
    }),
  ],
};

/** The defaults of a table that could not be made with them. */
export const columnDefaults: Recipe = {
  family,
  where: `not ${given} and a.attgenerated = '' and a.attidentity = '' and not ${isSerial}`,
  phase: 'attached',
  drop: alter('drop default'),
  part: true,
  instead: () => [`${alter('set default ')} || pg_get_expr(d.adbin, d.adrelid)`],
};

const sequence = identity('pg_class', 'sc.oid');

/** Sequences that are part of a column: those that `serial` does not make as they are, and what was granted on them. */
export const columnSequences: Recipe = {
  family: {
    catalogue: 'pg_class',
    kind: `'column'`,
    schema: 'n.nspname',
    table: 'c.relname',
    name: 'a.attname',
    oid: 'sc.oid',
    from: `pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      ${sequenceJoins}`,
    where: `${family.where} and sc.oid is not null`,
    lines: () => [],
  },
  phase: 'structure',
  drop: false,
  create: () => `case when a.attidentity = '' and not ${isSerial} then ${createSequence('sc')} end`,
  after: () => [
    `case when a.attidentity = '' and not ${isSerial} then
      'alter sequence ' || ${sequence} || ' owned by ' || ${table} || '.' || quote_ident(a.attname) end`,
  ],
  grants: [grantsOnSequence('sc', sequence)],
};
