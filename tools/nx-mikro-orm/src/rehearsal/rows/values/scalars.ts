import { float, integer, money, numeric } from './numbers.ts';
import { numbers, supply, type Supply } from './supply.ts';
import { byte, identifier, text } from './texts.ts';
import { date, interval, time, timestamp } from './times.ts';

const each = (make: (number: number, hex: string) => string, extreme: string[] = [], count?: number): Supply =>
  supply(
    numbers(count).map((one) => make(one, one.toString(16).padStart(2, '0'))),
    extreme,
  );

const bits = (one: number, length: number): string => one.toString(2).padStart(length, '0');
const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const isJson = (one: string): boolean => {
  try {
    JSON.parse(one);
    return !one.includes('\\u0000');
  } catch {
    return false;
  }
};

const json = supply(
  numbers().map((one) => `{"n": ${one}}`),
  ['["it\'s", null, {"ü": "老\\"師"}]', '{"b":1,"a":2,  "a":3}', '{}', '[]', '"text"', '-1.5', 'true', 'null'],
  isJson,
);

/** The `length` of a bit string that is not said is 1. */
const bit = ([length = 1]: number[]): Supply =>
  each(
    (one) => bits(one % 2 ** Math.min(length, 20), length),
    ['1'.repeat(length), '0'.repeat(length)],
    Math.min(40, 2 ** Math.min(length, 20)),
  );

const varbit = ([length = 100]: number[]): Supply =>
  each((one) => bits(one, 1), ['1'.repeat(length), '', '0'], Math.min(40, 2 ** Math.min(length, 20) - 1));

/** What built-in types offer, by their name in pg_type: of their modifiers, and of the whole type as it is printed. */
export const scalars: Record<string, (modifiers: number[], format: string) => Supply> = {
  int2: () => integer('int2'),
  int4: () => integer('int4'),
  int8: () => integer('int8'),
  oid: () => integer('oid'),
  numeric,
  float4: () => float('float4'),
  float8: () => float('float8'),
  money: () => money,
  text: () => text(),
  varchar: ([limit]) => text(limit),
  bpchar: ([limit]) => text(limit, true),
  name: identifier,
  char: byte,
  bool: () => ({ ...supply(['true', 'false'], [], (one) => one === 'true' || one === 'false'), every: true }),
  date: () => date,
  time: ([digits]) => time(digits, ''),
  timetz: ([digits]) => time(digits, '+02'),
  timestamp: ([digits]) => timestamp(digits, ''),
  timestamptz: ([digits]) => timestamp(digits, '+00'),
  interval: (_, format) => interval(format),
  uuid: () =>
    supply(
      each((_, hex) => `00000000-0000-4000-8000-0000000000${hex}`).ordinary,
      ['ffffffff-ffff-ffff-ffff-ffffffffffff', '00000000-0000-0000-0000-000000000000'],
      (one) => isUuid.test(one),
    ),
  json: () => json,
  jsonb: () => json,
  jsonpath: () => each((one) => `$."a${one}"`),
  bytea: () => each((_, hex) => `\\x${hex}`, ['\\x', `\\x00ff27${'5c'.repeat(100)}`]),
  bit,
  varbit,
  inet: () => each((one) => `10.0.0.${one}`, ['0.0.0.0/0', '10.1.2.3/8', '::1', '2001:db8::/32', '255.255.255.255']),
  cidr: () => each((one) => `10.${one}.0.0/16`, ['0.0.0.0/0', '2001:db8::/32', '::1/128']),
  macaddr: () => each((_, hex) => `08:00:2b:01:02:${hex}`, ['ff:ff:ff:ff:ff:ff', '00:00:00:00:00:00']),
  macaddr8: () => each((_, hex) => `08:00:2b:01:02:03:04:${hex}`, ['ff:ff:ff:ff:ff:ff:ff:ff']),
  point: () => each((one) => `(${one},${one})`, ['(0,0)', '(-1.5,1e+100)']),
  line: () => each((one) => `{1,-1,${one}}`, ['{0,1,0}']),
  lseg: () => each((one) => `[(0,0),(${one},1)]`, ['[(0,0),(0,0)]']),
  box: () => each((one) => `(${10 * one + 5},${10 * one + 5}),(${10 * one},${10 * one})`, ['(0,0),(0,0)']),
  path: () => each((one) => `((0,0),(1,1),(${one},0))`, ['[(0,0),(-1,2)]']),
  polygon: () => each((one) => `((0,0),(1,1),(${one},0))`, ['((0,0))']),
  circle: () => each((one) => `<(${10 * one},0),1>`, ['<(0,0),0>']),
  tsvector: () => each((one) => `'a${one}':1 'b':2`, ['', `'it''s':1A`]),
  tsquery: () => each((one) => `'a${one}' & 'b'`, ['', `!'it''s' | 'x':*`]),
  pg_lsn: () => each((_, hex) => `0/${hex.replace(/^0/, '').toUpperCase()}`, ['FFFFFFFF/FFFFFFFF', '0/0']),
  xid: () => each(String),
  xid8: () => each(String),
  cid: () => each(String),
  tid: () => each((one) => `(0,${one})`),
  pg_snapshot: () => each((one) => `${one}:${one}:`),
  txid_snapshot: () => each((one) => `${one}:${one}:`),
  refcursor: () => text(),
  int2vector: () => each((one) => `${one} 1`, ['']),
  oidvector: () => each((one) => `${one} 1`, ['']),
  regtype: () => supply(['integer', 'text', 'boolean', 'date', 'uuid', 'numeric', 'bigint', 'smallint']),
  regclass: () =>
    supply(['pg_class', 'pg_type', 'pg_proc', 'pg_index', 'pg_attribute', 'pg_namespace', 'pg_am', 'pg_enum']),
  regnamespace: () => supply(['pg_catalog', 'pg_toast', 'information_schema']),
  regproc: () => supply(['now', 'pi', 'timeofday', 'version', 'pg_backend_pid']),
  regprocedure: () => supply(['now()', 'pi()', 'abs(integer)', 'abs(bigint)', 'version()']),
  regoperator: () => supply(['=(integer,integer)', '+(integer,integer)', '-(integer,integer)']),
  regconfig: () => supply(['simple', 'english', 'german', 'french', 'spanish']),
  regdictionary: () => supply(['simple', 'english_stem', 'german_stem', 'french_stem', 'spanish_stem']),
  regcollation: () => supply(['"C"', '"POSIX"', '"default"']),
  regrole: () => supply(['pg_monitor', 'pg_read_all_stats', 'pg_read_all_settings', 'pg_signal_backend']),
};

/** What is tried on a type that nobody here knows: an extension's, or one that this server was built without. */
export const guesses = (modifiers: readonly number[]): string[] => [
  ...numbers(20).flatMap((one) => [
    String(one),
    `a${one}`,
    `a${one}=>${one}`,
    `a.b${one}`,
    `(${one},${one})`,
    `[${Array.from({ length: modifiers[0] ?? 3 }, () => one)}]`,
    `POINT(${one} ${one})`,
    `<a n="${one}"/>`,
    `{"a": ${one}}`,
    `10.0.0.${one}`,
    `1.0.${one}`,
  ]),
  'a',
  ...numbers(20).map(article),
];

/** An international article number, which is a book's, too. */
function article(one: number): string {
  const digits = `9780306${String(one).padStart(5, '0')}`;
  const sum = [...digits].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
