import type { Item, Option, Privilege } from '../item.ts';
import { keyOf } from '../key.ts';
import { asColumn, columnText, isGiven, ownSequenceText, parentsOf, type ColumnItem } from './column.ts';
import { asConstraint, constraintText, isInside, type ConstraintFacts } from './constraint.ts';
import { defineKind, type Altering, type AlterStep, type World } from './kind.ts';
import {
  changedOptions,
  changedParameters,
  nameOf,
  optionLine,
  optionList,
  parameters,
  privilegeLines,
  quoted,
} from './naming.ts';
import { flag, options, privilegesOn, relationNames, userMade, userSchema } from './reading.ts';

type Names = [schema: string, name: string];

export interface TableFacts {
  unlogged?: true;
  'partition by'?: string;
  'partition of'?: { parent: Names; bound: string; detaching?: true };
  /** Sorted. */
  inherits?: Names[];
  of?: string;
  using?: string;
  tablespace?: string;
  options?: Option[];
  'toast options'?: Option[];
  server?: string;
  'foreign options'?: Option[];
  'row level security'?: true;
  'forced row level security'?: true;
  'replica identity'?: 'nothing' | 'full' | { index: string };
  'cluster on'?: string;
  privileges?: Privilege[];
}

interface Layout {
  /** Parents in their order. */
  parents?: Names[];
  /**
   * It is a partition whose columns stand in another order than its parent's, so it is made as a table and attached:
   * `partition of` would put them in the parent's order.
   */
  attached?: true;
}

export type Table = Item<TableFacts, Layout>;

/** The item as a table, foreign or not; undefined for one of another kind. */
export const asTable = (item: Item | undefined): Table | undefined =>
  item?.kind === 'table' || item?.kind === 'foreign table' ? item : undefined;

const partsIn = (item: Item, { partsOf }: World) => ({
  columns: partsOf(item).flatMap((part) => asColumn(part) ?? []),
  constraints: partsOf(item).flatMap((part) => asConstraint(part) ?? []),
});

const live = 'attnum > 0 and not attisdropped';
const columnNames = (relation: string) =>
  `(select array_agg(attname order by attnum) from pg_attribute where attrelid = ${relation} and ${live})`;
const parent = `(select inhparent from pg_inherits where inhrelid = c.oid order by inhseqno limit 1)`;

const printedParents = (order: string) => `(
  select json_agg(${relationNames('inhparent')} order by ${order}) from pg_inherits where inhrelid = c.oid)`;

