import type { Option } from '../item.ts';
import { defineKind } from './kind.ts';
import { roleNamed } from './reading.ts';
import { changedOptions, optionLine, optionList } from './naming.ts';

const secret = `o ~* '^[^=]*(pass|secret|key|token)'`;

/** User mappings; of options that hold secrets only the names. */
export const userMapping = defineKind<{ options?: Option[] }, { named: string; hasSecret?: true }>({
  order: 100,
  catalogue: 'pg_foreign_server',
  signature: `'for ' || ${roleNamed('u.umuser')} || ' server ' || quote_ident(u.srvname)`,
  oid: 'u.umid',
  from: 'pg_user_mappings u',
  where: 'true',
  facts: () => ({
    options: `(select json_agg(json_build_array(split_part(o, '=', 1),
      case when ${secret} then '' else substr(o, strpos(o, '=') + 1) end) order by o collate "C") from unnest(u.umoptions) o)`,
  }),
  layout: () => ({
    named: `'for ' || ${roleNamed('u.umuser')} || ' server ' || quote_ident(u.srvname)`,
    hasSecret: `nullif(exists (select from unnest(u.umoptions) o where ${secret}), false)`,
  }),
  print: ({ options }) => [optionLine('options', options)],
  named: ({ layout }) => layout.named,
  // One with a password has no place in a file that is shared.
  make: ({ facts: { options }, layout: { named, hasSecret } }) =>
    hasSecret
      ? undefined
      : { create: [`create user mapping ${named}${options ? ` options (${optionList(options)})` : ''}`] },
  alter: ({ from, to: { facts, layout } }) => {
    const options =
      layout.hasSecret || from.layout.hasSecret ? undefined : changedOptions(from.facts.options, facts.options);
    return options === undefined ? undefined : [{ sql: `alter user mapping ${layout.named} ${options}` }];
  },
});
