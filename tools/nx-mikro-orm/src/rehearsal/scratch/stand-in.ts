/** What is sent to scratch in the place of a statement that reaches beyond its database, or that takes more than its rights. */
import { escapeIdentifier, escapeLiteral } from 'pg';
import { anonymous } from '../../sql/anonymous.ts';
import { alterCommands } from '../../sql/kind.ts';
import { textsIn } from '../../sql/names.ts';
import type { NodeOf, Parser, Statement } from '../../sql/parse.ts';
import { mayReach, reachOf, roleName, rolesIn } from '../../sql/reach.ts';
import { commandsIn } from '../../sql/body.ts';
import { tokensOf, valueOf, type Token } from '../../sql/tokens.ts';
import { isOwnersSetting, mayNeedRights, needsRights, setsOwnersSetting } from '../../sql/rights.ts';

/** What a text is rewritten by. */
export interface Terms {
  /** The role that scratch runs as; the one that owns everything on it. */
  owner: string;
  /** Roles of the server, and which of them are nobody's but scratch's. */
  roles: ReadonlySet<string>;
  standIns: ReadonlySet<string>;
  /** Statements that act with the rights of a superuser; undefined where scratch has no more than it runs with. */
  rights: Rights | undefined;
}

export interface Rights {
  run: (statement: string) => string;
  set: (name: string, value: string | undefined, local: boolean) => string;
  /** The beginning of a call, in the place of `set_config('name',`. */
  setConfig: (name: string) => string;
  makeRole: (name: string) => string;
}

/** A text as scratch gets it. */
export interface Rewritten {
  sql: string;
  /** What is not run, as it may be shown. */
  leftOut: string[];
  /** Roles that are made where they are missing. */
  roles: string[];
}

const nothing = 'select where false';

/** Of several statements, only those are replaced that are not confined; a text of others stays as it is. */
export function rewrite(sql: string, parser: Parser, terms: Terms): Rewritten {
  const same = { sql, leftOut: [], roles: [] };
  if (!mayReach.test(sql) && !mayNeedRights.test(sql)) return same;
  const statements = parser.statements(sql);
  const pieces = statements.map((statement) => standIn(statement, parser, terms));
  if (pieces.every((piece) => piece === undefined)) return same;
  const sent = pieces
    .map((piece, at) => (piece ? piece.sql : statements[at]?.text))
    .filter((text) => text !== undefined);
  return {
    sql: sent.join(';\n') || nothing,
    leftOut: pieces.flatMap((piece) => piece?.leftOut ?? []),
    roles: pieces.flatMap((piece) => piece?.roles ?? []),
  };
}

/** A `sql` that is undefined means: nothing at all. */
interface Piece {
  sql: string | undefined;
  leftOut?: string[];
  roles?: string[];
}

const silently: Piece = { sql: undefined };

/** Undefined where the statement is sent as it is. */
function standIn(statement: Statement, parser: Parser, terms: Terms): Piece | undefined {
  if (statement.type === 'DoStmt') return ofBlock(statement, parser, terms);
  const reach = reachOf(statement);
  if (reach) return ofReach(statement, terms);
  const owner = newOwner(statement);
  if (owner) return ofOwner(statement, owner, terms);
  const { rights } = terms;
  if (!rights) return withoutSecrets(statement);
  if (statement.type === 'VariableSetStmt') return ofSetting(statement.node, rights);
  if (needsRights(statement)) return { sql: rights.run(statement.text) };
  if (setsOwnersSetting(statement)) return { sql: withRightsToSet(statement.text, rights) };
  return withoutSecrets(statement);
}

function ofReach(statement: Statement, terms: Terms): Piece {
  if (statement.type === 'CreateRoleStmt') return madeRole(rolesIn(statement), terms);
  const leftOut = [anonymous(statement.text)];
  // Everything else is there; what it would hold is another server's.
  if (statement.type === 'CreateTableAsStmt' && statement.node.objtype === 'OBJECT_MATVIEW')
    return { sql: `${withoutLast(statement.text, 'with', 'data')} with no data`, leftOut };
  return { sql: undefined, leftOut };
}

/** A role is made without a login or rights, and only where it is missing: what is granted to it names it. */
function madeRole(names: readonly string[], { rights }: Terms): Piece {
  const make = (name: string) => {
    if (rights) return rights.makeRole(name);
    const there = `exists (select from pg_catalog.pg_roles where rolname = ${escapeLiteral(name)})`;
    return `do ${escapeLiteral(`begin if not ${there} then create role ${escapeIdentifier(name)}; end if; end`)}`;
  };
  return { sql: names.map(make).join(';\n'), roles: [...names] };
}

