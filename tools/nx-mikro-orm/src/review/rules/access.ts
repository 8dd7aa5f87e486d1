import type { RuleRemark } from '../finding.ts';
import { alterCommands } from '../../sql/kind.ts';
import { relationName, textsIn } from '../../sql/names.ts';
import type { Node } from 'libpg-query';
import { reachOf } from '../../sql/reach.ts';
import { sqlstate } from '../../sql/sqlstate.ts';
import { defineRule } from '../rule.ts';
import { gone, isCode, isUsed, shownRelation, type Seen } from '../seen.ts';
import { switched } from './rows-hidden.ts';

export default defineRule({
  code: 'access',
  class: 'security',
  severity: 'warning',
  danger: 'Who may read or change what is widened or narrowed, mostly beside other things that are easier to see.',
  instead: 'give it a revision of its own, and have it reviewed by whoever answers for access',
  bad: [
    'grant select on teacher to reporting',
    'revoke insert on lesson from app',
    'alter table teacher owner to somebody',
    'alter table payment disable row level security',
    'create role admin2 superuser',
  ],
  good: ['create table note (id bigint); grant select on note to app'],
  check: (seen) => {
    if (isRefused(seen)) return [{ message: 'its code changes who may do what, which scratch did not let it try' }];
    if (seen.failure && !isOfRoles(seen)) return [];
    return [...said(seen), ...byCode(seen), ...rowSecurity(seen), ...reaching(seen)];
  },
});

/** What the statement says, or the code that it runs. */
function said(seen: Seen): RuleRemark[] {
  const all = [seen.statement, ...seen.inner.statements].map((statement) => ({ ...seen, statement }));
  return all.flatMap((one) => [...privileges(one), ...owners(one)]);
}

/** Roles are no part of the database, and may be missing on scratch. */
const isOfRoles = ({ failure }: Seen): boolean => /^role ".*" does not exist$/.test(failure?.message ?? '');

function privileges(seen: Seen): RuleRemark[] {
  const { statement } = seen;
  if (statement.type === 'GrantRoleStmt')
    return [{ message: `${word(statement.node.is_grant)} of membership in a role` }];
  if (statement.type === 'AlterDefaultPrivilegesStmt')
    return [{ message: 'privileges of everything that is created later change' }];
  if (statement.type !== 'GrantStmt') return [];
  const { is_grant: isGrant, objects = [], grantees = [] } = statement.node;
  const isPublic = grantees.some((one) => 'RoleSpec' in one && one.RoleSpec.roletype === 'ROLESPEC_PUBLIC');
  // What the release made has nobody yet who could lose or gain by it.
  const isOurs = statement.node.objtype !== 'OBJECT_DATABASE';
  if (!isPublic && isOurs && objects.length > 0 && objects.every((one) => isBorn(seen, one))) return [];
  const what = objects.flatMap((one) => ('RangeVar' in one ? [one.RangeVar.relname ?? ''] : []));
  return [
    {
      message: `${word(isGrant)} ${isPublic ? 'for everybody' : `for ${rolesOf(grantees)}`}`,
      ...(what[0] && { relation: what.join(', ') }),
    },
  ];
}

/** Scratch runs as an owner without rights: what code puts together about owners and privileges may be more than that. */
const isRefused = ({ failure, statement }: Seen): boolean =>
  failure?.code === sqlstate.insufficientPrivilege &&
  isCode(statement) &&
  /\b(grant|revoke|owner\s+to)\b/i.test(statement.text);

/** What a body of code grants, revokes or hands over. */
function byCode(seen: Seen): RuleRemark[] {
  const { before, after, base, statement } = seen;
  if (!isCode(statement) || said(seen).length > 0) return [];
  return [...after.relations.values()].flatMap(({ id, access }) => {
    const was = before.relations.get(id);
    if (!was || was.access === access || !base.relations.has(id)) return [];
    return [{ relation: shownRelation(seen, id), message: `who may do what with ${shownRelation(seen, id)} changes` }];
  });
}

const word = (isGrant: boolean | undefined): string => (isGrant ? 'a grant' : 'a revoke');

