-- A shop that is in use: partitions with a default, inheritance, quoted names, references both ways.

create schema "Audit";
create schema billing;
create type order_state as enum ('new', 'paid', 'shipped', 'void');
create type address as (street text, zip text);
create domain positive as integer check (value > 0);
create domain zip as varchar(10);
create sequence ticket_seq;
create sequence "Audit".log_seq;
create role webapp;
create table customers (
  id bigint generated always as identity primary key,
  email text not null unique,
  name varchar(50),
  phone varchar(20),
  status text default 'new',
  created_at timestamp default now(),
  country char(2),
  balance numeric(10,2) default 0,
  notes text,
  deleted boolean not null default false,
  tags text[],
  meta jsonb,
  points smallint,
  score real,
  ip inet,
  birthday date,
  token uuid
);
create index customers_lower_email on customers (lower(email));
create index customers_name on customers (name);
create index customers_live on customers (created_at) where not deleted;
create table products (
  id serial primary key,
  sku text not null,
  title varchar(200) not null,
  price numeric(8,2) not null check (price >= 0),
  stock positive,
  active boolean default true,
  search tsvector,
  constraint products_sku_key unique (sku)
);
create table orders (
  id bigserial primary key,
  customer_id bigint not null constraint orders_customer_fk references customers (id) on delete cascade,
  product_id integer references products,
  total numeric(12,2) not null default 0,
  state order_state not null default 'new',
  placed_at timestamptz not null default now(),
  ref varchar(32),
  coupon text,
  shipped_at timestamptz,
  parent_id bigint
);
create index orders_customer_idx on orders (customer_id);
create index orders_state_idx on orders (state);
alter table orders add constraint orders_total_positive check (total >= 0) not valid;
alter table orders add constraint orders_parent_fk foreign key (parent_id) references orders (id) not valid;
alter table orders add constraint orders_coupon_nn check (coupon is not null);
create table order_items (
  order_id bigint not null references orders (id),
  line integer not null,
  qty integer not null default 1,
  note varchar(100),
  primary key (order_id, line)
);
create unique index order_items_uq on order_items (order_id, line, qty);
create table "Audit"."Log Entries" (
  "Id" bigint primary key,
  "Message" text,
  "Level" integer not null default 0,
  "At" timestamptz default now()
);
create table billing.invoices (
  id integer primary key,
  order_id bigint references orders (id),
  number text,
  due date,
  paid boolean not null default false
);
create table sessions (sid text, data text, expires timestamptz);
create unlogged table cache_entries (key text primary key, value text);
create table readings (
  sensor integer not null,
  taken_at timestamptz not null,
  value double precision,
  unit text default 'C'
) partition by range (taken_at);
create table readings_2025 partition of readings for values from ('2025-01-01') to ('2026-01-01');
create table readings_2026 partition of readings for values from ('2026-01-01') to ('2027-01-01');
create table readings_default partition of readings default;
create index readings_sensor_idx on readings (sensor);
create table readings_2024 (like readings including all);
create table readings_2023 (like readings including all, check (taken_at >= '2023-01-01' and taken_at < '2024-01-01'));
create table regions (code text, name text) partition by list (code);
create table regions_de partition of regions for values in ('DE');
create table animals (id integer primary key, name text);
create table dogs (breed text) inherits (animals);
create view customer_emails as select id, email from customers where not deleted;
create view order_totals as select customer_id, sum(total) as total from orders group by customer_id;
create materialized view daily_sales as select placed_at::date as day, sum(total) as total from orders group by 1;
create materialized view top_customers as select customer_id, count(*) as n from orders group by 1;
create unique index top_customers_key on top_customers (customer_id);
create function stamp() returns trigger language plpgsql as $$ begin new.created_at := now(); return new; end $$;
create function full_price(p numeric, tax numeric default 0.19) returns numeric language sql immutable as $$ select p * (1 + tax) $$;
create procedure purge() language plpgsql as $$ begin delete from sessions where expires < now(); end $$;
create trigger customers_stamp before insert on customers for each row execute function stamp();
alter table billing.invoices enable row level security;
create policy own on billing.invoices for select using (paid);
create policy upd on billing.invoices for update using (true);
