/** How the values of a column look in TypeScript, as the driver reads them in MikroORM's session (pg-types 2, MikroORM 7.2.1). */

/** A type of the server, as far as it matters here. */
export interface ServerType {
  oid: number;
  /** Of a domain: the type that it narrows, which is the one the server tells the driver. */
  base: number;
  /** Of an enum, in order. */
  labels: string[] | null;
}

/** What nx-mikro-orm/revision has for such types. */
export const helpers = ['Big', 'ColumnType', 'Generated', 'GeneratedAlways', 'Json', 'Time'] as const;

type Helper = (typeof helpers)[number];

/** A type in TypeScript. */
export interface TypedValue {
  union: string[];
  /** What is used within it. */
  helper?: Helper;
  /** The server fills it by itself. */
  generated?: 'Generated' | 'GeneratedAlways';
}

/** What is written for a type, where it may be null and where it may not. */
type Written = string | ((nullable: boolean) => TypedValue);

const orNull = (nullable: boolean): string => (nullable ? ' | null' : '');
/** A generic of nx-mikro-orm/revision, which knows what may be written too. */
const generic = (helper: Helper) => (nullable: boolean) => ({
  union: [nullable ? `${helper}<null>` : helper],
  helper,
});
/** An object that can only be written as text. */
const readOnly = (type: string) => (nullable: boolean) => {
  const text = `string${orNull(nullable)}`;
  return { union: [`ColumnType<${type}${orNull(nullable)}, ${text}, ${text}>`], helper: 'ColumnType' as const };
};

/** By the oid of the type; what is not listed comes as text. */
const builtin = new Map<number, Written>([
  ...[21, 23, 26, 700, 701].map((oid) => [oid, 'number'] as const),
  [16, 'boolean'],
  [17, 'Buffer'],
  ...[20, 1700].map((oid) => [oid, generic('Big')] as const),
  ...[114, 3802].map((oid) => [oid, generic('Json')] as const),
  ...[1082, 1114, 1184].map((oid) => [oid, generic('Time')] as const),
  [600, readOnly('{ x: number; y: number }')],
  [718, readOnly('{ x: number; y: number; radius: number }')],
  // Arrays. Those of other types come as one text: `{a,b}`.
  [1000, 'boolean[]'],
  [1001, 'Buffer[]'],
  // The driver reads numeric[] as numbers, though numeric is text.
  ...[1005, 1007, 1028, 1021, 1022, 1231].map((oid) => [oid, 'number[]'] as const),
  ...[1016, 1008, 1009, 1014, 1015, 651, 1040, 1041, 791, 1183, 1270, 2951, 3907].map(
    (oid) => [oid, 'string[]'] as const,
  ),
  ...[1115, 1182, 1185, 1187].map((oid) => [oid, 'string[]'] as const),
  ...[199, 3807].map((oid) => [oid, 'unknown[]'] as const),
  [1017, readOnly('{ x: number; y: number }[]')],
]);

/** The types of a table's columns, by their oids. */
export function typeOf(oid: number, nullable: boolean, types: ReadonlyMap<number, ServerType>): TypedValue {
  const type = types.get(oid);
  if (type && type.base !== 0) return typeOf(type.base, nullable, types);
  const orElse = nullable ? ['null'] : [];
  if (type?.labels?.length) return { union: [...type.labels.map(typeLiteral), ...orElse] };
  const written = builtin.get(oid) ?? 'string';
  return typeof written === 'function' ? written(nullable) : { union: [written, ...orElse] };
}

/** As it stands on one line. */
export function writtenType({ union, generated }: TypedValue): string {
  const text = union.join(' | ');
  return generated ? `${generated}<${text}>` : text;
}

/** A text as Prettier writes it. */
export function typeLiteral(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return quote + inner.replaceAll(quote, `\\${quote}`) + quote;
}
