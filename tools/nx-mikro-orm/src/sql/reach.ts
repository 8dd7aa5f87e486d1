import type { Node } from 'libpg-query';
import { nameIn, textsIn } from './names.ts';
import { byType, type ByType, type NodeOf, type Statement } from './parse.ts';

/** What a statement touches that is not in the database which it is sent to. */
export interface Reach {
  what: Beyond;
  /** Of the thing, where the statement names it; else the word by which it reaches out, such as a function. */
  name: string;
}

export type Beyond =
  | 'role'
  | 'database'
  | 'tablespace'
  | 'server settings'
  | 'server'
  | 'subscription'
  | 'program'
  | 'server file'
  | 'other session'
  | 'other server';

/**
 * What a statement reaches beyond its database, as far as its own words say so; undefined where it is confined. What a body or
 * a text put together at run time does is not seen here: a server has to refuse it.
 */
export const reachOf = (statement: Statement): Reach | undefined => byType(reaches, statement);

/** The roles that a statement about roles names; for its own session, by the word that it is written with. */
export function rolesIn({ type, node }: Statement): string[] {
  switch (type) {
    case 'CreateRoleStmt':
      return [node.role ?? ''];
    case 'AlterRoleStmt':
    case 'AlterRoleSetStmt':
      return node.role ? [roleName(node.role)] : ['all'];
    case 'DropRoleStmt':
      return (node.roles ?? []).flatMap((role) => ('RoleSpec' in role ? [roleName(role.RoleSpec)] : []));
    case 'GrantRoleStmt':
      return (node.granted_roles ?? []).flatMap((one) => ('AccessPriv' in one ? [one.AccessPriv.priv_name ?? ''] : []));
    default:
      return [];
  }
}

/** The name of a role, or the word for one, as `current_user`. */
export const roleName = ({ roletype, rolename }: NodeOf<'RoleSpec'>): string =>
  roletype === 'ROLESPEC_CSTRING' ? (rolename ?? '') : (roletype ?? '').replace('ROLESPEC_', '').toLowerCase();

const beyondObjects: Partial<Record<string, Beyond>> = {
  OBJECT_ROLE: 'role',
  OBJECT_DATABASE: 'database',
  OBJECT_TABLESPACE: 'tablespace',
  OBJECT_SUBSCRIPTION: 'subscription',
  OBJECT_PARAMETER_ACL: 'server settings',
};

function beyondObject(type: string | undefined, name: string | undefined): Reach | undefined {
  const what = beyondObjects[type ?? ''];
  return what && { what, name: name ?? '' };
}

const nameOfNode = (node: Node | undefined): string[] => {
  if (!node) return [];
  if ('List' in node) return [nameIn(node.List.items).name];
  return textsIn([node]);
};

/** Functions that reach out, each by a pattern of its name. Those of other extensions are left to the server. */
const functions: readonly (readonly [Beyond, RegExp])[] = [
  ['other server', /^dblink(_|$)/],
  [
    'server file',
    /^(lo_(import|export)|pg_(read_(binary_)?file|stat_file|ls_\w*dir|current_logfile|file_\w+|log\w*dir_ls))$/,
  ],
  ['other session', /^pg_(terminate|cancel)_backend$|^pg_log_backend_memory_contexts$/],
  [
    'server',
    /^pg_(reload_conf|rotate_logfile|switch_(wal|xlog)|create_restore_point|promote|(start|stop)_backup|backup_(start|stop)|wal_replay_\w+|export_snapshot|stat_reset_\w+|log_standby_snapshot)$|^pg_\w*replication_(slot|slots|origin)\w*$|^pg_(drop|advance)_\w*slot\w*$|^pg_logical_slot_\w+$/,
  ],
];

/** The first function in an expression, however deep, that reaches out. */
function calledIn(tree: unknown): Reach | undefined {
  if (typeof tree !== 'object' || tree === null) return undefined;
  if (Array.isArray(tree)) {
    for (const one of tree) {
      const found = calledIn(one);
      if (found) return found;
    }
    return undefined;
  }
  for (const [key, value] of Object.entries(tree as Record<string, unknown>)) {
    if (key === 'FuncCall' || key === 'funccall') {
      const { name } = nameIn((value as NodeOf<'FuncCall'>).funcname);
      const what = functions.find(([, pattern]) => pattern.test(name))?.[0];
      if (what) return { what, name };
    }
    const found = calledIn(value);
    if (found) return found;
  }
  return undefined;
}

