/** What a random revision is put together from: statements that leave a trace, and what takes each back by hand. */
import type { Below } from './drawn.ts';

/** A text that a revision sends. */
export interface Piece {
  sql: string;
  /** What takes it back by hand, whether it was done or not. */
  undo: string[];
  /** A query that is true when all of it is in the database. Absent where nothing tells, and nothing is lost either way. */
  seen?: string;
  /** It never succeeds. */
  fails?: boolean;
}

const log = (token: string): string => `insert into public.log (what) values ('${token}')`;
const unlog = (token: string): string => `delete from public.log where what in ('${token}', '${token} again')`;
const isIndex = (name: string): string =>
  `select coalesce((select indisvalid from pg_index where indexrelid = to_regclass('public.${name}')), false)`;

export const say = (token: string): Piece => ({
  sql: log(token),
  undo: [unlog(token)],
  seen: `select count(*) = 1 from public.log where what = '${token}'`,
});

/** What runs before every history: what its statements work on. `other` is a role that the runner is a member of. */
export const groundFor = (other: string): string[] => [
  'create schema elsewhere',
  `grant all on schema elsewhere, public to ${other}`,
  `set role ${other}`,
  `create table log (n serial, what text not null, path text default current_setting('search_path'),
     mark text default nullif(current_setting('faults.mark', true), ''), who text default current_user)`,
  'create table counter (id int, n int not null)',
  'insert into counter select id, 0 from generate_series(1, 99) id',
  'create table big (a int, b int)',
  'insert into big select n, n from generate_series(1, 500) n',
  'create index big_b on big (b)',
  'create table twins (a int)',
  'insert into twins values (1), (1)',
  `create procedure twice(token text) language plpgsql as $$ begin
     insert into public.log (what) values (token);
     commit;
     insert into public.log (what) values (token || ' again');
     commit;
   end $$`,
  `create procedure half(token text) language plpgsql as $$ begin
     insert into public.log (what) values (token);
     commit;
     perform 1 / 0;
   end $$`,
];

/** One or more pieces that belong together, in this order. `k` is a number that no other piece has. */
type Make = (k: number, other: string) => Piece[];

/** In a transaction and outside of one. */
const anywhere: Make[] = [
  (k) => [say(`w${k}`)],
  (k) => [
    {
      sql: `update public.counter set n = n + 1 where id = ${k}`,
      undo: [`update public.counter set n = 0 where id = ${k}`],
      seen: `select n = 1 from public.counter where id = ${k}`,
    },
  ],
  (k) => [
    {
      sql: `create table t${k} (id int)`,
      undo: [`drop table if exists public.t${k}`, `drop table if exists elsewhere.t${k}`],
      seen: `select to_regclass('public.t${k}') is not null or to_regclass('elsewhere.t${k}') is not null`,
    },
  ],
  (k) => [
    {
      sql: `alter table public.big add column c${k} int`,
      undo: [`alter table public.big drop column if exists c${k}`],
      seen: `select exists (select from pg_attribute where attrelid = 'public.big'::regclass and attname = 'c${k}')`,
    },
  ],
  (k) => [{ sql: `${log(`w${k}`)}; ${log(`v${k}`)}`, undo: [unlog(`w${k}`), unlog(`v${k}`)] }],
  (k) => [
    {
      sql: `alter table public.big add constraint k${k} check (a > 0) not valid`,
      undo: [`alter table public.big drop constraint if exists k${k}`],
      seen: `select exists (select from pg_constraint where conname = 'k${k}')`,
    },
    { sql: `alter table public.big validate constraint k${k}`, undo: [] },
  ],
  (k) => [
    {
      sql: `do $$ begin ${log(`w${k}`)}; perform set_config('faults.mark', 'm${k}', false); end $$`,
      undo: [unlog(`w${k}`)],
    },
  ],
  (k) => [{ sql: `set faults.mark = 'm${k}'`, undo: [] }, say(`w${k}`)],
  (k) => [{ sql: `set local faults.mark = 'm${k}'`, undo: [] }, say(`w${k}`)],
  (k) => [{ sql: 'set search_path = elsewhere, public', undo: [] }, say(`w${k}`)],
  (k) => [{ sql: 'reset all', undo: [] }, say(`w${k}`)],
  (k, other) => [{ sql: `set role ${other}`, undo: [] }, say(`w${k}`), { sql: 'reset role', undo: [] }],
  (k, other) => [{ sql: `set role ${other}`, undo: [] }, say(`w${k}`)],
  (k) => [
    { sql: `create temporary table r${k} as select 'w${k}' as what`, undo: [] },
    { sql: `insert into public.log (what) select what from r${k}`, undo: [unlog(`w${k}`)] },
  ],
];

