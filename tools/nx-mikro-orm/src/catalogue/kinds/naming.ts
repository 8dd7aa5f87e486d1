/** How names and types are spelled in statements: quoted, and without `public`. */
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Option, Privilege } from '../item.ts';
import { Scan } from '../../sql/tokens.ts';
import { readNames } from '../key.ts';

export const quoted = escapeIdentifier;
export const literal = escapeLiteral;

/** `"teacher"`, or `"billing"."invoice"` outside of `public`. */
export const nameOf = (schema: string | undefined, name: string): string =>
  schema === undefined || schema === 'public' ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;

/** Names of types as people write them; the server prints the long ones. */
const aliases: [long: string, short: string, rest: string][] = [
  ['character varying', 'varchar', ''],
  ['character', 'char', ''],
  ['bit varying', 'varbit', ''],
  ['timestamp', 'timestamptz', ' with time zone'],
  ['timestamp', 'timestamp', ' without time zone'],
  ['time', 'timetz', ' with time zone'],
  ['time', 'time', ' without time zone'],
];

/** A printed type in its parts: its names, its modifier as `(20)`, and `[]` for an array. */
export interface TypeParts {
  /** Schema and name; a type of the server's own has no schema. */
  schema: string | undefined;
  name: string;
  /** In parentheses, with them; '' for none. */
  modifier: string;
  array: string;
}

/** The parts of a type as the server prints it: `public."Mood"[]`, `character varying(20)`, `timestamp(3) with time zone`. */
export function typeParts(printed: string): TypeParts {
  const array = printed.endsWith('[]') ? '[]' : '';
  const text = array ? printed.slice(0, -2) : printed;
  const found = readNames(text);
  if (found && (found.names.length === 2 || text.startsWith('"'))) {
    const [schema, name = ''] = found.names.length === 2 ? found.names : [undefined, found.names[0]];
    return { schema, name, modifier: text.slice(found.end), array };
  }
  const open = text.indexOf('(');
  if (open < 0) return { schema: undefined, name: text, modifier: '', array };
  const close = text.indexOf(')', open);
  return {
    schema: undefined,
    name: text.slice(0, open) + text.slice(close + 1),
    modifier: text.slice(open, close + 1),
    array,
  };
}

/** The first word of a printed type: `timestamp`, `character`, `double`; `[]` for an array, '' for a type that somebody made. */
export function typeWord(printed: string): string {
  const { schema, name, array } = typeParts(printed);
  if (array) return array;
  // An extension's, and well known.
  if (schema !== undefined) return name === 'citext' ? name : '';
  return name.split(' ')[0] ?? '';
}

/** The numbers in the parentheses of a printed type; none where something else stands there. */
export function typeNumbers(printed: string): number[] {
  const { modifier } = typeParts(printed);
  const numbers = modifier === '' ? [] : modifier.slice(1, -1).split(',').map(Number);
  return numbers.some(Number.isNaN) ? [] : numbers;
}

/** The type of an array's elements; any other type is itself. */
export const elementType = (printed: string): string => (printed.endsWith('[]') ? printed.slice(0, -2) : printed);

/** A type as people write it: the server prints `character varying(20)`, in every place where a type can stand. */
export function typeName(printed: string): string {
  const { schema, name, modifier, array } = typeParts(printed);
  if (schema !== undefined) return nameOf(schema, name) + modifier + array;
  const short = aliases.find(([long, , rest]) => name === long + rest)?.[1];
  return short === undefined ? printed : short + modifier + array;
}

const plain = /^[a-z_][a-z0-9_]*$/;

/** A name inside of a literal that is read as one, as in `nextval('teacher_id_seq')`. */
export const literalName = (schema: string, name: string): string =>
  literal(
    [schema, name].every((part) => plain.test(part)) ? nameOf(schema, name).replaceAll('"', '') : nameOf(schema, name),
  );

/** A literal that a text begins with, and what stands behind it; undefined for another beginning. */
export function leadingLiteral(text: string): { literal: string; rest: string } | undefined {
  if (!text.startsWith("'")) return undefined;
  const scan = new Scan(text);
  scan.next();
  return scan.kind === 'text' ? { literal: text.slice(0, scan.end), rest: text.slice(scan.end) } : undefined;
}

/** The value of a literal between apostrophes. */
export const literalValue = (text: string): string => text.slice(1, -1).replaceAll("''", "'");

/** A default as people write it: the server casts a literal to the column's type, which it has there anyway. */
export function defaultText(printed: string, type: string): string {
  const found = leadingLiteral(printed);
  if (!found?.rest.startsWith('::')) return printed;
  const cast = typeParts(found.rest.slice(2));
  const own = typeParts(type);
  return cast.name === own.name && cast.schema === own.schema && cast.array === own.array ? found.literal : printed;
}

/** Options as `(name='value', …)` in statements that take storage parameters. */
export const parameters = (options: readonly Option[] = [], prefix = ''): string =>
  options.map(([name, value]) => `${prefix}${name}=${literal(value)}`).join(', ');

/** Options as `(name 'value', …)`, for foreign things. */
export const optionList = (options: readonly Option[] = []): string =>
  options.map(([name, value]) => `${quoted(name)} ${literal(value)}`).join(', ');

