import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { loadModule, parseSync, scanSync } from 'libpg-query';
import { normalSql } from './normal.ts';

// PostgreSQL's own lexer and parser are the oracle.
before(() => loadModule());

describe('the same', () => {
  const cases: [string, string, string][] = [
    ['letter case', 'CREATE Table Foo (Id INT)', 'create table foo (id int)'],
    ['white space', ' create\ttable\f a\n\n(id\r\nint)\v', 'create table a(id int)'],
    ['line endings', 'select 1,\r\n2', 'select 1,\n2'],
    ['a comment to the end of the line', "select 1 -- it's\n, 2--", 'select 1, 2'],
    ['a line that ends with a carriage return', 'select 1 -- x\r, 2', 'select 1, 2'],
    ['nested comments', "select /* /* it's */ -- */ 1", 'select 1'],
    ['a comment between words', 'drop/**/table--\na', 'drop table a'],
    ['semicolons at the end', 'select 1;; ; -- x\n;', 'select 1'],
    ['empty statements', ';select 1;;/**/;select 2', 'select 1; select 2'],
    ['nothing', ' ; /* */ -- x', ''],
    ['operators', 'select a+b, c||d, -1, a->>b', 'select a + b , c || d , - 1 , a ->> b'],
    ['a sign after an operator', 'select a=-1', 'select a = - 1'],
    ['a comment in an operator', 'select a+/**/b, c<--\n-d', 'select a + b, c < -d'],
    [
      'casts, slices and names of arguments',
      'select a::int, b[1:2], f(x=>1)',
      'select a :: int, b [ 1 : 2 ], f(x => 1)',
    ],
    ['numbers', 'select 1E5, 0XFF, .5, 1_000', 'select 1e5, 0xff, .5, 1_000'],
    ['prefixes of texts', "select E'a', B'1', X'F', N'a', U&'a'", "select e'a', b'1', x'F', n'a', u&'a'"],
    ['lines in a text', "select 'a\r\nb', $$\r\n$$", "select 'a\nb', $$\n$$"],
    ['a text that goes on', "select 'a' -- x\r\n  'b'", "select 'a'\n'b'"],
    ['an escaped text that goes on', "select e'a\\'' \n\n 'b\\''", "select e'a\\''\n'b\\''"],
    ['what looks like a comment in a text', "select '--', '/*' , 1", "select '--', '/*',1"],
    ['a backslash before the quote: the text ends', "select '\\' -- a'", "select '\\'"],
    ['a quote in a text', "select 'a''', 1", "select 'a''',1"],
    ['a quote in a name', 'select "a""" , 1', 'select "a""",1'],
    ['dollars in a name', 'select a$$b -- x\n, c$d$e', 'select a$$b,c$d$e'],
    ['a dollar in a body', 'do $a$ x$a $$ $b$ $a$ --', 'do $a$ x$a $$ $b$ $a$'],
  ];
  for (const [title, left, right] of cases) it(title, () => assert.equal(normalSql(left), normalSql(right)));
});

