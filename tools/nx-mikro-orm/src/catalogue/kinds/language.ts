import type { Privilege } from '../item.ts';
import { defineKind } from './kind.ts';
import { quoted } from './naming.ts';
import { flag, privilegesOn, routineText, routineName, userMade } from './reading.ts';

interface Facts {
  trusted?: true;
  handler?: string;
  inline?: string;
  validator?: string;
  privileges?: Privilege[];
}

/** Procedural languages. */
export const language = defineKind<Facts, { handler?: string; inline?: string; validator?: string }>({
  order: 30,
  catalogue: 'pg_language',
  name: 'l.lanname',
  oid: 'l.oid',
  from: 'pg_language l',
  where: userMade('pg_language', 'l.oid'),
  facts: () => ({
    trusted: flag('l.lanpltrusted'),
    handler: routineText('l.lanplcallfoid'),
    inline: routineText('l.laninline'),
    validator: routineText('l.lanvalidator'),
    privileges: privilegesOn('l', 'l.lanacl', 'l.lanowner'),
  }),
  layout: () => ({
    handler: routineName('l.lanplcallfoid'),
    inline: routineName('l.laninline'),
    validator: routineName('l.lanvalidator'),
  }),
  named: ({ name }) => quoted(name),
  grantedOn: ({ name }) => `language ${quoted(name)}`,
  make: ({ name, facts: { trusted }, layout: { handler, inline, validator } }) => ({
    create: [
      `create ${trusted ? 'trusted ' : ''}language ${quoted(name)}${handler ? ` handler ${handler}` : ''}` +
        `${inline ? ` inline ${inline}` : ''}${validator ? ` validator ${validator}` : ''}`,
    ],
  }),
});
