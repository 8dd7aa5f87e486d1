/** What no model says of the trader's orders. */
import type { Handwork } from '../schema.ts';

export const ground: Handwork = {
  up: ['create extension btree_gist'],
  down: ['drop extension btree_gist'],
};

/** What a category brings; `line` is what a line of an order costs. */
export const salesByCategory = (line: string): string[] => [
  `create materialized view sales_by_category as
    select c.category_id, c.category_name, sum(${line}) as sales
    from order_details d join products p using (product_id) join categories c using (category_id)
    group by c.category_id, c.category_name`,
  'create unique index sales_by_category_key on sales_by_category (category_id)',
];

export const beyond: Handwork = {
  up: [
    ...salesByCategory('d.unit_price * d.quantity * (1 - d.discount)'),
    `create table price_log (product_id smallint not null references products on delete cascade, old_price real,
      new_price real, noted_at timestamptz not null default now())`,
    `create function note_price() returns trigger language plpgsql as $$ begin
      insert into price_log (product_id, old_price, new_price) values (old.product_id, old.unit_price, new.unit_price);
      return null; end $$`,
    `create trigger price_noted after update of unit_price on products for each row
      when (old.unit_price is distinct from new.unit_price) execute function note_price()`,
    'alter table orders enable row level security',
    `create policy own_orders on orders
      using (employee_id = nullif(current_setting('trader.employee', true), '')::smallint)`,
    `create policy orders_of_my_people on orders for select
      using (employee_id in (select e.employee_id from employees e
        where e.reports_to = nullif(current_setting('trader.employee', true), '')::smallint))`,
    `create view busy_employees as select o.employee_id, sum(s.subtotal) as sold
      from orders o join order_subtotals s using (order_id) group by o.employee_id having count(*) > 5`,
    'grant select on busy_employees to public',
  ],
  down: [
    'drop view busy_employees',
    'drop policy orders_of_my_people on orders',
    'drop policy own_orders on orders',
    'alter table orders disable row level security',
    'drop trigger price_noted on products',
    'drop function note_price()',
    'drop table price_log',
    'drop materialized view sales_by_category',
  ],
};
