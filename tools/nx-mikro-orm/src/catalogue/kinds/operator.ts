import { defineKind } from './kind.ts';
import { quoted } from './naming.ts';
import { flag, routineText, routineName, typeText, userMade, userSchema } from './reading.ts';

const operatorOf = (oid: string) => `nullif(${oid}, 0)::regoperator::text`;
const named = (oid: string) => `(select 'operator(' || quote_ident(nspname) || '.' || oprname || ')'
  from pg_operator join pg_namespace on pg_namespace.oid = oprnamespace where pg_operator.oid = ${oid})`;

interface Layout {
  symbol: string;
  left?: string;
  right?: string;
  options: string[];
}

/** Operators; not the shells that a forward reference leaves. */
export const operator = defineKind<object, Layout>({
  order: 150,
  catalogue: 'pg_operator',
  signature: `'.' || o.oprname || '(' || coalesce(${typeText('o.oprleft')}, 'none') || ', ' ||
    coalesce(${typeText('o.oprright')}, 'none') || ')'`,
  schema: 'n.nspname',
  oid: 'o.oid',
  from: 'pg_operator o join pg_namespace n on n.oid = o.oprnamespace',
  where: `${userSchema('n.nspname')} and ${userMade('pg_operator', 'o.oid')} and o.oprcode::oid <> 0`,
  facts: () => ({
    function: routineText('o.oprcode'),
    returns: typeText('o.oprresult'),
    commutator: operatorOf('o.oprcom'),
    negator: operatorOf('o.oprnegate'),
    restrict: routineText('o.oprrest'),
    join: routineText('o.oprjoin'),
    hashes: flag('o.oprcanhash'),
    merges: flag('o.oprcanmerge'),
  }),
  layout: () => ({
    symbol: 'o.oprname',
    left: typeText('o.oprleft'),
    right: typeText('o.oprright'),
    options: `to_json(array_remove(array['function = ' || ${routineName('o.oprcode')},
      'leftarg = ' || ${typeText('o.oprleft')}, 'rightarg = ' || ${typeText('o.oprright')},
      'commutator = ' || ${named('o.oprcom')}, 'negator = ' || ${named('o.oprnegate')},
      'restrict = ' || ${routineName('o.oprrest')}, 'join = ' || ${routineName('o.oprjoin')},
      case when o.oprcanhash then 'hashes' end, case when o.oprcanmerge then 'merges' end], null))`,
  }),
  named: ({ schema = 'public', layout }) =>
    `${quoted(schema)}.${layout.symbol} (${layout.left ?? 'none'}, ${layout.right ?? 'none'})`,
  make: ({ schema = 'public', layout }) => ({
    create: [`create operator ${quoted(schema)}.${layout.symbol} (${layout.options.join(', ')})`],
  }),
});
