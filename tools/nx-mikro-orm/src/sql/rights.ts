import type { Node } from 'libpg-query';
import { commands } from './kind.ts';
import { nameIn } from './names.ts';
import type { NodeOf, Statement } from './parse.ts';

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

/**
 * Whether a statement is confined to its database and runs nobody's code, but takes more than the rights of the database's
 * owner. Who acts for the owner may run it with the rights of a superuser.
 */
export function needsRights({ type, node }: Statement): boolean {
  switch (type) {
    case 'CreateExtensionStmt':
    case 'AlterExtensionStmt':
    case 'AlterExtensionContentsStmt':
    case 'CreateEventTrigStmt':
    case 'AlterEventTrigStmt':
    case 'CreateOpClassStmt':
    case 'CreateOpFamilyStmt':
    case 'AlterOpFamilyStmt':
    case 'CreateCastStmt':
    case 'CreatePLangStmt':
    case 'CreateFdwStmt':
    case 'AlterFdwStmt':
    case 'CreateForeignServerStmt':
    case 'CreateAmStmt':
    case 'CreateTransformStmt':
    case 'CreatePublicationStmt':
    case 'AlterPublicationStmt':
    case 'AlterTypeStmt':
    case 'AlterObjectDependsStmt':
      return true;
    case 'SecLabelStmt':
      return true;
    case 'DefineStmt':
      return ['OBJECT_TYPE', 'OBJECT_TSPARSER', 'OBJECT_TSTEMPLATE', 'OBJECT_AGGREGATE'].includes(node.kind ?? '');
    case 'CreateFunctionStmt':
      return isNative(node.options) || isTrusting(node.options);
    case 'AlterFunctionStmt':
      return isTrusting(node.actions);
    case 'AlterTableStmt':
      // The triggers of a foreign key are the server's own.
      return (
        commands(node).length > 0 && commands(node).every(({ subtype = '' }) => /^AT_(En|Dis)able\w*Trig/.test(subtype))
      );
    case 'DropStmt':
      // A shell of a type cannot be given to anybody.
      return objects.has(node.removeType ?? '') || node.removeType === 'OBJECT_TYPE';
    case 'CommentStmt':
      return objects.has(node.objtype ?? '');
    case 'RenameStmt':
      return objects.has(node.renameType ?? '');
    case 'AlterObjectSchemaStmt':
      return objects.has(node.objectType ?? '');
    case 'GrantStmt':
      // The superuser grants in the owner's name, also what is an extension's.
      return !namesSession(node.grantees) && node.grantor === undefined;
    case 'AlterDefaultPrivilegesStmt':
      return (
        (node.options ?? []).some(
          (option) =>
            'DefElem' in option &&
            option.DefElem.defname === 'roles' &&
            option.DefElem.arg !== undefined &&
            'List' in option.DefElem.arg &&
            !namesSession(option.DefElem.arg.List.items),
        ) && !namesSession(node.action?.grantees)
      );
    default:
      return false;
  }
}

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
