import { enabled, label, roleNamed, routine, userMade, userSchema } from './family.ts';
import type { Family } from './family.ts';

/** What triggers, rules and policies have in common: they hang on the relation `c`. */
const attached = (catalogue: string, row: string, relid: string) => ({
  catalogue,
  schema: 'n.nspname',
  table: 'c.relname',
  oid: `${row}.oid`,
  from: `${catalogue} ${row} join pg_class c on c.oid = ${row}.${relid} join pg_namespace n on n.oid = c.relnamespace`,
  where: `${userSchema('n.nspname')} and ${userMade('pg_class', 'c.oid')}`,
});

const onRelation = attached('pg_trigger', 't', 'tgrelid');

/** Triggers; a partition's copy only where it is not enabled as its original is. */
export const triggers: Family = {
  ...onRelation,
  kind: `'trigger'`,
  name: 't.tgname',
  where: `${onRelation.where} and (
    case when t.tgparentid = 0 then not t.tgisinternal
    else t.tgenabled <> (select o.tgenabled from pg_trigger o where o.oid = t.tgparentid and not o.tgisinternal) end)`,
  lines: () => ['pg_get_triggerdef(t.oid)', enabled('t.tgenabled')],
};

const rewrite = attached('pg_rewrite', 'r', 'ev_class');

/** Rules, without the one that makes a view. */
export const rules: Family = {
  ...rewrite,
  among: `rulename <> '_RETURN'`,
  kind: `'rule'`,
  name: 'r.rulename',
  where: `${rewrite.where} and r.rulename <> '_RETURN'`,
  lines: () => ['pg_get_ruledef(r.oid)', enabled('r.ev_enabled')],
};

/** Row level security policies. */
export const policies: Family = {
  ...attached('pg_policy', 'p', 'polrelid'),
  kind: `'policy'`,
  name: 'p.polname',
  lines: () => [
    `concat_ws(' ', case when p.polpermissive then 'permissive' else 'restrictive' end, 'for',
      case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
        else 'all' end, 'to', (
      select string_agg(name, ', ' order by name collate "C")
      from (select ${roleNamed('r')} as name
        from unnest(p.polroles) r) roles))`,
    label('using', 'pg_get_expr(p.polqual, p.polrelid)'),
    label('with check', 'pg_get_expr(p.polwithcheck, p.polrelid)'),
  ],
};

/** Event triggers: they are in no schema. */
export const eventTriggers: Family = {
  catalogue: 'pg_event_trigger',
  kind: `'event trigger'`,
  name: 'e.evtname',
  oid: 'e.oid',
  from: 'pg_event_trigger e',
  where: userMade('pg_event_trigger', 'e.oid'),
  lines: () => [
    label('on', 'e.evtevent'),
    `(select 'when tag in (' || string_agg(tag, ', ' order by tag collate "C") || ')' from unnest(e.evttags) tag)`,
    label('execute', routine('e.evtfoid')),
    enabled('e.evtenabled'),
  ],
};