describe('not the same', () => {
  const cases: [string, string, string][] = [
    ['another word', 'drop table a', 'drop table b'],
    ['words that grow together', 'select a b', 'select ab'],
    ['a number and a name', 'select 1a', 'select 1 a'],
    ['a number, and a text of bits after it', "select 1x'A'", "select 1x 'A'"],
    ['a parameter and a name', 'select $1a', 'select $1 a'],
    ['a sign twice and a comment', 'select - -1', 'select --1'],
    ['operators that grow together', 'select a < = b', 'select a <= b'],
    ['an operator that may end with a sign', 'select a @- 1', 'select a @ -1'],
    ['letter case of a name in quotes', 'select "A"', 'select "a"'],
    ['quotes around a name', 'select "a b"', 'select a b'],
    ['letter case of a text', "select 'A'", "select 'a'"],
    ['letter case of an escaped text', "select e'A'", "select e'a'"],
    ['letter case that PostgreSQL does not fold', 'select É', 'select é'],
    ['white space in a text', "select 'a  b'", "select 'a b'"],
    ['white space in a name', 'select "a  b"', 'select "a b"'],
    ['white space in a body', 'do $$ a $$', 'do $$ a  $$'],
    ['a comment in a body', 'do $$ a -- b\n $$', 'do $$ a\n $$'],
    ['a line in a text', "select 'a\nb'", "select 'a b'"],
    ['a carriage return alone in a text', "select 'a\rb'", "select 'a\nb'"],
    ['the tag of a body', 'do $a$ x $a$', 'do $b$ x $b$'],
    ['a text that goes on, and two texts', "select 'a'\n'b'", "select 'a' 'b'"],
    ['a comment that keeps a text from going on', "select 'a'\n'b'", "select 'a' /*\n*/ 'b'"],
    ['two texts, and a quote inside of one', "select 'a' 'b'", "select 'a''b'"],
    ['two parts, and one text', "select e'\\1'\n'1'", "select e'\\11'"],
    ['a prefix and a name', "select e'a'", "select e 'a'"],
    ['a prefix and an operator', "select u&'a'", "select u & 'a'"],
    ['an escaped quote', "select e'\\' -- a'", "select e'\\'"],
    ['a semicolon between', 'select 1; select 2', 'select 1 select 2'],
    ['a parameter', 'select $1', 'select $2'],
    ['a parameter and a number', 'select $1 2', 'select $12'],
    ['a dot in a number', 'select 1.5', 'select 1 5'],
    ['a no-break space is a name', 'select a\u00a0b', 'select a b'],
  ];
  for (const [title, left, right] of cases) it(title, () => assert.notEqual(normalSql(left), normalSql(right)));
});

describe('what is never closed stays as it is', () => {
  for (const rest of [
    "'a  -- B\r\n",
    '"A  b',
    '$$A  b',
    '$a$  $b$',
    "E'\\' -- A",
    "'a'\n'B  c",
    '/* /* A */ ',
    "u&'A  ",
  ])
    it(JSON.stringify(rest), () => assert.equal(normalSql(`SELECT  ${rest}`), `select ${rest}`));
});

