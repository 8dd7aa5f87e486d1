import { factOf, type Item, type Option } from '../item.ts';
import { keyOf } from '../key.ts';
import { defineKind, type AlterStep, type World } from './kind.ts';
import { attaching } from './index-of-table.ts';
import { changedParameters, literal, nameOf, optionLine, quoted } from './naming.ts';
import {
  before,
  comment,
  firstUserOid,
  flag,
  options,
  partOf,
  relationNames,
  userMade,
  userSchema,
  wordFor,
} from './reading.ts';

export interface ConstraintFacts {
  type: 'check' | 'foreign key' | 'primary key' | 'unique' | 'exclude';
  /** As the server prints it, without what the facts below say. */
  text: string;
  /** Of the table, as far as it names them. */
  columns?: string[];
  /** What a foreign key points at. */
  references?: { table: [schema: string, name: string]; columns: string[] };
  deferrable?: true;
  deferred?: true;
  'not enforced'?: true;
  'not valid'?: true;
  options?: Option[];
  tablespace?: string;
  /** State of the triggers behind a foreign key. */
  triggers?: string;
  /** Of the index behind it. */
  'index comment'?: string;
  /** The index of the parent table that the one behind it is a part of. */
  'part of'?: [schema: string, name: string];
}

const enforced = (version: number) => (version >= 180000 ? 'k.conenforced' : 'true');

/** What pg_get_constraintdef() puts behind the text (ruleutils.c). */
const tail = (version: number) => `concat(case when k.condeferrable then ' DEFERRABLE' end,
  case when k.condeferred then ' INITIALLY DEFERRED' end,
  case when not ${enforced(version)} then ' NOT ENFORCED' when not k.convalidated then ' NOT VALID' end)`;

/** The constraint as it stands in a statement. */
export const constraintText = ({ text, ...facts }: ConstraintFacts): string =>
  [
    text,
    facts.deferrable && 'DEFERRABLE',
    facts.deferred && 'INITIALLY DEFERRED',
    facts['not enforced'] ? 'NOT ENFORCED' : facts['not valid'] && 'NOT VALID',
  ]
    .filter(Boolean)
    .join(' ');

const names = (keys: string, relid: string) => `(
  select json_agg(named.attname order by key.place) from unnest(${keys}) with ordinality key(attnum, place)
  join pg_attribute named on named.attrelid = ${relid} and named.attnum = key.attnum)`;

/** The item as a constraint; undefined for one of another kind. */
export const asConstraint = (item: Item | undefined): Item<ConstraintFacts> | undefined =>
  item?.kind === 'constraint' ? (item as Item<ConstraintFacts>) : undefined;

/**
 * Check, foreign key, primary key, unique and exclusion constraints, with the index behind them. Those that come from
 * a parent table are part of the parent; not null is said by the column, constraint triggers are triggers.
 */
export const constraint = defineKind<ConstraintFacts>({
  order: 260,
  catalogue: 'pg_constraint',
  schema: 'n.nspname',
  table: 'c.relname',
  name: 'k.conname',
  oid: 'k.oid',
  relation: 'c.oid',
  from: `pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace`,
  joins: () => `
    left join pg_class x on x.oid = k.conindid and k.contype in ('p', 'u', 'x')
    left join pg_tablespace place on place.oid = x.reltablespace
    left join (
      select tgconstraint, string_agg(distinct tgenabled::text, '') as states from pg_trigger
      where tgisinternal and tgconstraint <> 0 and tgenabled <> 'O' group by tgconstraint) off on off.tgconstraint = k.oid`,
  where: `k.contype in ('c', 'f', 'p', 'u', 'x') and k.conrelid >= ${firstUserOid} and k.conparentid = 0 and k.coninhcount = 0
    and ${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')}`,
  facts: (version) => ({
    type: wordFor('k.contype', { c: 'check', f: 'foreign key', p: 'primary key', u: 'unique', x: 'exclude' }),
    text: before('pg_get_constraintdef(k.oid)', tail(version)),
    columns: names('k.conkey', 'k.conrelid'),
    references: `case when k.contype = 'f' then json_build_object('table', ${relationNames('k.confrelid')},
      'columns', ${names('k.confkey', 'k.confrelid')}) end`,
    deferrable: flag('k.condeferrable'),
    deferred: flag('k.condeferred'),
    'not enforced': flag(`not ${enforced(version)}`),
    'not valid': flag(`not k.convalidated and ${enforced(version)}`),
    options: options('x.reloptions'),
    tablespace: 'place.spcname',
    triggers: `case off.states when 'D' then 'disabled' when 'A' then 'enabled always' else off.states end`,
    'index comment': `case when x.oid is not null then ${comment('pg_class', 'x.oid')} end`,
    'part of': partOf('x.oid'),
  }),
  print: (facts) => [
    constraintText(facts),
    optionLine('with', facts.options),
    facts.tablespace && `tablespace ${facts.tablespace}`,
    facts.triggers && `triggers ${facts.triggers}`,
    facts['index comment'] === undefined ? undefined : `index comment ${facts['index comment']}`,
    facts['part of'] && `part of ${facts['part of'].join('.')}`,
  ],
  named: ({ schema, table = '', name }) => `${quoted(name)} on ${nameOf(schema, table)}`,
  make: (item, world) => {
    const create = [`alter table ${nameOf(item.schema, item.table ?? '')} ${adding(item)}`];
    const place = { phase: 'attach' as const, rank: placeOf(item) };
    const after = [...indexSteps(item, {}), ...indexComment(item), ...attaching(item, item.facts['part of'])];
    return isInside(item, world) ? { dormant: create, after, ...place } : { create, after, ...place };
  },
  drop: ({ schema, table = '', name }) => {
    const action = `drop constraint ${quoted(name)}`;
    const named = nameOf(schema, table);
    return { sql: `alter table ${named} ${action}`, action: { table: named, action } };
  },
  part: true,
  likeness: (facts) => facts,
  rename: ({ schema, table = '', name }, to) =>
    `alter table ${nameOf(schema, table)} rename constraint ${quoted(name)} to ${quoted(to)}`,
  alter: ({ from, to, changed }) => {
    const inPlace = [
      ...inPlaceOf(to.facts),
      ...['options', 'tablespace', 'index comment'],
      ...(from.facts['part of'] ? [] : ['part of']),
    ];
    if ([...changed].some((fact) => !inPlace.includes(fact))) return undefined;
    return [
      ...stateSteps(to, changed),
      ...indexSteps(to, from.facts),
      ...(changed.has('index comment') ? [commentOnIndex(to)] : []),
      ...(changed.has('part of') ? attaching(to, to.facts['part of']) : []),
    ];
  },
  addable: ['options', 'tablespace', 'triggers', 'index comment'],
  sql: ['text'],
});

