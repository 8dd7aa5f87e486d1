import type { Option, Privilege } from '../item.ts';
import { defineKind } from './kind.ts';
import { changedOptions, literal, optionLine, optionList, privilegeLines, quoted } from './naming.ts';
import { options, privilegesOn, userMade } from './reading.ts';

interface Facts {
  wrapper: string;
  type?: string;
  version?: string;
  options?: Option[];
  privileges?: Privilege[];
}

/** Foreign servers. */
export const server = defineKind<Facts>({
  order: 90,
  catalogue: 'pg_foreign_server',
  name: 's.srvname',
  oid: 's.oid',
  from: 'pg_foreign_server s join pg_foreign_data_wrapper f on f.oid = s.srvfdw',
  where: userMade('pg_foreign_server', 's.oid'),
  facts: () => ({
    wrapper: 'f.fdwname',
    type: 's.srvtype',
    version: 's.srvversion',
    options: options('s.srvoptions', 'true'),
    privileges: privilegesOn('S', 's.srvacl', 's.srvowner'),
  }),
  print: ({ wrapper, type, version, options: own, privileges }) => [
    `wrapper ${quoted(wrapper)}`,
    type && `type ${type}`,
    version && `version ${version}`,
    optionLine('options', own),
    ...privilegeLines(privileges),
  ],
  named: ({ name }) => quoted(name),
  grantedOn: ({ name }) => `foreign server ${quoted(name)}`,
  make: ({ name, facts: { wrapper, type, version, options: own } }) => ({
    create: [
      `create server ${quoted(name)}${type === undefined ? '' : ` type ${literal(type)}`}${version === undefined ? '' : ` version ${literal(version)}`} foreign data wrapper ${quoted(wrapper)}${own ? ` options (${optionList(own)})` : ''}`,
    ],
  }),
  alter: ({ from, to: { name, facts }, changed }) => {
    if (changed.has('wrapper') || changed.has('type')) return undefined;
    // A version cannot be taken back, only given.
    if (changed.has('version') && facts.version === undefined) return undefined;
    const version = changed.has('version') && `version ${literal(facts.version ?? '')}`;
    const parts = [version, changedOptions(from.facts.options, facts.options)].filter(Boolean);
    return [{ sql: `alter server ${quoted(name)} ${parts.join(' ')}` }];
  },
});
