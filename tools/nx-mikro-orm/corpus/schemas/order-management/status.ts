/** How far an order is. */
import { p } from '@mikro-orm/core';
import type { Models } from '../models.ts';
import type { Change } from '../schema.ts';

const status = (values: string[]) => p.enum(values).nativeEnumName('order_status');

const waiting = (condition: string) => ({
  name: 'orders_waiting',
  properties: ['employee_id', 'order_date'],
  where: condition,
});

function restrict(models: Models, waits: string, shipped: string): void {
  const orders = models.table('orders');
  orders.indexes = [waiting(waits)];
  orders.checks = [
    { name: 'orders_in_time', expression: 'shipped_date >= order_date' },
    { name: 'orders_shipped', expression: `shipped_date is null or ${shipped}` },
  ];
}

/** Whether an order waits, and for what, was guessed from dates. */
export const told: Change = {
  edit: (models) => {
    models.set('orders', { status: status(['open', 'held', 'shipped', 'closed']) });
    restrict(models, "status in ('open', 'held')", "status in ('shipped', 'closed')");
  },
  decisions: [
    `fill orders.status:(case when shipped_date is null then case order_id % 3 when 0 then 'held' else 'open' end
       when order_id < 20 then 'closed' else 'shipped' end)::order_status`,
  ],
  // The warehouse sees what is in its hands, and hears what becomes of it.
  after: {
    up: [
      `create policy no_change_when_closed on orders as restrictive for update using (status <> 'closed')`,
      `create function tell_status() returns trigger language plpgsql as $$ begin
        perform pg_notify('orders', new.order_id || ' ' || new.status); return null; end $$`,
      `create trigger status_told after update of status on orders for each row
        when (old.status is distinct from new.status and new.status <> 'closed') execute function tell_status()`,
      `create materialized view orders_by_status as
        select status, count(*) as orders, min(order_date) as since from orders group by status`,
      'create unique index orders_by_status_key on orders_by_status (status)',
      "comment on materialized view orders_by_status is 'on the wall of the warehouse'",
    ],
    down: [
      'drop materialized view orders_by_status',
      'drop trigger status_told on orders',
      'drop function tell_status()',
      'drop policy no_change_when_closed on orders',
    ],
  },
  gives: [['select orders::int from orders_by_status order by orders_by_status.status', [14, 6, 45, 15]]],
};

/** Open was said of boxes too, an order begins as one that is placed, and what is packed cannot be changed any more. */
export const packed: Change = {
  edit: (models) => {
    models.set('orders', { status: status(['placed', 'held', 'packed', 'shipped', 'closed']).default('placed') });
    restrict(models, "status in ('placed', 'held', 'packed')", "status in ('shipped', 'closed')");
  },
  decisions: ['rename order_status.open:placed'],
  revisions: 2,
  gives: [
    [
      'select status::text from orders_by_status order by orders_by_status.status',
      ['placed', 'held', 'shipped', 'closed'],
    ],
    ["update orders set status = 'packed' where order_id = 4 returning order_id", [4]],
    ["update orders set status = 'placed' where order_id = 4 returning order_id", [4]],
  ],
};

/** Whoever held an order forgot it. */
export const unheld: Change = {
  edit: (models) => {
    models.set('orders', { status: status(['placed', 'packed', 'shipped', 'closed']).default('placed') });
    restrict(models, "status < 'shipped'", "status >= 'shipped'");
  },
  decisions: ['map order_status.held:placed'],
  gives: [
    ['select orders::int from orders_by_status order by orders_by_status.status', [20, 45, 15]],
    ["select obj_description('orders_by_status'::regclass)", ['on the wall of the warehouse']],
    ["select qual from pg_policies where policyname = 'no_change_when_closed'", ["(status <> 'closed'::order_status)"]],
    ["select count(*)::int from pg_trigger where tgname = 'status_told' and tgenabled = 'O'", [1]],
  ],
};