/** To whom a statement gives something. */
function newOwner({ type, node }: Statement): NodeOf<'RoleSpec'> | undefined {
  if (type === 'AlterOwnerStmt') return node.newowner;
  if (type === 'ReassignOwnedStmt') return node.newrole;
  if (type === 'CreateSchemaStmt') return node.authrole;
  if (type !== 'AlterTableStmt') return undefined;
  return alterCommands(node).find(({ subtype }) => subtype === 'AT_ChangeOwner')?.newowner;
}

/** Whom something is given to: a role of scratch's own, or one of the server's that has nothing on scratch. */
interface Receiver {
  name: string;
  isOurs: boolean;
  isForeign: boolean;
}

function receiverOf(role: NodeOf<'RoleSpec'>, { standIns, roles, owner }: Terms): Receiver {
  const name = roleName(role);
  const isOurs = standIns.has(name);
  const isNamed = role.roletype === 'ROLESPEC_CSTRING';
  return { name, isOurs, isForeign: isNamed && !isOurs && roles.has(name) && name !== owner };
}

/**
 * What belongs to a role that is scratch's own really is given to it. Roles of others have nothing on scratch: what they would
 * own stays the owner's, which no comparison sees.
 */
function ofOwner(statement: Statement, role: NodeOf<'RoleSpec'>, terms: Terms): Piece | undefined {
  const receiver = receiverOf(role, terms);
  if (statement.type === 'ReassignOwnedStmt') return reassigned(statement.node, receiver, terms);
  if (statement.type === 'CreateSchemaStmt') return schemaWithoutOwner(statement.node, receiver);
  if (statement.type === 'AlterTableStmt' && alterCommands(statement.node).length > 1) return undefined;
  if (receiver.isForeign) return silently;
  return receiver.isOurs && terms.rights ? { sql: terms.rights.run(statement.text) } : undefined;
}

/** What roles of scratch's own have, given to another one, or back to the owner. */
function reassigned(
  { roles = [] }: NodeOf<'ReassignOwnedStmt'>,
  { name, isOurs }: Receiver,
  { standIns, owner, rights }: Terms,
): Piece | undefined {
  const from = roles.flatMap((role) => ('RoleSpec' in role ? [roleName(role.RoleSpec)] : []));
  if (!rights || from.some((role) => !standIns.has(role))) return undefined;
  const to = escapeIdentifier(isOurs ? name : owner);
  return { sql: rights.run(`reassign owned by ${from.map((role) => escapeIdentifier(role)).join(', ')} to ${to}`) };
}

/** A schema that a foreign role would own; with things in it, the statement stays as it is. */
function schemaWithoutOwner(
  { schemaname, schemaElts = [], if_not_exists }: NodeOf<'CreateSchemaStmt'>,
  { name, isForeign }: Receiver,
): Piece | undefined {
  if (!isForeign || schemaElts.length > 0) return undefined;
  return { sql: `create schema ${if_not_exists ? 'if not exists ' : ''}${escapeIdentifier(schemaname ?? name)}` };
}

/** A text without the words that it ends with, where it does. */
function withoutLast(sql: string, ...words: string[]): string {
  const last = tokensOf(sql).slice(-words.length);
  return words.every((word, at) => last[at] && valueOf(last[at]) === word) ? sql.slice(0, last[0]?.from) : sql;
}

/** A statement whose calls of `set_config('name',` set what only a superuser may. */
function withRightsToSet(sql: string, rights: Rights): string {
  const tokens = tokensOf(sql);
  let out = '';
  let done = 0;
  for (const at of tokens.keys()) {
    const call = setConfigAt(tokens, at);
    if (!call || !isOwnersSetting(call.setting)) continue;
    out += sql.slice(done, call.from) + rights.setConfig(call.setting);
    done = call.end;
  }
  return out + sql.slice(done);
}

