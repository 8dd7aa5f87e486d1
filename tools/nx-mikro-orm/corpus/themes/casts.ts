/** Values that become values of another type: never cut, rounded or lost without a word. */
import { p } from '@mikro-orm/core';
import { of, table, view, type Theme } from '../change.ts';

const change = (before: unknown, after: unknown, values: string, more = {}) =>
  of({ a: before }, { a: after }, { rows: [`insert into teacher (a) values ${values}`], ...more });
const select = 'select a::text from teacher order by id';
const raw = (type: string) => p.text().columnType(type);

export const casts: Theme = {
  'a text that is too long is never cut: nothing is changed': change(
    p.string().length(50),
    p.string().length(3),
    "('abcdef')",
    // Blanks at the end are, which is the standard's.
    { decisions: ['using teacher.a:"a"'], never: [/substr|left\(/], upFails: /too long/ },
  ),
  'nor are blanks at its end, where that is the answer': change(
    p.string().length(50),
    p.string().length(3),
    "('abc  ')",
    {
      decisions: [`using teacher.a:case when length("a") > 3 then "a" || '.' else "a" end`],
      upFails: /too long/,
    },
  ),
  'a text is cut, where that is the answer': change(p.string().length(50), p.string().length(3), "('abcdef')", {
    decisions: ['using teacher.a:left("a", 3)'],
    up: [['select a from teacher', ['abc']]],
  }),
  'blanks at the end of a text for which there is room': change(p.text(), p.string().length(5), "('abc  ')", {
    decisions: ['using teacher.a:"a"'],
    up: [['select length(a) from teacher', [5]]],
    down: [['select length(a) from teacher', [5]]],
  }),
  'a number that is too large: nothing is changed': change(p.bigint(), p.integer(), '(3000000000)', {
    upFails: /out of range/,
  }),
  'a text that is no number: nothing is changed': change(p.text(), p.integer(), "('7'), ('seven')", {
    upFails: /invalid input/,
  }),
  'fewer digits before the point: nothing is changed': change(
    p.decimal().precision(10).scale(2),
    p.decimal().precision(4).scale(2),
    '(12345.67)',
    { upFails: /overflow/ },
  ),
  'fewer decimal places: asked': change(
    p.decimal().precision(10).scale(3),
    p.decimal().precision(10).scale(1),
    '(1.25)',
    { decisions: ['using teacher.a:trunc("a", 1)'], up: [[select, ['1.2']]] },
  ),
  'numeric without limits gets some: asked': change(
    p.decimal().columnType('numeric'),
    p.decimal().precision(8).scale(2),
    '(1.25)',
    {
      decisions: ['using teacher.a:round("a", 2)'],
      up: [[select, ['1.25']]],
    },
  ),
  'numeric loses its limits': change(p.decimal().precision(8).scale(2), p.decimal().columnType('numeric'), '(1.25)', {
    up: [[select, ['1.25']]],
    down: [[select, ['1.25']]],
  }),
  'double becomes real: asked': change(p.double(), p.float().columnType('real'), '(1.5)', {
    decisions: ['using teacher.a:"a"::real'],
    up: [[select, ['1.5']]],
  }),
  'bigint becomes double: asked': change(p.bigint(), p.double(), '(9007199254740993)', {
    decisions: ['using teacher.a:"a"::double precision'],
  }),
  'numeric becomes integer: asked': change(p.decimal().precision(8).scale(2), p.integer(), '(1.50)', {
    decisions: ['using teacher.a:floor("a")::integer'],
    up: [[select, ['1']]],
  }),
  'numeric without decimals becomes bigint': change(p.decimal().precision(10).scale(0), p.bigint(), '(15)', {
    up: [[select, ['15']]],
    down: [[select, ['15']]],
  }),
  'money becomes numeric': change(raw('money'), p.decimal().precision(12).scale(2), "('1.50')", {
    up: [[select, ['1.50']]],
  }),
  'integer becomes numeric': change(p.integer(), p.decimal().precision(12).scale(2), '(15)', {
    up: [[select, ['15.00']]],
    down: [[select, ['15']]],
  }),
  // MikroORM 7.2.1 makes it a plain smallint that may be null.
  'smallint serial becomes an integer one': of(
    { n: p.smallint().autoincrement() },
    { n: p.integer().autoincrement() },
    {
      rows: ['insert into teacher (n) values (1)'],
      decisions: ['fill teacher.n'],
      up: [
        ['with m as (insert into teacher default values returning n) select n from m', [2]],
        ["select format_type(seqtypid, null) from pg_sequence where seqrelid = 'teacher_n_seq'::regclass", ['integer']],
      ],
    },
  ),
  'text to bytes has to be said': change(p.text(), p.blob(), "('ä')", {
    decisions: ["using teacher.a:convert_to(a, 'UTF8')"],
    up: [["select encode(a, 'hex') from teacher", ['c3a4']]],
    lost: ['teacher.a'],
  }),
  'text to time, date and interval': of(
    { a: p.text(), b: p.text(), c: p.text() },
    { a: p.time(), b: p.date(), c: p.interval() },
    {
      rows: ["insert into teacher (a, b, c) values ('10:30', '2020-02-03', '1 day')"],
      // What more than a time or a day stands in a text would go.
      decisions: ['using teacher.a:a::time', 'using teacher.b:b::date'],
      up: [['select a::text || b || c from teacher', ['10:30:002020-02-031 day']]],
      lost: ['teacher.a'],
    },
  ),
  'date to text and back, whatever the session shows dates as': change(p.date(), p.text(), "('2020-02-03')", {
    up: [[select, ['2020-02-03']]],
    down: [[select, ['2020-02-03']]],
  }),
  'bits that have to be cut: asked': change(raw('bit(8)'), raw('bit(4)'), "(b'10101010')", {
    decisions: ['using teacher.a:"a"::bit(4)'],
    up: [[select, ['1010']]],
    lost: ['teacher.a'],
  }),
  'an address with host bits becomes a network: asked': change(raw('inet'), raw('cidr'), "('10.1.2.3/8')", {
    decisions: ['using teacher.a:"a"::cidr'],
    up: [[select, ['10.0.0.0/8']]],
    lost: ['teacher.a'],
  }),
  'an interval that keeps only years and months: asked': change(
    raw('interval'),
    raw('interval year to month'),
    "('1 year 3 days')",
    { decisions: ['using teacher.a:"a"'], up: [[select, ['1 year']]], lost: ['teacher.a'] },
  ),
  'real and double to numeric: asked': of(
    { a: raw('real'), b: p.double() },
    { a: raw('numeric'), b: raw('numeric') },
    {
      rows: ['insert into teacher (a, b) values (0.25, 0.125)'],
      decisions: ['using teacher.a:"a"', 'using teacher.b:"b"'],
      up: [["select a || ' ' || b from teacher", ['0.25 0.125']]],
    },
  ),
  'numeric to money, and an interval to a time of day: asked': of(
    { a: raw('numeric'), b: raw('interval') },
    { a: raw('money'), b: p.time() },
    {
      rows: ["insert into teacher (a, b) values (1.505, '1 day 02:00')"],
      decisions: ['using teacher.a:"a"', 'using teacher.b:"b"'],
      up: [['select b::text from teacher', ['02:00:00']]],
      lost: ['teacher.a', 'teacher.b'],
    },
  ),
  'a day becomes a moment: the time zone has to be said': change(p.date(), p.datetime(), "('2020-02-03')", {
    decisions: [`using teacher.a:"a"::timestamp at time zone 'Asia/Taipei'`],
    up: [["select (a at time zone 'UTC')::text from teacher", ['2020-02-02 16:00:00']]],
    down: [[select, ['2020-02-03']]],
  }),
  'a moment becomes a day: the time zone has to be said': change(p.datetime(), p.date(), "('2020-02-02 16:00+00')", {
    decisions: [`using teacher.a:"a" at time zone 'Asia/Taipei'`],
    up: [[select, ['2020-02-03']]],
    down: [["select (a at time zone 'UTC')::text from teacher", ['2020-02-02 16:00:00']]],
    lost: ['teacher.a'],
  }),
  'a number to a uuid: what is offered works': change(p.integer(), p.uuid(), '(255)', {
    decisions: [`using teacher.a:lpad(to_hex("a"::bigint), 32, '0')::uuid`],
    up: [[select, ['00000000-0000-0000-0000-0000000000ff']]],
    lost: ['teacher.a'],
  }),
  'an array of integers gets wider': change(raw('integer[]'), raw('bigint[]'), "('{1,2}')", {
    up: [[select, ['{1,2}']]],
    down: [[select, ['{1,2}']]],
  }),
  'an array of text to one of integers': change(raw('text[]'), raw('integer[]'), "('{1,2}')", {
    up: [[select, ['{1,2}']]],
    down: [[select, ['{1,2}']]],
  }),
  'an array to json has to be said': change(raw('text[]'), p.json(), "('{x,y}')", {
    decisions: ['using teacher.a:to_jsonb(a)'],
    up: [[select, ['["x", "y"]']]],
    down: [],
    lost: ['teacher.a'],
  }),
  'an array to text': change(raw('text[]'), p.text(), "('{x,y}')", {
    up: [[select, ['{x,y}']]],
    down: [[select, ['{x,y}']]],
  }),
  'one value to json has to be said, or it has to be json': change(p.integer(), p.json(), '(5)', {
    decisions: ['using teacher.a:to_jsonb(a)'],
    up: [[select, ['5']]],
  }),
  'json to text': change(p.json(), p.text(), `('{"a": 1}')`, {
    up: [[select, ['{"a": 1}']]],
    down: [[select, ['{"a": 1}']]],
  }),
  'json as text to json: order and blanks go, which has to be said': change(
    raw('json'),
    p.json(),
    `('{"b":1,  "a":2}')`,
    { decisions: ['using teacher.a:a::jsonb'], up: [[select, ['{"a": 2, "b": 1}']]], lost: ['teacher.a'] },
  ),
  'a boolean to text': change(p.boolean(), p.text(), '(true)', {
    up: [[select, ['true']]],
    down: [[select, ['true']]],
  }),
  'a boolean to an enum has to be said': change(p.boolean(), p.enum(['yes', 'no']).nativeEnumName('answer'), '(true)', {
    decisions: ["using teacher.a:(case when a then 'yes' else 'no' end)::answer"],
    up: [[select, ['yes']]],
    downFails: undefined,
    lost: ['teacher.a'],
  }),
  'an integer to an enum has to be said': change(p.integer(), p.enum(['low', 'high']).nativeEnumName('level'), '(9)', {
    decisions: ["using teacher.a:(case when a > 5 then 'high' else 'low' end)::level"],
    up: [[select, ['high']]],
    lost: ['teacher.a'],
  }),
  'a number of seconds to a time stamp has to be said': change(p.bigint(), p.datetime(), '(1577836800)', {
    decisions: ['using teacher.a:to_timestamp(a)'],
    up: [["select to_char(a at time zone 'UTC', 'YYYY-MM-DD') from teacher", ['2020-01-01']]],
    lost: ['teacher.a'],
  }),
  'a uuid to text': change(p.uuid(), p.text(), "('00000000-0000-0000-0000-000000000001')", {
    up: [[select, ['00000000-0000-0000-0000-000000000001']]],
    down: [[select, ['00000000-0000-0000-0000-000000000001']]],
  }),
  'char to varchar loses the blanks at its end, as the server has it': change(
    p.character().length(5),
    p.string().length(5),
    "('ab')",
    { up: [['select length(a) from teacher', [2]]], down: [['select octet_length(a) from teacher', [5]]] },
  ),
  'a time of day with a zone to one without: asked': change(raw('timetz'), p.time(), "('10:00+02')", {
    decisions: ['using teacher.a:"a"::time'],
    up: [[select, ['10:00:00']]],
    lost: ['teacher.a'],
  }),
  'an interval to a number has to be said': change(p.interval(), p.integer(), "('2 days')", {
    decisions: ['using teacher.a:(extract(epoch from a) / 86400)::integer'],
    up: [[select, ['2']]],
    lost: ['teacher.a'],
  }),
  'a type, a default and not null at once': of(
    { a: p.string().nullable().default('7') },
    { a: p.integer().default(8) },
    {
      rows: ['insert into teacher default values'],
      decisions: ['fill teacher.a'],
      up: [
        [select, ['7']],
        ['with n as (insert into teacher default values returning a) select a from n', [8]],
      ],
      down: [[select, ['7']]],
    },
  ),
  'under a unique key, a check, a partial index and an index on an expression': of(
    { a: p.string().unique(), b: p.integer().default(1) },
    { a: p.text().unique(), b: p.integer().default(1) },
    {
      options: [0, 1].map(() => ({
        checks: [{ name: 'c', expression: "a <> ''" }],
        indexes: [
          { name: 'part', properties: ['b'], where: "a like 'x%'" },
          { name: 'low', expression: 'create index "low" on "teacher" (lower("a"))' },
        ],
      })) as never,
      rows: ["insert into teacher (a) values ('x')"],
      up: [[select, ['x']]],
    },
  ),
  'text to integer, under a check that would not fit any more': of(
    { a: p.text().check("a <> ''") },
    { a: p.integer().check('a > 0') },
    { rows: ["insert into teacher (a) values ('5')"], up: [[select, ['5']]], down: [[select, ['5']]] },
  ),
  'under a view that calculates with it': {
    before: [
      table('teacher', { a: p.integer() }),
      view('doubled', 'select a * 2 as twice from teacher', { twice: p.integer().primary() }),
    ],
    after: [
      table('teacher', { a: p.decimal().precision(12).scale(2) }),
      view('doubled', 'select a * 2 as twice from teacher', { twice: p.integer().primary() }),
    ],
    rows: ['insert into teacher (a) values (5)'],
    up: [['select twice::text from doubled', ['10.00']]],
    down: [['select twice from doubled', [10]]],
  },
  'of a computed column alone': of(
    { a: p.integer(), b: p.integer().generated('(a * 2) stored') },
    { a: p.integer(), b: p.bigint().generated('(a * 2) stored') },
    { rows: ['insert into teacher (a) values (4)'], up: [['select b::int from teacher', [8]]] },
  ),
  'of an identity that is no key': of(
    { n: p.integer().generated('by default as identity') },
    { n: p.bigint().generated('by default as identity') },
    {
      rows: ['insert into teacher default values'],
      up: [['with m as (insert into teacher default values returning n) select n::int from m', [2]]],
    },
  ),
  'a collation under an index and a unique key': of(
    { a: p.string().unique(), b: p.string().index() },
    { a: p.string().unique().collation('C'), b: p.string().index().collation('C') },
    { rows: ["insert into teacher (a, b) values ('x', 'y')"], up: [['select a || b from teacher', ['xy']]] },
  ),
  'with the storage and statistics that somebody set by hand': of(
    { a: p.string() },
    { a: p.text() },
    {
      byHand: {
        up: ['alter table teacher alter a set storage external', 'alter table teacher alter a set statistics 500'],
        down: ['alter table teacher alter a set statistics -1', 'alter table teacher alter a set storage extended'],
      },
      rows: ["insert into teacher (a) values ('x')"],
      up: [["select attstorage::text from pg_attribute where attrelid = 'teacher'::regclass and attname = 'a'", ['e']]],
    },
  ),
};
