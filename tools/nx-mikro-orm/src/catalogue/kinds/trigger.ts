import { factOf, type Item } from '../item.ts';
import { keyOf } from '../key.ts';
import { defineKind, type AlterStep, type World } from './kind.ts';
import { nameOf, quoted } from './naming.ts';
import { after, columnsRead, enabled, flag, userMade, userSchema } from './reading.ts';

interface Facts {
  /** What stands behind the name: ` BEFORE UPDATE ON public.t FOR EACH ROW …`. */
  text: string;
  constraint?: true;
  enabled?: string;
}

/** Copy: of a partitioned table's trigger, on a partition; only how it is enabled is its own. */
type Layout = { copy?: true; columns?: string[] };

const words: Record<string, string> = {
  disabled: 'disable',
  'enabled for replica': 'enable replica',
  'enabled always': 'enable always',
};

/** The statement that leads from one state of a trigger or rule to another. */
export const enabling = (
  what: 'trigger' | 'rule',
  table: string,
  name: string,
  was: string | undefined,
  is: string | undefined,
): AlterStep[] => {
  const action = `${is === undefined ? 'enable' : words[is]} ${what} ${quoted(name)}`;
  return was === is ? [] : [{ sql: `alter table ${table} ${action}`, phase: 'attach', rank: 8 }];
};

/** How the trigger of the partitioned table is enabled that a copy is of. */
function originalState({ schema, table, name }: Item, { catalogue }: World): string | undefined {
  const owner = catalogue.get(keyOf('table', [schema, table ?? '']));
  const place = owner && (factOf(owner, 'partition of') as { parent: [string, string] } | undefined);
  if (!place) return undefined;
  const [home, parent] = place.parent;
  const above = catalogue.get(keyOf('trigger', [home, parent, name]));
  return above
    ? (factOf(above, 'enabled') as string | undefined)
    : originalState({ schema: home, table: parent, name } as Item, { catalogue } as World);
}

/** Triggers; a partition's copy only where it is not enabled as its original is. */
export const trigger = defineKind<Facts, Layout>({
  order: 310,
  catalogue: 'pg_trigger',
  schema: 'n.nspname',
  table: 'c.relname',
  name: 't.tgname',
  oid: 't.oid',
  relation: 'c.oid',
  from: `pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace`,
  where: `${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')} and (
    case when t.tgparentid = 0 then not t.tgisinternal
    else t.tgenabled <> (select o.tgenabled from pg_trigger o where o.oid = t.tgparentid and not o.tgisinternal) end)`,
  facts: () => ({
    text: after(
      'pg_get_triggerdef(t.oid)',
      `'CREATE ' || case when t.tgconstraint <> 0 then 'CONSTRAINT ' else '' end || 'TRIGGER ' || quote_ident(t.tgname)`,
    ),
    constraint: flag('t.tgconstraint <> 0'),
    enabled: `coalesce(${enabled('t.tgenabled')}, case when t.tgparentid <> 0 then 'enabled' end)`,
  }),
  layout: () => ({ copy: flag('t.tgparentid <> 0'), columns: columnsRead('pg_trigger', 't.oid', 't.tgrelid') }),
  print: ({ text, constraint, enabled: state }, { name }) => [
    `CREATE ${constraint ? 'CONSTRAINT ' : ''}TRIGGER ${name}${text}`,
    state,
  ],
  named: ({ schema, table = '', name }) => `${quoted(name)} on ${nameOf(schema, table)}`,
  make: ({ schema, table = '', name, facts, layout: { copy } }) => {
    const state = facts.enabled === 'enabled' ? undefined : facts.enabled;
    return {
      ...(copy
        ? {}
        : { create: [`create ${facts.constraint ? 'constraint ' : ''}trigger ${quoted(name)}${facts.text}`] }),
      phase: 'attach',
      after: enabling('trigger', nameOf(schema, table), name, copy ? 'other' : undefined, state),
    };
  },
  // A copy that is no item any more is enabled as its original is.
  drop: (item, world) =>
    item.layout.copy
      ? enabling('trigger', nameOf(item.schema, item.table ?? ''), item.name, 'other', originalState(item, world))[0]
      : `drop trigger ${quoted(item.name)} on ${nameOf(item.schema, item.table ?? '')}`,
  part: true,
  likeness: ({ text, constraint, enabled: state }) => [text, constraint, state],
  rename: ({ schema, table = '', name }, to) =>
    `alter trigger ${quoted(name)} on ${nameOf(schema, table)} rename to ${quoted(to)}`,
  alter: ({ from, to, changed }) =>
    changed.has('text') || changed.has('constraint')
      ? undefined
      : enabling('trigger', nameOf(to.schema, to.table ?? ''), to.name, from.facts.enabled, to.facts.enabled),
  addable: ['enabled'],
  sql: ['text'],
});