/** A call that begins at a token, with the setting that it names; it ends behind the comma. */
function setConfigAt(tokens: readonly Token[], at: number): { setting: string; from: number; end: number } | undefined {
  const [call, bracket, name, comma] = tokens.slice(at, at + 4);
  if (!call || valueOf(call) !== 'set_config' || bracket?.text !== '(' || name?.kind !== 'text' || comma?.text !== ',')
    return undefined;
  const [schema, dot] = tokens.slice(Math.max(0, at - 2), at);
  const isQualified = schema !== undefined && dot?.text === '.' && valueOf(schema) === 'pg_catalog';
  return {
    setting: (valueOf(name) ?? '').toLowerCase(),
    from: isQualified ? schema.from : call.from,
    end: comma.end,
  };
}

function ofSetting({ kind, name = '', args = [], is_local = false }: NodeOf<'VariableSetStmt'>, rights: Rights) {
  if (!isOwnersSetting(name)) return undefined;
  if (kind === 'VAR_SET_DEFAULT' || kind === 'VAR_RESET') return { sql: rights.set(name, undefined, is_local) };
  const [value] = args.flatMap((arg) => ('A_Const' in arg ? [arg.A_Const] : []));
  if (kind !== 'VAR_SET_VALUE' || args.length !== 1 || !value) return undefined;
  return { sql: rights.set(name, textOf(value), is_local) };
}

/** A constant as a text, by which a setting is set. */
const textOf = ({ sval, ival, fval }: NodeOf<'A_Const'>): string =>
  sval?.sval ?? String(ival?.ival ?? fval?.fval ?? '');

/** A user mapping opens another server with a password: without one, the server lets nobody through it. */
function withoutSecrets({ type, node }: Statement): Piece | undefined {
  if (type !== 'CreateUserMappingStmt' && type !== 'AlterUserMappingStmt') return undefined;
  const options = (node.options ?? []).flatMap((one) => ('DefElem' in one ? [one.DefElem] : []));
  if (!options.some(({ defname = '' }) => isSecret.test(defname))) return undefined;
  const user =
    node.user?.roletype === 'ROLESPEC_CSTRING' ? escapeIdentifier(roleName(node.user)) : roleName(node.user ?? {});
  const said = options.map(({ defname = '', arg, defaction }) => {
    const action = /^DEFELEM_(SET|ADD|DROP)$/.exec(defaction ?? '')?.[1]?.toLowerCase();
    const value = isSecret.test(defname) ? '' : (textsIn(arg ? [arg] : [])[0] ?? '');
    return [action, escapeIdentifier(defname), action === 'drop' ? undefined : escapeLiteral(value)]
      .filter(Boolean)
      .join(' ');
  });
  const verb =
    type === 'CreateUserMappingStmt'
      ? `create user mapping${node.if_not_exists ? ' if not exists' : ''}`
      : 'alter user mapping';
  return { sql: `${verb} for ${user} server ${escapeIdentifier(node.servername ?? '')} options (${said.join(', ')})` };
}

const isSecret = /pass|secret|key|token/i;

/** In a `do` block, statements about roles are commands of its body: they are replaced there. */
function ofBlock(statement: Statement, parser: Parser, terms: Terms): Piece | undefined {
  if (statement.type !== 'DoStmt') return undefined;
  const args = (statement.node.args ?? []).flatMap((one) => ('DefElem' in one ? [one.DefElem] : []));
  const text = (name: string) => {
    const arg = args.find(({ defname }) => defname === name)?.arg;
    return arg && 'String' in arg ? arg.String.sval : undefined;
  };
  const source = text('as');
  if (source === undefined || (text('language') ?? 'plpgsql') !== 'plpgsql' || !mayReach.test(source)) return undefined;
  let body = source;
  const made: Piece[] = [];
  for (const { written, sql } of commandsIn(parser.body(statement.text))) {
    const inside = parser.statements(sql);
    if (inside.length !== 1 || !inside[0] || !reachOf(inside[0])) continue;
    const at = body.indexOf(written);
    if (at < 0) continue;
    const piece = ofReach(inside[0], terms);
    made.push(piece);
    const before = sql === written ? body.slice(0, at) : withoutLast(body.slice(0, at), 'execute');
    // As many lines as before: an error names one.
    body = `${before}null${written.replace(/[^\n]/g, '')}${body.slice(at + written.length)}`;
  }
  if (made.length === 0) return undefined;
  const first = made.flatMap((piece) => (piece.roles && piece.sql ? [piece.sql] : []));
  const block = `do language plpgsql ${escapeLiteral(body)}`;
  return {
    sql: [...first, block].join(';\n'),
    leftOut: made.flatMap((piece) => piece.leftOut ?? []),
    roles: made.flatMap((piece) => piece.roles ?? []),
  };
}
