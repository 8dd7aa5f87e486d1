import type { Database } from './database.ts';

/** Everything in a database that tells what ran there: rows in the order in which they came, and things with where they are and whose. */
export async function witnesses({ values }: Database) {
  const books = await values(`select to_regclass('mikro_orm_migrations') is not null`);
  return {
    rows: await values(
      `select concat_ws(' ', what, path, mark, regexp_replace(who, '_.*', '')) from public.log order by n`,
    ),
    counted: await values(`select id || ': ' || n from public.counter where n <> 0 order by id`),
    columns: await values(
      `select attname::text from pg_attribute where attrelid = 'public.big'::regclass and attnum > 0 and not attisdropped order by 1`,
    ),
    constraints: await values(
      `select conname || ' ' || convalidated from pg_constraint where conrelid = 'public.big'::regclass and contype = 'c' order by 1`,
    ),
    relations: await values(
      `select concat_ws(' ', c.oid::regclass, regexp_replace(relowner::regrole::text, '_.*', ''), indisvalid)
       from pg_class c left join pg_index on indexrelid = c.oid
       where relnamespace::regnamespace::text in ('public', 'elsewhere') and relname !~ '^mikro_orm' order by 1`,
    ),
    ledger: books[0] === true ? await values('select name from mikro_orm_migrations order by id') : [],
  };
}