/** From some options of a foreign thing to others, as `options (…)`; undefined where nothing changes. */
export function changedOptions(was: readonly Option[] = [], is: readonly Option[] = []): string | undefined {
  const [old, next] = [new Map(was), new Map(is)];
  const parts = [
    ...was.filter(([name]) => !next.has(name)).map(([name]) => `drop ${quoted(name)}`),
    ...is
      .filter(([name, value]) => old.get(name) !== value)
      .map(([name, value]) => `${old.has(name) ? 'set' : 'add'} ${quoted(name)} ${literal(value)}`),
  ];
  return parts.length > 0 ? `options (${parts.join(', ')})` : undefined;
}

/** Statements that lead from some storage parameters to others: `head set (…)`, `head reset (…)`. */
export function changedParameters(
  was: readonly Option[] = [],
  is: readonly Option[] = [],
  prefix = '',
): { set: string; reset: string } {
  const old = new Map(was);
  const next = new Map(is);
  const set = is.filter(([name, value]) => old.get(name) !== value);
  const reset = was.filter(([name]) => !next.has(name));
  return { set: parameters(set, prefix), reset: reset.map(([name]) => prefix + name).join(', ') };
}

interface Single {
  verb: Privilege['verb'];
  privilege: string;
  to: string;
  grantable: boolean;
}

const roleOf = ({ role, owner }: Privilege): string =>
  owner ? 'current_user' : role === undefined ? 'public' : quoted(role);

const singles = (all: readonly Privilege[] = []): Single[] =>
  all.flatMap((one) =>
    one.privileges.map((privilege) => ({
      verb: one.verb,
      privilege: privilege.toLowerCase(),
      to: roleOf(one),
      grantable: one.grantable === true,
    })),
  );

/** Of the privileges on parts, those that go along when some on the whole are revoked: of the same role, with the same word. */
export function goingAlong(
  parts: readonly Privilege[] | undefined,
  was: readonly Privilege[] | undefined,
  is: readonly Privilege[] | undefined,
): Privilege[] {
  const left = singles(is).map((one) => JSON.stringify(one));
  const revoked = singles(was).filter((one) => one.verb === 'grant' && !left.includes(JSON.stringify(one)));
  return (parts ?? []).flatMap((one) => {
    const privileges = one.privileges.filter((privilege) =>
      revoked.some(({ privilege: word, to }) => word === privilege.toLowerCase() && to === roleOf(one)),
    );
    return one.verb === 'grant' && privileges.length > 0 ? [{ ...one, privileges }] : [];
  });
}

/**
 * Statements that lead from some privileges to others. `on` names what they are on; `columns` follows each privilege,
 * `head` comes first.
 */
export function grantStatements(
  was: readonly Privilege[] | undefined,
  is: readonly Privilege[] | undefined,
  on: string,
  { columns = '', head = '' } = {},
): string[] {
  const [old, next] = [singles(was), singles(is)];
  const key = ({ verb, privilege, to, grantable }: Single) => JSON.stringify([verb, privilege, to, grantable]);
  const keys = [new Set(old.map(key)), new Set(next.map(key))] as const;
  const gone = old.filter((one) => !keys[1].has(key(one)));
  const come = next.filter((one) => !keys[0].has(key(one)));
  const same = (a: Single, b: Single) => a.privilege === b.privilege && a.to === b.to;
  const taken = gone
    // What is only no longer to be passed on is not taken away first.
    .filter(
      (one) =>
        !(one.verb === 'grant' && come.some((other) => other.verb === 'grant' && same(one, other) && other.grantable)),
    )
    .map((one): Single => ({ ...one, verb: one.verb === 'grant' ? 'revoke' : 'grant' }));
  const statements = new Map<string, string[]>();
  for (const { verb, privilege, to, grantable } of [...taken.toSorted(byVerb), ...come.toSorted(byVerb)]) {
    const tail = verb === 'grant' ? ` to ${to}${grantable ? ' with grant option' : ''}` : ` from ${to}`;
    const list = statements.get(`${verb}\0${tail}`);
    if (list) list.push(privilege);
    else statements.set(`${verb}\0${tail}`, [privilege]);
  }
  return [...statements].map(([form, list]) => {
    const [verb = '', tail = ''] = form.split('\0');
    return `${head}${verb} ${list.map((privilege) => privilege + columns).join(', ')} on ${on}${tail}`;
  });
}

/** Revoking comes first: it may be of everybody. */
const byVerb = (a: Single, b: Single): number => (a.verb === b.verb ? 0 : a.verb === 'revoke' ? -1 : 1);

/** Privileges as lines of a definition. */
export const privilegeLines = (all: readonly Privilege[] = []): string[] =>
  all.map((one) => {
    const to = one.owner ? 'owner' : one.role === undefined ? 'PUBLIC' : one.role;
    const more = `${one.grantable ? ' with grant option' : ''}${one.by === undefined ? '' : ` granted by ${one.by}`}`;
    return `${one.verb} ${one.privileges.join(', ')} ${one.verb === 'grant' ? 'to' : 'from'} ${to}${more}`;
  });

/** Options as one line of a definition; undefined for none. */
export const optionLine = (label: string, options: readonly Option[] | undefined): string | undefined =>
  options && `${label} (${options.map(([name, value]) => `${name}=${value}`).join(', ')})`;
