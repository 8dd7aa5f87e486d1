import { storage } from '../../../catalogue/kinds/columns.ts';
import { views as family } from '../../../catalogue/kinds/views.ts';
import { grantsOn, grantStatements, identity, parameterList, type Recipe } from '../recipe.ts';

const view = identity('pg_class', 'c.oid');
const word = `case c.relkind when 'm' then 'materialized view ' else 'view ' end`;

/** Views and materialized views. */
export const views: Recipe = {
  family,
  phase: 'attached',
  create: () => `concat_ws(' ', 'create', rtrim(${word}), ${view}, 'using ' || quote_ident(am.amname),
    'with (' || ${parameterList('c.reloptions')} || ')',
    'as' || chr(10) || btrim(rtrim(pg_get_viewdef(c.oid), ';'), chr(10) || ' ') ||
      case when c.relkind = 'm' and not c.relispopulated then chr(10) || 'with no data' else '' end)`,
  after: () => [
    `'alter materialized view ' || ${view} || ' set tablespace ' || quote_ident(place.spcname)`,
    `'alter materialized view ' || ${view} || ' cluster on ' || quote_ident(x.relname)`,
  ],
  grants: [grantsOn('r', `'table ' || ${view}`, 'c.relacl', 'c.relowner')],
  drop: `'drop ' || ${word} || ${view}`,
};

const alter = (what: string) =>
  `'alter ' || ${word} || ${view} || ' alter column ' || quote_ident(a.attname) || ' ${what}'`;

/** What was said of single columns of a view. */
export const viewColumns: Recipe = {
  family: {
    ...family,
    from: `${family.from} join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 join pg_type t on t.oid = a.atttypid`,
    joins: () => 'left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum',
  },
  phase: 'attached',
  drop: false,
  after: () => [
    `${alter('set default ')} || pg_get_expr(d.adbin, d.adrelid)`,
    `case when c.relkind = 'm' and a.attstorage <> t.typstorage then ${alter('set storage ')} || ${storage('a.attstorage')} end`,
    `case when c.relkind = 'm' then ${alter('set statistics ')} || nullif(a.attstattarget, -1) end`,
    `case when c.relkind = 'm' then ${alter('set (')} || ${parameterList('a.attoptions')} || ')' end`,
  ],
  grants: [
    grantStatements(`'table ' || ${view}`, {
      acl: 'a.attacl',
      owner: 'c.relowner',
      defaults: `acldefault('c', c.relowner)`,
      columns: `' (' || quote_ident(a.attname) || ')'`,
    }),
  ],
};
