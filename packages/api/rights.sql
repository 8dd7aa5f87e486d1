-- What the role of the API may do, and nothing else: it reads and writes the rows of its tables, reads the ledger, and
-- changes no schema. The owner of the tables runs this, again after each revision that brings a table; it may run as often
-- as one likes. The role gets its password elsewhere: alter role tutoria_api password '…'.
do $$
begin
  if not exists (select from pg_roles where rolname = 'tutoria_api') then
    create role tutoria_api login;
  end if;
end
$$;
grant usage on schema public to tutoria_api;
grant select, insert, update, delete on public.teacher, public.invite_code to tutoria_api;
grant usage on sequence public.teacher_id_seq, public.invite_code_id_seq to tutoria_api;
grant select on public.mikro_orm_migrations to tutoria_api;