/** Many kinds of statements, in every spelling that people use. */
const corpus = String.raw`
select 1;
SELECT a.b, "C"."d" FROM "Schema".a AS x, b y WHERE a.b<>1 AND NOT x.c IS NULL -- why
select a=-1, b<-1, c@-1, - - 1, -(-1), +1, 2^-1, a||-1 /* signs */
select 1.5, .5, 1., 1e5, 1.5E-3, 0x1F, 0o17, 0b101, 1_000_000
select 'it''s', E'it\'s\n', e'\\', B'101', x'1F', N'abc', U&'d!0061t!+000061' UESCAPE '!', ''
select 'a', 'b' from c where false or 'a'='b' limit $1
select 'one '
  'two'
  'three'
select E'a\''
'b\''
select $$body -- not a comment$$, $tag$ $$ /* $tag$, $_1$x$_1$
select a$b$c, _x, é, "é", "a""b", U&"d\0061t"
select (array[1,2,3])[1:2], array[]::int[], '{1,2}'::int[], (row(1,2)).f1
select f(a=>1, b:=2), g(variadic array[1]), count(*) filter (where x>1) over (partition by y order by z)
select case when a then b else c end, coalesce(a,b), nullif(a,b), cast(a as numeric(10,2)), a::text::varchar(10)
select * from a left join b using(id) cross join lateral (select 1) c order by 1 desc nulls last fetch first 1 row only
select a operator(pg_catalog.+) b, a->'b'->>'c', a#>'{b}', a@>b, a<@b, a?'b', a?|b, a?&b, a~*b, a!~~b, !!a
select interval '1' day, date'2020-01-01', timestamp with time zone '2020-01-01 00:00+00', time '12:00'
select extract(epoch from now()), position('a' in b), substring(a from 1 for 2), trim(both 'x' from a), overlay(a placing b from 1)
select a like 'b\_' escape '\', a similar to b, a between symmetric 1 and 2, a is distinct from b, a at time zone 'UTC'
with recursive a(n) as (values(1) union all select n+1 from a where n<10) select * from a
insert into a(b, "C") values (1, default), (2, 'x') on conflict (b) do update set "C"=excluded."C" returning *
insert into a select * from b where c in (1,2,3) and exists(select 1 from d)
update a set b=b+1, (c,d)=(1,2) from e where a.id=e.id
delete from a using b where a.id=b.id and a.x is not true
merge into a using b on a.id=b.id when matched and a.x>1 then update set x=1 when not matched then insert values (b.id)
truncate a, b restart identity cascade
CREATE TABLE "teacher" ("id" serial primary key, "name" varchar(255) not null default 'it''s', check (length(name)>0))
create table if not exists a.b (id bigint generated always as identity (start 10), c int generated always as (d*2) stored, primary key(id), unique nulls not distinct (c))
create table p (a int, b date) partition by range (b)
create table p1 partition of p for values from ('2020-01-01') to (maxvalue)
create unlogged table a (like b including all) with (fillfactor=70)
create temp table x on commit drop as select 1 as y
alter table a add column b int not null default 0, drop column if exists c cascade, alter d type text using d::text
alter table a add constraint "fk" foreign key (b) references c (id) on update cascade on delete set null deferrable initially deferred not valid
alter table a validate constraint fk
alter table a rename to b
alter table a enable row level security
create unique index concurrently if not exists "i" on a using btree (lower(b) text_pattern_ops desc, (c+1)) include (d) where e is null
drop index concurrently if exists i, j
reindex (concurrently) table a
create view v as select 1 as a, '--' as b
create or replace view v(a) with (security_barrier) as select 1 with check option
create materialized view m as select 1 with no data
create function f(a int default 1, out b text) returns text language sql immutable as $$ select a::text -- ; $$
create or replace function f() returns trigger language plpgsql as $fn$ begin new.a := $$x$$; return new; end $fn$
create function g(int) returns int language sql begin atomic select 1; select $1; end
create procedure p() language plpgsql as 'begin raise notice ''it''''s''; end'
do $$ begin perform 1; end $$
create trigger t after update of a on b for each row when (old.* is distinct from new.*) execute function f('x', 1)
create type e as enum ('a', 'B', 'c''d')
alter type e add value if not exists 'x' before 'a'
create type c as (a int, b text collate "C")
create domain d as int constraint positive check (value>0)
create sequence s increment by -1 minvalue -10 maxvalue 10 start -1 cycle owned by a.b
create extension if not exists "uuid-ossp" with schema public
create schema if not exists s authorization current_user
create policy p on a as restrictive for select to public using (owner=current_user) with check (true)
create rule r as on insert to a do instead (insert into b values (1); insert into c values (2))
create operator === (leftarg=int, rightarg=int, function=f, commutator= ===)
create cast (a as b) with function f(a) as implicit
create aggregate agg(int) (sfunc=f, stype=int, initcond='0')
create publication p for table a (b, c) where (b>1)
create statistics s (ndistinct) on a, b from c
create text search configuration t (copy=simple)
create event trigger e on ddl_command_end when tag in ('CREATE TABLE') execute function f()
create collation c (provider=icu, locale='de-u-co-phonebk')
comment on column a.b is E'line\r\nline'
comment on table a is null
grant select (a, b), insert on table c to "Role" with grant option
revoke all on all tables in schema public from public
alter default privileges in schema s grant select on tables to r
alter role r set search_path to a, "B", c
set local lock_timeout='2s'
set search_path=a,b
vacuum (analyze, verbose) a
analyze a (b)
lock table a in share row exclusive mode nowait
copy a (b) from stdin with (format csv, header true, delimiter ',')
explain (analyze, buffers off) select 1
prepare x(int) as select $1
begin; select 1; commit
savepoint a; rollback to savepoint a; release a
select pg_advisory_lock(hashtext('x')), set_config('a.b', $2, true);
`
  .split(/\n(?=[a-zA-Z])/)
  .map((sql) => sql.trim())
  .filter(Boolean);

/** The parse tree, without where things stand in the text; the only thing in it that keeps its spelling is a number. */
const tree = (sql: string): unknown =>
  JSON.parse(JSON.stringify(parseSync(sql).stmts), (key, value: unknown) => {
    if (/location$|^stmt_len$|list_(start|end)$/.test(key)) return undefined;
    return key === 'fval' ? Number(value) : value;
  });

/** A sequence of numbers that is the same in every run. */
const numbers = (seed: number) => (below: number) => (seed = (seed * 48271) % 2147483647) % below;

it(`means what it meant: ${corpus.length} statements`, () => {
  assert.ok(corpus.length >= 80, String(corpus.length));
  for (const sql of corpus) {
    const normal = normalSql(sql);
    assert.deepEqual(tree(normal), tree(sql), sql);
    assert.equal(normalSql(normal), normal);
  }
  assert.equal(new Set(corpus.map(normalSql)).size, corpus.length);
});