const ofRoles = (statement: Statement): Reach => ({ what: 'role', name: rolesIn(statement).join(', ') });

const ofDatabase = ({ node }: { node: { dbname?: string } }): Reach => ({ what: 'database', name: node.dbname ?? '' });

const ofTablespace = ({ node }: { node: { tablespacename?: string } }): Reach => ({
  what: 'tablespace',
  name: node.tablespacename ?? '',
});

const ofSubscription = ({ node }: { node: { subname?: string } }): Reach => ({
  what: 'subscription',
  name: node.subname ?? '',
});

const ofRemark = ({ node }: { node: NodeOf<'CommentStmt'> | NodeOf<'SecLabelStmt'> }): Reach | undefined =>
  beyondObject(node.objtype, nameOfNode(node.object).join(', '));

const ofCalls = ({ node }: Statement): Reach | undefined => calledIn(node);

function ofCopy(statement: Statement & { type: 'CopyStmt' }): Reach | undefined {
  const { is_program, filename } = statement.node;
  if (is_program) return { what: 'program', name: filename ?? '' };
  return filename === undefined ? ofCalls(statement) : { what: 'server file', name: filename };
}

/** How each type of statement reaches out. */
const reaches: ByType<Reach | undefined> = {
  CreateRoleStmt: ofRoles,
  AlterRoleStmt: ofRoles,
  AlterRoleSetStmt: ofRoles,
  DropRoleStmt: ofRoles,
  GrantRoleStmt: ofRoles,
  CreatedbStmt: ofDatabase,
  DropdbStmt: ofDatabase,
  AlterDatabaseStmt: ofDatabase,
  AlterDatabaseSetStmt: ofDatabase,
  AlterDatabaseRefreshCollStmt: ofDatabase,
  CreateTableSpaceStmt: ofTablespace,
  DropTableSpaceStmt: ofTablespace,
  AlterTableSpaceOptionsStmt: ofTablespace,
  AlterTableMoveAllStmt: ({ node }) => ({ what: 'tablespace', name: node.orig_tablespacename ?? '' }),
  AlterSystemStmt: ({ node }) => ({ what: 'server settings', name: node.setstmt?.name ?? 'all' }),
  CreateSubscriptionStmt: ofSubscription,
  AlterSubscriptionStmt: ofSubscription,
  DropSubscriptionStmt: ofSubscription,
  CheckPointStmt: () => ({ what: 'server', name: 'checkpoint' }),
  LoadStmt: ({ node }) => ({ what: 'server file', name: node.filename ?? '' }),
  ImportForeignSchemaStmt: ({ node }) => ({ what: 'other server', name: node.server_name ?? '' }),
  CopyStmt: ofCopy,
  GrantStmt: ({ node }) => beyondObject(node.objtype, node.objects?.flatMap(nameOfNode).join(', ')),
  CommentStmt: ofRemark,
  SecLabelStmt: ofRemark,
  RenameStmt: ({ node }) => beyondObject(node.renameType, node.subname),
  AlterOwnerStmt: ({ node }) => beyondObject(node.objectType, nameOfNode(node.object).join(', ')),
  SelectStmt: ofCalls,
  InsertStmt: ofCalls,
  UpdateStmt: ofCalls,
  DeleteStmt: ofCalls,
  MergeStmt: ofCalls,
  CallStmt: ofCalls,
  ExecuteStmt: ofCalls,
  ExplainStmt: ofCalls,
  DeclareCursorStmt: ofCalls,
  CreateTableAsStmt: ({ node }) => (node.into?.skipData ? undefined : calledIn(node)),
};

/** Texts without any of these words are confined, as far as words tell: the parser need not read them. */
export const mayReach =
  /\b(role|user|group|database|tablespace|system|subscription|checkpoint|load|copy|import|parameter|dblink\w*|lo_import|lo_export|pg_\w*(file|dir|logfile|backend|conf|wal|xlog|slots?|origin|backup|point|promote|snapshot|contexts|reset)\w*)\b|\b(grant|revoke|owned)\b/i;