/** Tables, partitioned tables, partitions and foreign tables. Their columns are items of their own. */
export const table = defineKind<TableFacts, Layout>({
  order: 120,
  catalogue: 'pg_class',
  among: `relkind in ('r', 'p', 'f')`,
  kind: `case c.relkind when 'f' then 'foreign table' else 'table' end`,
  schema: 'n.nspname',
  name: 'c.relname',
  oid: 'c.oid',
  relation: 'c.oid',
  from: 'pg_class c join pg_namespace n on n.oid = c.relnamespace',
  joins: () => `
    left join pg_class toast on toast.oid = c.reltoastrelid and toast.reloptions is not null
    left join pg_am am on am.oid = c.relam and am.amname <> 'heap'
    left join pg_tablespace place on place.oid = c.reltablespace
    left join (
      select i.indrelid,
        max(x.relname) filter (where i.indisreplident) as identity,
        max(x.relname) filter (where i.indisclustered) as clustered
      from pg_index i join pg_class x on x.oid = i.indexrelid
      where i.indisreplident or i.indisclustered group by i.indrelid) chosen on chosen.indrelid = c.oid
    left join pg_foreign_table f on f.ftrelid = c.oid
    left join pg_foreign_server fs on fs.oid = f.ftserver`,
  where: `c.relkind in ('r', 'p', 'f') and ${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')}`,
  facts: () => ({
    unlogged: flag(`c.relpersistence = 'u'`),
    'partition by': `case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end`,
    'partition of': `case when c.relispartition then json_build_object('parent', ${relationNames(parent)},
      'bound', pg_get_expr(c.relpartbound, c.oid),
      'detaching', ${flag('(select bool_or(inhdetachpending) from pg_inherits where inhrelid = c.oid)')}) end`,
    inherits: `case when not c.relispartition then ${printedParents('inhparent::regclass::text collate "C"')} end`,
    of: 'nullif(c.reloftype, 0)::regtype::text',
    using: 'am.amname',
    tablespace: 'place.spcname',
    options: options('c.reloptions'),
    'toast options': options('toast.reloptions'),
    server: 'fs.srvname',
    'foreign options': options('f.ftoptions', 'true'),
    'row level security': flag('c.relrowsecurity'),
    'forced row level security': flag('c.relforcerowsecurity'),
    'replica identity': `case when c.relkind <> 'f' then case c.relreplident when 'n' then to_json('nothing'::text)
      when 'f' then to_json('full'::text) when 'i' then json_build_object('index', chosen.identity) end end`,
    'cluster on': 'chosen.clustered',
    privileges: privilegesOn('r', 'c.relacl', 'c.relowner'),
  }),
  layout: () => ({
    parents: `case when not c.relispartition then ${printedParents('inhseqno')} end`,
    attached: flag(`c.relispartition and c.reloftype = 0 and ${columnNames('c.oid')} <> ${columnNames(parent)}`),
  }),
  print: (facts) => [
    facts.unlogged && 'unlogged',
    facts['partition by'] && `partition by ${facts['partition by']}`,
    facts['partition of'] &&
      `partition of ${facts['partition of'].parent.join('.')} ${facts['partition of'].bound}${facts['partition of'].detaching ? ' detach pending' : ''}`,
    facts.inherits && `inherits (${facts.inherits.map((names) => names.join('.')).join(', ')})`,
    facts.of && `of ${facts.of}`,
    facts.using && `using ${facts.using}`,
    facts.tablespace && `tablespace ${facts.tablespace}`,
    optionLine('with', facts.options),
    optionLine('toast with', facts['toast options']),
    facts.server && `server ${facts.server}`,
    optionLine('options', facts['foreign options']),
    facts['row level security'] && 'row level security enabled',
    facts['forced row level security'] && 'row level security forced',
    facts['replica identity'] && `replica identity ${identityText(facts['replica identity'])}`,
    facts['cluster on'] && `cluster on ${facts['cluster on']}`,
    ...privilegeLines(facts.privileges),
  ],
  named: ({ schema, name }) => nameOf(schema, name),
  grantedOn: ({ schema, name }) => `table ${nameOf(schema, name)}`,
  make: (item, world) => ({
    create: [...sequencesOf(item, world), creating(item, world, true)],
    // Where a default or a check needs a function that needs the table, they have to come one after the other.
    instead: [...sequencesOf(item, world), creating(item, world, false)],
    after: [
      ...(item.layout.attached ? [attaching(item, item.facts['partition of'])] : []),
      ...stateSteps({ from: { ...item, facts: {} }, to: item }),
    ].filter((step) => step !== undefined),
    rank: 0,
  }),
  alter: (change) => {
    const { from, to, changed } = change;
    if (['partition by', 'of', 'server'].some((fact) => changed.has(fact))) return undefined;
    return [...parentSteps(change), ...placeSteps(from, to, changed), ...stateSteps(change)];
  },
  rename: ({ kind, schema, name }, to) => `alter ${kind} ${nameOf(schema, name)} rename to ${quoted(to)}`,
  addable: [
    'tablespace',
    'options',
    'toast options',
    'row level security',
    'forced row level security',
    'replica identity',
    'cluster on',
  ],
});

const identityText = (identity: NonNullable<TableFacts['replica identity']>): string =>
  typeof identity === 'string' ? identity : `using index ${identity.index}`;

