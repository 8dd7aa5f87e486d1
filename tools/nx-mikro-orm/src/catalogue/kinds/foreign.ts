import { grantsOn, label, roleNamed, routine, sorted, userMade } from './family.ts';
import type { Family } from './family.ts';

export const foreignDataWrappers: Family = {
  catalogue: 'pg_foreign_data_wrapper',
  kind: `'foreign data wrapper'`,
  name: 'f.fdwname',
  oid: 'f.oid',
  from: 'pg_foreign_data_wrapper f',
  where: userMade('pg_foreign_data_wrapper', 'f.oid'),
  lines: () => [
    label('handler', routine('f.fdwhandler')),
    label('validator', routine('f.fdwvalidator')),
    sorted('options', 'f.fdwoptions'),
    grantsOn('F', 'f.fdwacl', 'f.fdwowner'),
  ],
};

export const servers: Family = {
  catalogue: 'pg_foreign_server',
  kind: `'server'`,
  name: 's.srvname',
  oid: 's.oid',
  from: 'pg_foreign_server s join pg_foreign_data_wrapper f on f.oid = s.srvfdw',
  where: userMade('pg_foreign_server', 's.oid'),
  lines: () => [
    label('wrapper', 'quote_ident(f.fdwname)'),
    label('type', 's.srvtype'),
    label('version', 's.srvversion'),
    sorted('options', 's.srvoptions'),
    grantsOn('S', 's.srvacl', 's.srvowner'),
  ],
};

/** User mappings; of options that hold secrets only the names. */
export const userMappings: Family = {
  catalogue: 'pg_foreign_server',
  kind: `'user mapping'`,
  suffix: `'for ' || ${roleNamed('u.umuser')} || ' server ' || quote_ident(u.srvname)`,
  oid: 'u.umid',
  from: 'pg_user_mappings u',
  where: 'true',
  lines: () => [
    `(select 'options (' || string_agg(case when o ~* '^[^=]*(pass|secret|key|token)'
      then split_part(o, '=', 1) else o end, ', ' order by o collate "C") || ')' from unnest(u.umoptions) o)`,
  ],
};
