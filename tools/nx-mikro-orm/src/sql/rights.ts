import type { Node } from 'libpg-query';
import { alterCommands } from './kind.ts';
import { nameIn } from './names.ts';
import { byType, type ByType, type NodeOf, type Statement } from './parse.ts';

/**
 * Kinds of objects that are in one database, and that only a superuser makes, or that belong to one afterwards. What is said
 * of them runs no code of the user's.
 */
const objects = new Set([
  'OBJECT_ACCESS_METHOD',
  'OBJECT_CAST',
  'OBJECT_EVENT_TRIGGER',
  'OBJECT_EXTENSION',
  'OBJECT_FDW',
  'OBJECT_LANGUAGE',
  'OBJECT_OPCLASS',
  'OBJECT_OPFAMILY',
  'OBJECT_PUBLICATION',
  'OBJECT_TRANSFORM',
  'OBJECT_TSPARSER',
  'OBJECT_TSTEMPLATE',
]);

/** Types of statements that take such rights whatever they say. */
const always = new Set<Statement['type']>([
  'CreateExtensionStmt',
  'AlterExtensionStmt',
  'AlterExtensionContentsStmt',
  'CreateEventTrigStmt',
  'AlterEventTrigStmt',
  'CreateOpClassStmt',
  'CreateOpFamilyStmt',
  'AlterOpFamilyStmt',
  'CreateCastStmt',
  'CreatePLangStmt',
  'CreateFdwStmt',
  'AlterFdwStmt',
  'CreateForeignServerStmt',
  'CreateAmStmt',
  'CreateTransformStmt',
  'CreatePublicationStmt',
  'AlterPublicationStmt',
  'AlterTypeStmt',
  'AlterObjectDependsStmt',
  'SecLabelStmt',
]);

/** When a statement of another type takes them. */
const sometimes: ByType<boolean> = {
  DefineStmt: ({ node }) => definitions.has(node.kind ?? ''),
  CreateFunctionStmt: ({ node }) => isNative(node.options) || isTrusting(node.options),
  AlterFunctionStmt: ({ node }) => isTrusting(node.actions),
  AlterTableStmt: ({ node }) => switchesTriggers(node),
  // A shell of a type cannot be given to anybody.
  DropStmt: ({ node }) => objects.has(node.removeType ?? '') || node.removeType === 'OBJECT_TYPE',
  CommentStmt: ({ node }) => objects.has(node.objtype ?? ''),
  RenameStmt: ({ node }) => objects.has(node.renameType ?? ''),
  AlterObjectSchemaStmt: ({ node }) => objects.has(node.objectType ?? ''),
  // The superuser grants in the owner's name, also what is an extension's.
  GrantStmt: ({ node }) => !namesSession(node.grantees) && node.grantor === undefined,
  AlterDefaultPrivilegesStmt: ({ node }) => isForNamedRoles(node) && !namesSession(node.action?.grantees),
};

/** What `create` with a list of parameters makes that an owner may not. */
const definitions = new Set(['OBJECT_TYPE', 'OBJECT_TSPARSER', 'OBJECT_TSTEMPLATE', 'OBJECT_AGGREGATE']);

/**
 * Whether a statement is confined to its database and runs nobody's code, but takes more than the rights of the database's
 * owner. Who acts for the owner may run it with the rights of a superuser.
 */
export const needsRights = (statement: Statement): boolean =>
  always.has(statement.type) || byType(sometimes, statement) === true;

/** An `alter table` of nothing but triggers that are enabled or disabled: those of a foreign key are the server's own. */
function switchesTriggers(node: NodeOf<'AlterTableStmt'>): boolean {
  const all = alterCommands(node);
  return all.length > 0 && all.every(({ subtype = '' }) => /^AT_(En|Dis)able\w*Trig/.test(subtype));
}

/** Default privileges `for role …`, where none of the roles is the one at work, as `current_user`. */
const isForNamedRoles = ({ options = [] }: NodeOf<'AlterDefaultPrivilegesStmt'>): boolean =>
  options.some((one) => {
    const { defname, arg } = 'DefElem' in one ? one.DefElem : {};
    return defname === 'roles' && arg !== undefined && 'List' in arg && !namesSession(arg.List.items);
  });

/** A setting of the session that only a superuser may change, though nobody else sees it. */
export const isOwnersSetting = (name: string): boolean =>
  /^(session_replication_role|lc_messages|deadlock_timeout|max_stack_depth|track_\w+|log_(statement|duration|min_\w+|lock_waits|temp_files|error_verbosity|parameter_max_length\w*|\w+_stats))$/.test(
    name,
  );

/** Whether a statement changes such a setting by the function for it. */
export const setsOwnersSetting = ({ type, node }: Statement): boolean =>
  type === 'SelectStmt' &&
  (node.targetList ?? []).some((target) => {
    const call =
      'ResTarget' in target && target.ResTarget.val && 'FuncCall' in target.ResTarget.val
        ? target.ResTarget.val.FuncCall
        : undefined;
    const [first] = call?.args ?? [];
    return (
      nameIn(call?.funcname).name === 'set_config' &&
      first !== undefined &&
      'A_Const' in first &&
      isOwnersSetting(first.A_Const.sval?.sval ?? '')
    );
  });

/** `current_user` means somebody else where another role runs the statement. */
const namesSession = (roles: readonly Node[] = []): boolean =>
  roles.some((role) => 'RoleSpec' in role && /^ROLESPEC_(CURRENT|SESSION)/.test(role.RoleSpec.roletype ?? ''));

type Options = NodeOf<'CreateFunctionStmt'>['options'];

const option = (options: Options = [], name: string) =>
  options.flatMap((one) => ('DefElem' in one && one.DefElem.defname === name ? [one.DefElem.arg] : []))[0];

/** In C or of the server itself, from a library that belongs to it. */
function isNative(options: Options): boolean {
  const language = option(options, 'language');
  if (!language || !('String' in language)) return false;
  if (language.String.sval?.toLowerCase() === 'internal') return true;
  if (language.String.sval?.toLowerCase() !== 'c') return false;
  const as = option(options, 'as');
  const file = as && 'List' in as ? as.List.items?.[0] : undefined;
  const name = file && 'String' in file ? (file.String.sval ?? '') : '';
  return !name.replace(/^\$libdir\//, '').includes('/');
}

/** The planner is to trust it. */
function isTrusting(options: Options): boolean {
  const leakproof = option(options, 'leakproof');
  return (
    (leakproof !== undefined && !('Boolean' in leakproof && !leakproof.Boolean.boolval)) ||
    option(options, 'support') !== undefined
  );
}

/** Texts without any of these words need no more than the rights of an owner. */
export const mayNeedRights =
  /\b(extension|event|operator|cast|language|wrapper|server|method|transform|publication|type|aggregate|parser|template|label|depends|leakproof|support|privileges|grant|revoke|trigger|authorization|owner|owned|mapping)\b|\bset\b|\bset_config\s*\(\s*'(session_replication_role|lc_messages|deadlock_timeout|max_stack_depth|track_|log_)/i;
