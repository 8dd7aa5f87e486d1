import {
  eventTriggers as eventTriggerFamily,
  policies as policyFamily,
  rules as ruleFamily,
  triggers as triggerFamily,
} from '../../../catalogue/kinds/triggers.ts';
import { roleNamed } from '../../../catalogue/kinds/family.ts';
import { identity, type Recipe } from '../recipe.ts';

const table = identity('pg_class', 'c.oid');

/** `alter … disable trigger x` and its like; `usual` is said only where the state has to be put back. */
const state = (letter: string, head: string, what: string, usual = 'null') =>
  `'alter ' || ${head} || ' ' || case ${letter} when 'D' then 'disable' when 'R' then 'enable replica' when 'A' then 'enable always'
    else ${usual} end || ' ${what}'`;

/** Triggers; of a partition's copy of one only how it is enabled. */
export const triggers: Recipe = {
  family: triggerFamily,
  phase: 'attached',
  create: () => `case when t.tgparentid = 0 then pg_get_triggerdef(t.oid) end`,
  after: () => [
    `${state('t.tgenabled', `'table ' || ${table}`, 'trigger ', `case when t.tgparentid <> 0 then 'enable' end`)} || quote_ident(t.tgname)`,
  ],
  drop: `case when t.tgparentid = 0 then 'drop trigger ' || ${identity('pg_trigger', 't.oid')} end`,
  part: true,
};

export const rules: Recipe = {
  family: ruleFamily,
  phase: 'attached',
  create: () => `rtrim(pg_get_ruledef(r.oid), ';')`,
  after: () => [`${state('r.ev_enabled', `'table ' || ${table}`, 'rule ')} || quote_ident(r.rulename)`],
  part: true,
};

export const policies: Recipe = {
  family: policyFamily,
  phase: 'attached',
  create: () => `concat_ws(' ', 'create policy', quote_ident(p.polname), 'on', ${table},
    case when not p.polpermissive then 'as restrictive' end,
    case p.polcmd when 'r' then 'for select' when 'a' then 'for insert' when 'w' then 'for update' when 'd' then 'for delete' end,
    (select 'to ' || string_agg(${roleNamed('r')}, ', ' order by ${roleNamed('r')} collate "C")
      from unnest(p.polroles) r where r <> 0),
    'using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
    'with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')`,
  part: true,
};

export const eventTriggers: Recipe = {
  family: eventTriggerFamily,
  phase: 'last',
  create: () => `concat_ws(' ', 'create event trigger', quote_ident(e.evtname), 'on', e.evtevent,
    (select 'when tag in (' || string_agg(quote_literal(tag), ', ' order by tag collate "C") || ')' from unnest(e.evttags) tag),
    'execute function', e.evtfoid::regproc::text || '()')`,
  after: () => [state('e.evtenabled', `'event trigger ' || quote_ident(e.evtname)`, '')],
};