it('comments, white space and letter case between any two tokens change nothing', () => {
  const random = numbers(1);
  // A sign before `--` would be part of it.
  const gaps = [
    ' ',
    '\t',
    '\f ',
    '/**/',
    '/* it\'s /* " */ $$ */',
    ' /*;*/ ',
    '\n',
    '\r\n',
    ' -- it\'s "\n',
    ' --\r\n',
  ];
  for (const sql of corpus) {
    const normal = normalSql(sql);
    const bytes = Buffer.from(normal);
    for (let round = 0; round < 20; round++) {
      let text = '';
      let end = 0;
      for (const token of scanSync(normal).tokens) {
        const found = bytes.subarray(token.start, token.end).toString();
        if (token.start > end) text += gaps[random(gaps.length)];
        text += /['"$]/.test(found) || random(2) ? found : found.replace(/[a-z]/g, (letter) => letter.toUpperCase());
        end = token.end;
      }
      assert.equal(normalSql(`${text};`), normal, text);
    }
  }
});

it('has the tokens of the text, and no two texts with other tokens have the same', () => {
  const random = numbers(7);
  const bits =
    `' '' " $ $$ $a$ $1 e' E' \\ u&' U&" n' B' x' -- /* */ a A b 1 2.5 . .. : := = - + * / @ < > ! % ( ) ; , é select 0x1F 1e5 _`
      .split(' ')
      .concat('\n', '\r\n', ' ', '\t');
  const tokensOf = (sql: string): string | undefined => {
    try {
      // The oracle does not take a text without tokens.
      const bytes = Buffer.from(`x ${sql}`);
      const tokens = scanSync(`x ${sql}`)
        .tokens.filter(({ tokenName }) => !tokenName.endsWith('COMMENT'))
        .map(({ start, end }) => bytes.subarray(start, end).toString())
        .map((found) =>
          /['"]|^\$/.test(found)
            ? found.replace(/^[A-Z]+/, (prefix) => prefix.toLowerCase())
            : found.replace(/[A-Z]/g, (l) => l.toLowerCase()),
        )
        .map((found) => found.replaceAll('\r\n', '\n'));
      return JSON.stringify(
        tokens.filter((found, at) => found !== ';' || tokens.slice(at).find((other) => other !== ';')),
      );
    } catch {
      return undefined;
    }
  };
  const meanings = new Map<string, string>();
  let scanned = 0;
  for (let round = 0; round < 20_000; round++) {
    const sql = Array.from({ length: 1 + random(9) }, () => bits[random(bits.length)]).join('');
    const normal = normalSql(sql);
    const tokens = tokensOf(sql)
      ?.replace(/^\["x",(";",)+/, '["x",')
      .replace(/(";",)+/g, '";",');
    assert.equal(tokensOf(normal), tokens, `${JSON.stringify(sql)} → ${JSON.stringify(normal)}`);
    assert.equal(normalSql(normal), normal);
    if (tokens === undefined) continue;
    scanned++;
    const known = meanings.get(normal);
    if (known !== undefined) assert.equal(tokens, known, normal);
    meanings.set(normal, tokens);
  }
  assert.ok(scanned > 5000, String(scanned));
});

// With more than a bounded number of looks at each character, these would not end.
describe('5 MB in linear time', () => {
  const cases: [string, string][] = [
    ['values', `insert into a values ${"(1, 'abc', null),\n".repeat(250_000)} (1)`],
    ['one text', `select '${"a ''b\r\n".repeat(600_000)}'`],
    ['one escaped text', `select E'${"a \\'b\r\n".repeat(600_000)}'`],
    ['a text that goes on', `select 'a'${"\n'b'".repeat(1_000_000)}`],
    ['a body', `do $$${'a $ b\n'.repeat(700_000)}$$`],
    ['comments', `${'-- a /* b\n'.repeat(400_000)}${'/*'.repeat(400_000)}`],
    ['operators', '+/**/'.repeat(700_000) + '<'.repeat(700_000)],
    ['something never closed', "'a' -- x\n/* ".repeat(400_000)],
  ];
  for (const [title, sql] of cases)
    it(title, () => {
      assert.notEqual(normalSql(sql), '');
    });
});
