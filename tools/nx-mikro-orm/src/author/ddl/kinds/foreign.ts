import {
  foreignDataWrappers as wrapperFamily,
  servers as serverFamily,
  userMappings as mappingFamily,
} from '../../../catalogue/kinds/foreign.ts';
import { roleNamed } from '../../../catalogue/kinds/family.ts';
import { grantsOn, optionList, type Recipe } from '../recipe.ts';

const proc = (oid: string) => `nullif(${oid}::oid, 0)::regproc::text`;

export const foreignDataWrappers: Recipe = {
  family: wrapperFamily,
  phase: 'structure',
  create:
    () => `concat_ws(' ', 'create foreign data wrapper', quote_ident(f.fdwname), 'handler ' || ${proc('f.fdwhandler')},
    'validator ' || ${proc('f.fdwvalidator')}, 'options (' || ${optionList('f.fdwoptions')} || ')')`,
  grants: [grantsOn('F', `'foreign data wrapper ' || quote_ident(f.fdwname)`, 'f.fdwacl', 'f.fdwowner')],
};

export const servers: Recipe = {
  family: serverFamily,
  phase: 'structure',
  create: () => `concat_ws(' ', 'create server', quote_ident(s.srvname), 'type ' || quote_literal(s.srvtype),
    'version ' || quote_literal(s.srvversion), 'foreign data wrapper', quote_ident(f.fdwname),
    'options (' || ${optionList('s.srvoptions')} || ')')`,
  grants: [grantsOn('S', `'foreign server ' || quote_ident(s.srvname)`, 's.srvacl', 's.srvowner')],
};

const mapping = `'user mapping for ' || ${roleNamed('u.umuser')} ||
  ' server ' || quote_ident(u.srvname)`;

/** Mappings without a secret: one with a password has no place in a file that is shared. */
export const userMappings: Recipe = {
  family: mappingFamily,
  where: `not exists (select from unnest(u.umoptions) o where o ~* '^[^=]*(pass|secret|key|token)')`,
  phase: 'structure',
  create: () => `concat_ws(' ', 'create', ${mapping}, 'options (' || ${optionList('u.umoptions')} || ')')`,
  drop: `'drop ' || ${mapping}`,
};