const action = (
  { schema, name }: Pick<Item, 'schema' | 'name'>,
  text: string,
  place: Partial<AlterStep> = {},
): AlterStep => {
  const named = nameOf(schema, name);
  return { sql: `alter table ${named} ${text}`, action: { table: named, action: text }, ...place };
};

const apart = (
  { schema, name }: Pick<Item, 'schema' | 'name'>,
  text: string,
  place: Partial<AlterStep> = {},
): AlterStep => ({
  sql: `alter table ${nameOf(schema, name)} ${text}`,
  ...place,
});

const ownColumns = (item: Table, world: World): ColumnItem[] =>
  partsIn(item, world).columns.filter((part) => !isGiven(part, item));

/** Sequences that its columns need and `serial` does not make as they are. */
const sequencesOf = (item: Table, world: World): string[] =>
  ownColumns(item, world).flatMap((one) => ownSequenceText(one) ?? []);

/** Checks that a table which is to be attached needs before: they count as its parent's afterwards. */
function inheritedChecks(item: Table, world: World): string[] {
  return parentsOf(item).flatMap((names) => {
    const owner = asTable(world.catalogue.get(keyOf('table', names)));
    if (!owner) return [];
    const own = partsIn(owner, world).constraints.filter(
      ({ facts }) => facts.type === 'check' && !facts.text.endsWith(' NO INHERIT'),
    );
    return [
      ...own.map((one) => `constraint ${quoted(one.name)} ${constraintText(one.facts)}`),
      ...inheritedChecks(owner, world),
    ];
  });
}

function creating(item: Table, world: World, full: boolean): string {
  const { kind, schema, name, facts, layout } = item;
  const inside = partsIn(item, world).constraints.filter((part) => full && isInside(part, world));
  const place = ({ facts: { type } }: Item<ConstraintFacts>) => ['primary key', 'unique', 'check'].indexOf(type);
  const parts = [
    ...ownColumns(item, world).map((one) => columnText(one, item, full)),
    ...inside
      .toSorted((a, b) => place(a) - place(b))
      .map((one) => `constraint ${quoted(one.name)} ${constraintText(one.facts)}`),
    ...(layout.attached ? inheritedChecks(item, world) : []),
  ];
  const partition = facts['partition of'];
  const body = facts.of
    ? `of ${facts.of}`
    : partition && !layout.attached
      ? `partition of ${nameOf(...partition.parent)} ${partition.bound}`
      : `(${parts.join(', ')})`;
  const stored = [parameters(facts.options), parameters(facts['toast options'], 'toast.')].filter(Boolean).join(', ');
  return [
    `create ${facts.unlogged ? 'unlogged ' : ''}${kind} ${nameOf(schema, name)} ${body}`,
    layout.parents && `inherits (${layout.parents.map((names) => nameOf(...names)).join(', ')})`,
    facts['partition by'] && `partition by ${facts['partition by']}`,
    facts.using && `using ${quoted(facts.using)}`,
    facts.server && `server ${quoted(facts.server)}`,
    facts['foreign options'] && `options (${optionList(facts['foreign options'])})`,
    stored && `with (${stored})`,
    facts.tablespace && `tablespace ${quoted(facts.tablespace)}`,
  ]
    .filter(Boolean)
    .join(' ');
}

const attaching = (
  { schema, name }: Pick<Item, 'schema' | 'name'>,
  partition: TableFacts['partition of'],
): AlterStep | undefined =>
  partition && {
    sql: `alter table ${nameOf(...partition.parent)} attach partition ${nameOf(schema, name)} ${partition.bound}`,
    rank: 4,
  };

/** A table needs the checks of its parent before it comes under it. */
function checksOfParents({ from, to, after }: Altering<TableFacts, Layout>): AlterStep[] {
  const [was, is] = [from.facts, to.facts];
  if (was['partition of'] || was.inherits || !(is['partition of'] || is.inherits)) return [];
  return inheritedChecks(to, after).map((one) => action(to, `add ${one}`, { rank: 3 }));
}