/** Only outside of a transaction. */
const alone: Make[] = [
  (k) => [
    {
      sql: `create index concurrently i${k} on public.big (a)`,
      undo: [`drop index if exists public.i${k}`],
      seen: isIndex(`i${k}`),
    },
  ],
  (k) => [
    {
      sql: `create unique index concurrently if not exists i${k} on public.big (b)`,
      undo: [`drop index if exists public.i${k}`],
      seen: isIndex(`i${k}`),
    },
  ],
  (k) => [
    {
      sql: `create index i${k} on public.big (b)`,
      undo: [`drop index if exists public.i${k}`],
      seen: isIndex(`i${k}`),
    },
    { sql: `drop index concurrently public.i${k}`, undo: [], seen: `select to_regclass('public.i${k}') is null` },
  ],
  () => [{ sql: 'vacuum public.big', undo: [] }],
  () => [{ sql: 'reindex index concurrently public.big_b', undo: [] }],
  (k) => [
    {
      sql: `call public.twice('w${k}')`,
      undo: [unlog(`w${k}`)],
      seen: `select count(*) = 2 from public.log where what in ('w${k}', 'w${k} again')`,
    },
  ],
];

/** One text that is sent as several; code sends every text as it is. */
const separated: Make[] = [
  (k) => [
    {
      sql: `${log(`w${k}`)}; create index concurrently i${k} on public.big (a); ${log(`v${k}`)}`,
      undo: [unlog(`w${k}`), unlog(`v${k}`), `drop index if exists public.i${k}`],
    },
  ],
];

const failures: { anywhere: Make[]; alone: Make[] } = {
  anywhere: [
    (k) => [{ sql: `select ${k} / (select 0)`, undo: [], fails: true }],
    () => [{ sql: 'insert into public.log (what) values (null)', undo: [], fails: true }],
    (k) => [{ sql: `${log(`w${k}`)}; select 1 / (select 0)`, undo: [unlog(`w${k}`)], fails: true }],
  ],
  alone: [
    (k) => [
      {
        sql: `create unique index concurrently i${k} on public.twins (a)`,
        undo: [`drop index if exists public.i${k}`],
        seen: isIndex(`i${k}`),
        fails: true,
      },
    ],
    (k) => [{ sql: `call public.half('w${k}')`, undo: [unlog(`w${k}`)], seen: 'select false', fails: true }],
  ],
};

/** The revision that a piece is for. */
interface Kind {
  transactional: boolean;
  code: boolean;
}

/** Draws pieces for a revision. */
export const drawPieces = ({ transactional, code }: Kind, k: number, other: string, below: Below): Piece[] =>
  draw(transactional ? anywhere : [...anywhere, ...alone, ...alone, ...(code ? [] : separated)], below)(k, other);

/** Draws one that fails. */
export const drawFailure = ({ transactional }: Kind, k: number, other: string, below: Below): Piece[] =>
  draw(transactional ? failures.anywhere : [...failures.anywhere, ...failures.alone], below)(k, other);

function draw(makes: readonly Make[], below: Below): Make {
  const make = makes[below(makes.length)];
  if (!make) throw new Error('there is nothing to draw from');
  return make;
}
