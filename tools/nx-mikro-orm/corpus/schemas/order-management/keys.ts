/** What things are known by. */
import { p } from '@mikro-orm/core';
import type { Models } from '../models.ts';
import { refers } from '../models.ts';
import type { Change } from '../schema.ts';

/** A blank at the end of a code was lost in every export, and then nothing matched. */
export const unpadded: Change = {
  edit: (models) => {
    models.set('customer_demographics', { customer_type_id: p.string().length(10).primary() });
    models.set('territories', { territory_description: p.text() });
    models.set('region', { region_description: p.text().unique() });
  },
  gives: [
    ['select max(octet_length(customer_type_id)) from customer_customer_demo', [5]],
    ['select octet_length(region_description) from region where region_id = 1', [11]],
  ],
};

const counted: Record<string, string> = {
  categories: 'category_id',
  suppliers: 'supplier_id',
  products: 'product_id',
  region: 'region_id',
  employees: 'employee_id',
  shippers: 'shipper_id',
  orders: 'order_id',
};

/** In three years there would be more orders than a smallint has numbers, and two clerks took the same one. */
export const counting: Change = {
  edit: (models: Models) => {
    for (const [table, key] of Object.entries(counted))
      models.set(table, { [key]: p.integer().primary().generated('by default as identity') });
  },
  gives: [
    [
      "insert into orders (order_id, employee_id, order_date) values (40000, 1, '2025-06-01') returning order_id",
      [40000],
    ],
    ['delete from orders where order_id = 40000 returning employee_id', [1]],
    ["insert into shippers (company_name) values ('Balloon') returning shipper_id", [4]],
    ['delete from shippers where shipper_id > 3 returning company_name', ['Balloon']],
    ['select count(*)::int from busy_employees', [8]],
    ["select has_table_privilege('public', 'busy_employees', 'select')", [true]],
    ["select count(*)::int from pg_policies where tablename = 'orders'", [2]],
  ],
};

/** Two customers wanted the same five letters, and one that was renamed wanted others. */
export const numbered: Change = {
  edit: (models) => {
    models.renameColumns('customers', { customer_id: 'code' });
    const customers = models.table('customers');
    customers.columns = {
      customer_no: p.integer().primary().generated('by default as identity'),
      ...customers.columns,
      code: p.character().length(5).unique(),
    };
    customers.checks = [{ name: 'customers_code', expression: "code ~ '^[A-Z]+$'" }];
    customers.indexes = [
      { name: 'customers_name', expression: 'create index customers_name on customers (lower(company_name), code)' },
    ];
    // Orders have both for a while. What kind of buyer they are comes from elsewhere, by the letters.
    for (const [table, primary] of [
      ['orders', false],
      ['customer_customer_demo', true],
    ] as const) {
      models.renameColumns(table, { customer_id: 'code' });
      models.set(table, {
        code: refers('customers', (r) =>
          primary ? r.primary().targetKey('code').deleteRule('cascade') : r.nullable().index().targetKey('code'),
        ),
      });
    }
    models.set('orders', { customer_no: refers('customers', (r) => r.nullable().index()) });
    const late = models.view('late_orders');
    late.as = late.as.replace('c.customer_id = o.customer_id', 'c.code = o.code');
  },
  decisions: ['customers', 'orders', 'customer_customer_demo'].map((table) => `rename ${table}.customer_id:code`),
  after: {
    up: ['update orders set customer_no = c.customer_no from customers c where c.code = orders.code'],
    down: [],
  },
  gives: [
    ['select count(*)::int from orders where customer_no is null', [7]],
    ['select count(*)::int from customer_customer_demo join customers using (code)', [12]],
  ],
};

/** Every program that reads orders knows the numbers by now. */
export const unlettered: Change = {
  // On the way back the letters are wanted when their column is there again: it comes, empty, before this.
  before: {
    up: [],
    down: ['update orders set code = c.code from customers c where c.customer_no = orders.customer_no'],
  },
  edit: (models) => {
    models.drop('orders', 'code');
    const late = models.view('late_orders');
    late.as = late.as.replace('c.code = o.code', 'c.customer_no = o.customer_no');
  },
  decisions: ['drop orders.code'],
  gives: [
    [
      'select code from orders join customers using (customer_no) where order_id in (3, 30) order by order_id',
      ['AAAAE', 'AAAAL'],
    ],
  ],
};