/** What it is part of: a partitioned table, or tables that it inherits from. */
function parentSteps(change: Altering<TableFacts, Layout>): AlterStep[] {
  const { from, to, changed } = change;
  const steps: (AlterStep | undefined)[] = checksOfParents(change);
  if (changed.has('partition of')) {
    const [was, is] = [from.facts['partition of'], to.facts['partition of']];
    if (was)
      steps.push({
        sql: `alter table ${nameOf(...was.parent)} detach partition ${nameOf(to.schema, to.name)}`,
        rank: -1,
      });
    steps.push(attaching(to, is));
  }
  if (changed.has('inherits')) {
    const text = (names: Names) => nameOf(...names);
    const [was, is] = [from, to].map(({ facts }) => (facts.inherits ?? []).map(text));
    for (const one of was ?? []) if (!is?.includes(one)) steps.push(action(to, `no inherit ${one}`, { rank: 8 }));
    for (const one of is ?? []) if (!was?.includes(one)) steps.push(action(to, `inherit ${one}`, { rank: 8 }));
  }
  return steps.filter((step) => step !== undefined);
}

/** How and where it is stored. */
function placeSteps(from: Table, to: Table, changed: ReadonlySet<string>): AlterStep[] {
  const steps: AlterStep[] = [];
  const { facts } = to;
  if (changed.has('unlogged')) steps.push(action(to, facts.unlogged ? 'set unlogged' : 'set logged', { rank: 8 }));
  if (changed.has('using')) steps.push(apart(to, `set access method ${quoted(facts.using ?? 'heap')}`, { rank: 8 }));
  if (changed.has('tablespace'))
    steps.push(apart(to, `set tablespace ${quoted(facts.tablespace ?? 'pg_default')}`, { rank: 8 }));
  for (const [fact, prefix] of [
    ['options', ''],
    ['toast options', 'toast.'],
  ] as const) {
    if (!changed.has(fact)) continue;
    const { set, reset } = changedParameters(from.facts[fact], facts[fact], prefix);
    if (reset) steps.push(action(to, `reset (${reset})`, { rank: 8 }));
    if (set) steps.push(action(to, `set (${set})`, { rank: 8 }));
  }
  if (changed.has('foreign options')) steps.push(...foreignOptions(from, to));
  return steps;
}

function foreignOptions({ facts: was }: Table, { schema, name, facts: is }: Table): AlterStep[] {
  const options = changedOptions(was['foreign options'], is['foreign options']);
  return options ? [{ sql: `alter foreign table ${nameOf(schema, name)} ${options}`, rank: 8 }] : [];
}

/** What it is told as a whole when its indexes and policies are there. */
function stateSteps({ from, to }: Pick<Altering<TableFacts, Layout>, 'from' | 'to'>): AlterStep[] {
  const steps: AlterStep[] = [];
  const differs = (fact: keyof TableFacts) => JSON.stringify(from.facts[fact]) !== JSON.stringify(to.facts[fact]);
  // Row level security comes when the policies are there: until then nobody would see a row.
  if (differs('row level security'))
    steps.push(
      to.facts['row level security']
        ? action(to, 'enable row level security', { phase: 'attach', rank: 9 })
        : action(to, 'disable row level security', { rank: 8 }),
    );
  if (differs('forced row level security'))
    steps.push(
      action(to, `${to.facts['forced row level security'] ? '' : 'no '}force row level security`, { rank: 8 }),
    );
  if (differs('replica identity')) {
    const identity = to.facts['replica identity'];
    const text =
      identity === undefined
        ? 'default'
        : typeof identity === 'string'
          ? identity
          : `using index ${quoted(identity.index)}`;
    steps.push(apart(to, `replica identity ${text}`, { phase: 'attach', rank: 9 }));
  }
  if (differs('cluster on')) {
    const index = to.facts['cluster on'];
    steps.push(
      apart(to, index === undefined ? 'set without cluster' : `cluster on ${quoted(index)}`, {
        phase: 'attach',
        rank: 9,
      }),
    );
  }
  return steps;
}