const rolesOf = (roles: readonly Node[]): string =>
  roles.flatMap((one) => ('RoleSpec' in one ? [one.RoleSpec.rolename ?? 'its own role'] : [])).join(', ');

/** A relation, or another thing with a name, that was not there when the file began. */
function isBorn({ base }: Pick<Seen, 'base'>, object: Node): boolean {
  if ('RangeVar' in object) {
    const { schema, name } = relationName(object.RangeVar);
    return ![...base.relations.values()].some(
      (one) => one.name === name && (schema === undefined || one.schema === schema),
    );
  }
  if ('ObjectWithArgs' in object) {
    const name = textsIn(object.ObjectWithArgs.objname).at(-1);
    return ![...base.routines.values()].some((one) => one.name === name);
  }
  const name = 'String' in object ? object.String.sval : undefined;
  return (
    name !== undefined &&
    ![...base.schemas.values(), ...base.types.values()].some((one) => one.name === name) &&
    name !== 'public'
  );
}

function owners({ statement, base }: Seen): RuleRemark[] {
  if (statement.type === 'ReassignOwnedStmt') return [{ message: 'the owner changes, who may do everything' }];
  if (statement.type === 'AlterOwnerStmt')
    return statement.node.object && isBorn({ base }, statement.node.object)
      ? []
      : [{ message: 'the owner changes, who may do everything' }];
  if (statement.type !== 'AlterTableStmt') return [];
  if (!alterCommands(statement.node).some(({ subtype }) => subtype === 'AT_ChangeOwner')) return [];
  const { name } = relationName(statement.node.relation ?? { inh: true, relpersistence: 'p' });
  const isThere = [...base.relations.values()].some((one) => one.name === name);
  return isThere ? [{ relation: name, message: `${name} gets another owner, who may do everything with it` }] : [];
}

function rowSecurity(seen: Seen): RuleRemark[] {
  const { before, after, base, end } = seen;
  const { statement } = seen;
  const changed =
    statement.type === 'AlterPolicyStmt'
      ? [{ message: `the policy ${statement.node.policy_name ?? ''} lets other rows through from now on` }]
      : [];
  const forced = [...after.relations.values()].flatMap(({ id, isForced }) => {
    const was = before.relations.get(id);
    if (!was || was.isForced === isForced || !isUsed(seen, id)) return [];
    const relation = shownRelation(seen, id);
    return [
      {
        relation,
        message: `row level security ${isForced ? 'is for the owner of' : 'is no longer for the owner of'} ${relation}${isForced ? ', too' : ''}`,
      },
    ];
  });
  const off = switched(seen, false).map((id) => ({
    relation: shownRelation(seen, id),
    message: `everybody with the privilege sees every row of ${shownRelation(seen, id)}`,
  }));
  const on = switched(seen, true)
    .filter((id) => ![...end.policies.values()].some(({ of }) => of === id))
    .map((id) => ({
      relation: shownRelation(seen, id),
      message: `row level security is on for ${shownRelation(seen, id)}, without any policy`,
    }));
  const policies = gone(before.policies, after.policies).filter(
    ({ id, of, name }) =>
      base.policies.has(id) &&
      after.relations.has(of) &&
      isUsed(seen, of) &&
      ![...end.policies.values()].some((one) => one.of === of && one.name === name),
  );
  return [
    ...changed,
    ...forced,
    ...off,
    ...on,
    ...policies.map(({ of, name }) => ({
      relation: shownRelation(seen, of),
      message: `the policy ${name} of ${shownRelation(seen, of)} is gone`,
    })),
  ];
}

/** What reaches out of the database: other roles, the server's settings, its files and programs. */
function reaching({ statement }: Seen): RuleRemark[] {
  const reach = reachOf(statement);
  if (!reach || ['database', 'tablespace', 'server'].includes(reach.what)) return [];
  if (
    statement.type === 'CreateRoleStmt' &&
    !/\b(superuser|createrole|createdb|bypassrls|replication|password)\b/i.test(statement.text)
  )
    return [];
  return [
    {
      message: `it reaches beyond this database: ${reach.what}${reach.name ? ` ${reach.name}` : ''}; on scratch it was not run`,
    },
  ];
}
