/** How names and types are spelled in the statements of a revision: quoted, and without `public`. */
import { escapeIdentifier, escapeLiteral } from 'pg';

export const quoted = escapeIdentifier;

/** `"teacher"`, or `"billing"."invoice"` outside of `public`. */
export const nameOf = (schema: string | undefined, name: string): string =>
  schema === undefined || schema === 'public' ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;

const aliases: [RegExp, string][] = [
  [/\bcharacter varying\b/, 'varchar'],
  [/\bcharacter\b/, 'char'],
  [/\bbit varying\b/, 'varbit'],
  [/\btimestamp(\(\d\))? with time zone\b/, 'timestamptz$1'],
  [/\btimestamp(\(\d\))? without time zone\b/, 'timestamp$1'],
  [/\btime(\(\d\))? with time zone\b/, 'timetz$1'],
  [/\btime(\(\d\))? without time zone\b/, 'time$1'],
];

const ownType = /^(?:"((?:[^"]|"")+)"|([\w$]+))\.(?:"((?:[^"]|"")+)"|([\w$]+))(.*)$/s;

/** A type as people write it: the server prints `character varying(20)`, in every place where a type can stand. */
export function typeName(printed: string): string {
  const own = ownType.exec(printed);
  if (!own) return aliases.reduce((text, [long, alias]) => text.replace(long, alias), printed);
  const [, schema, plainSchema, name, plainName = '', rest = ''] = own;
  return nameOf(schema?.replaceAll('""', '"') ?? plainSchema, name?.replaceAll('""', '"') ?? plainName) + rest;
}

/** A name inside of a literal that is read as one, as in `nextval('teacher_id_seq')`. */
export const literalName = (schema: string, name: string): string =>
  escapeLiteral(
    [schema, name].every((part) => /^[a-z_][a-z0-9_]*$/.test(part))
      ? nameOf(schema, name).replaceAll('"', '')
      : nameOf(schema, name),
  );

/** A default as people write it: the server casts a literal to the column's type, which it has there anyway. */
export function defaultText(printed: string): string {
  const literal = /^('(?:[^']|'')*')::[^()'+*/<>|-]+(?:\(\d+(?:,\d+)?\))?(?: with(?:out)? time zone)?(?:\[\])*$/.exec(
    printed,
  );
  return literal?.[1] ?? printed;
}
