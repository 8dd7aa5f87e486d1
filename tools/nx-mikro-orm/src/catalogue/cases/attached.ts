const setup = `create table public.teacher (id int primary key, name text not null, room int, during int4range);
  create table public.room (id int primary key)`;
const on = (change: string, undo: string, differences: string[], more = '') => ({
  setup: `${setup};${more}`,
  change,
  undo,
  differences,
});
const constraint = (definition: string, since?: number) => ({
  ...on(`alter table teacher add constraint c ${definition}`, 'alter table teacher drop constraint c', [
    'extra constraint public.teacher.c',
  ]),
  ...(since ? { since } : {}),
});
const index = (definition: string, since?: number) => ({
  ...on(`create index i on teacher ${definition}`, 'drop index i', ['extra index public.teacher.i']),
  ...(since ? { since } : {}),
});
const again = (kind: string, first: string, other: string, drop: string, differences: string[]) => ({
  [kind]: on(`${drop}; ${other}`, `${drop}; ${first}`, differences, first),
});
const touch = `create function touch() returns trigger language plpgsql as 'begin return new; end'`;

/** What hangs on tables: constraints, indexes, statistics, triggers, rules, policies. */
export default {
  check: constraint("check (name <> '')"),
  'check that is not valid': constraint("check (name <> '') not valid"),
  unique: constraint('unique (name) include (room) deferrable initially deferred'),
  'nulls not distinct': constraint('unique nulls not distinct (room)', 150000),
  'foreign key': constraint('foreign key (room) references room on delete set null'),
  exclusion: constraint('exclude using gist (during with &&) where (id > 3)'),
  ...again(
    'a constraint that is another',
    'alter table teacher add constraint c unique (name)',
    'alter table teacher add constraint c unique (name) with (fillfactor = 50)',
    'alter table teacher drop constraint c',
    ['changed constraint public.teacher.c'],
  ),
  'comments on a constraint and its index': on(
    "comment on constraint teacher_pkey on teacher is 'x'; comment on index teacher_pkey is 'y'",
    'comment on constraint teacher_pkey on teacher is null; comment on index teacher_pkey is null',
    ['changed constraint public.teacher.teacher_pkey'],
  ),
  'foreign keys whose triggers are off': on(
    'alter table teacher disable trigger all',
    'alter table teacher enable trigger all',
    ['changed constraint public.teacher.c'],
    'alter table teacher add constraint c foreign key (room) references room',
  ),
  index: index('(name)'),
  'partial expression index': index('(lower(name) desc nulls last) include (room) where room > 5'),
  'operator class': index('(name text_pattern_ops) with (fillfactor = 40)'),
  gin: index("using gin (to_tsvector('simple', name))"),
  ...again('order', 'create index i on teacher (name)', 'create index i on teacher (name desc)', 'drop index i', [
    'changed index public.teacher.i',
  ]),
  ...again(
    'uniqueness',
    'create index i on teacher (room)',
    'create unique index i on teacher (room)',
    'drop index i',
    ['changed index public.teacher.i'],
  ),
  'index validity': on(
    "update pg_index set indisvalid = false where indexrelid = 'i'::regclass",
    "update pg_index set indisvalid = true where indexrelid = 'i'::regclass",
    ['changed index public.teacher.i'],
    'create index i on teacher (room)',
  ),
  'index statistics': on(
    'alter index i alter column 1 set statistics 9',
    'alter index i alter column 1 set statistics -1',
    ['changed index public.teacher.i'],
    'create index i on teacher (lower(name))',
  ),
  statistics: on('create statistics s (ndistinct) on id, name from teacher', 'drop statistics s', [
    'extra statistics public.teacher.s',
  ]),
  'statistics target': on(
    'alter statistics s set statistics 5',
    'alter statistics s set statistics -1',
    ['changed statistics public.teacher.s'],
    'create statistics s (ndistinct) on id, name from teacher',
  ),
  trigger: on(
    'create trigger t before update on teacher for each row when (old.* is distinct from new.*) execute function touch()',
    'drop trigger t on teacher',
    ['extra trigger public.teacher.t'],
    touch,
  ),
  'disabled trigger': on(
    'alter table teacher disable trigger t',
    'alter table teacher enable trigger t',
    ['changed trigger public.teacher.t'],
    `${touch}; create constraint trigger t after update on teacher deferrable for each row execute function touch()`,
  ),
  rule: on('create rule r as on delete to teacher do instead nothing', 'drop rule r on teacher', [
    'extra rule public.teacher.r',
  ]),
  policy: on(
    'create policy "my p" on teacher for select to current_user using (id > 3)',
    'drop policy "my p" on teacher',
    ['extra policy public.teacher."my p"'],
  ),
  ...again(
    'policy check',
    'create policy p on teacher with check (id > 3)',
    "create policy p on teacher with check (id > 4); comment on policy p on teacher is 'x'",
    'drop policy p on teacher',
    ['changed policy public.teacher.p'],
  ),
  view: on('create view v as select id from teacher', 'drop view v', ['extra view public.v']),
  ...again(
    'security of a view',
    'create view v as select id from teacher',
    'create view v with (security_barrier) as select id from teacher',
    'drop view v',
    ['changed view public.v'],
  ),
  'columns of a view': on(
    "comment on column v.id is 'x'; alter view v alter id set default 5; grant select (id) on v to public",
    'comment on column v.id is null; alter view v alter id drop default; revoke select (id) on v from public',
    ['changed view public.v'],
    'create view v as select id from teacher',
  ),
  'materialized view': on(
    'create materialized view m as select id from teacher with no data; create unique index mi on m (id)',
    'drop materialized view m',
    ['extra index public.m.mi', 'extra materialized view public.m'],
  ),
  publication: on('create publication p for table teacher', 'drop publication p', ['extra publication p']),
  'publication of columns': {
    ...on(
      'alter publication p set table teacher (id) where (id > 3)',
      'alter publication p set table teacher',
      ['changed publication p'],
      'drop publication if exists p; create publication p for table teacher',
    ),
    since: 150000,
  },
};