/** Foreign keys after what they point at; what is to be a part of an index before that, which then takes it. */
const placeOf = ({ facts }: Item<ConstraintFacts>): number =>
  facts.type === 'foreign key' ? 2 : facts['part of'] ? -1 : 0;

/** What of its state can be altered; the rest wants it made anew. */
const inPlaceOf = (facts: ConstraintFacts): string[] => [
  ...(facts['not valid'] ? [] : ['not valid']),
  ...(facts.type === 'foreign key' ? ['deferrable', 'deferred'] : []),
];

function stateSteps(
  { schema, table = '', name, facts }: Item<ConstraintFacts>,
  changed: ReadonlySet<string>,
): AlterStep[] {
  const head = `alter table ${nameOf(schema, table)}`;
  const steps: AlterStep[] = [];
  // By itself: it checks every row, under a lock that stops no traffic.
  if (changed.has('not valid'))
    steps.push({ sql: `${head} validate constraint ${quoted(name)}`, phase: 'attach', rank: 3 });
  if (changed.has('deferrable') || changed.has('deferred')) {
    const initially = facts.deferrable ? ` initially ${facts.deferred ? 'deferred' : 'immediate'}` : '';
    const state = `${facts.deferrable ? '' : 'not '}deferrable${initially}`;
    steps.push({ sql: `${head} alter constraint ${quoted(name)} ${state}`, phase: 'attach', rank: 2 });
  }
  return steps;
}

/** What is said of the index behind it. */
function indexSteps(
  { schema, name, facts }: Item<ConstraintFacts>,
  was: Pick<ConstraintFacts, 'options' | 'tablespace'>,
): AlterStep[] {
  const head = `alter index ${nameOf(schema, name)}`;
  const { set, reset } = changedParameters(was.options, facts.options);
  const place = facts.tablespace ?? 'pg_default';
  return [
    ...(reset ? [`${head} reset (${reset})`] : []),
    ...(set ? [`${head} set (${set})`] : []),
    ...(was.tablespace === facts.tablespace ? [] : [`${head} set tablespace ${quoted(place)}`]),
  ].map((sql) => ({ sql, phase: 'attach', rank: 8 }));
}

const commentOnIndex = ({ schema, name, facts }: Item<ConstraintFacts>): AlterStep => {
  const text = facts['index comment'];
  return {
    sql: `comment on index ${nameOf(schema, name)} is ${text === undefined ? 'null' : literal(text)}`,
    phase: 'attach',
    rank: 8,
  };
};
const indexComment = (item: Item<ConstraintFacts>): AlterStep[] =>
  item.facts['index comment'] === undefined ? [] : [commentOnIndex(item)];

/** `add constraint …`, as an action on its table. */
export const adding = ({ name, facts }: Item<ConstraintFacts>): string =>
  `add constraint ${quoted(name)} ${constraintText(facts)}`;

/** Whether it stands inside of the `create table` of its table. */
export function isInside({ schema, table, facts }: Item<ConstraintFacts>, { catalogue }: World): boolean {
  const owner = catalogue.get(keyOf('table', [schema, table]));
  return (
    owner !== undefined &&
    factOf(owner, 'of') === undefined &&
    factOf(owner, 'partition of') === undefined &&
    ['primary key', 'unique', 'check'].includes(facts.type) &&
    !facts['not valid'] &&
    !facts['not enforced'] &&
    !facts.options &&
    !facts.tablespace
  );
}
