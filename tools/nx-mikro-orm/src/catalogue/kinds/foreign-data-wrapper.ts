import type { Option, Privilege } from '../item.ts';
import { defineKind } from './kind.ts';
import { changedOptions, optionLine, optionList, privilegeLines, quoted } from './naming.ts';
import { options, privilegesOn, routineText, routineName, userMade } from './reading.ts';

interface Facts {
  handler?: string;
  validator?: string;
  options?: Option[];
  privileges?: Privilege[];
}

/** Foreign data wrappers. */
export const foreignDataWrapper = defineKind<Facts, { handler?: string; validator?: string }>({
  order: 80,
  catalogue: 'pg_foreign_data_wrapper',
  name: 'f.fdwname',
  oid: 'f.oid',
  from: 'pg_foreign_data_wrapper f',
  where: userMade('pg_foreign_data_wrapper', 'f.oid'),
  facts: () => ({
    handler: routineText('f.fdwhandler'),
    validator: routineText('f.fdwvalidator'),
    options: options('f.fdwoptions', 'true'),
    privileges: privilegesOn('F', 'f.fdwacl', 'f.fdwowner'),
  }),
  layout: () => ({ handler: routineName('f.fdwhandler'), validator: routineName('f.fdwvalidator') }),
  print: ({ handler, validator, options: own, privileges }) => [
    handler && `handler ${handler}`,
    validator && `validator ${validator}`,
    optionLine('options', own),
    ...privilegeLines(privileges),
  ],
  named: ({ name }) => quoted(name),
  grantedOn: ({ name }) => `foreign data wrapper ${quoted(name)}`,
  make: ({ name, facts, layout: { handler, validator } }) => ({
    create: [
      `create foreign data wrapper ${quoted(name)}${handler ? ` handler ${handler}` : ''}${validator ? ` validator ${validator}` : ''}${facts.options ? ` options (${optionList(facts.options)})` : ''}`,
    ],
  }),
  alter: ({ from, to: { name, facts, layout }, changed }) => {
    const routine = (what: 'handler' | 'validator') =>
      changed.has(what) && (layout[what] === undefined ? `no ${what}` : `${what} ${layout[what]}`);
    const parts = [routine('handler'), routine('validator'), changedOptions(from.facts.options, facts.options)];
    return [{ sql: `alter foreign data wrapper ${quoted(name)} ${parts.filter(Boolean).join(' ')}` }];
  },
});
