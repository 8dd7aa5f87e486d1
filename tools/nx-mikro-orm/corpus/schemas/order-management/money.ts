/** What things cost. */
import { p } from '@mikro-orm/core';
import { refers } from '../models.ts';
import type { Change } from '../schema.ts';
import { salesByCategory } from './handwork.ts';

const money = () => p.decimal().precision(12).scale(2);

/** A float has no cents: 4.6 is 4.5999999. */
export const exact: Change = {
  edit: (models) => {
    models.set('products', { unit_price: money().nullable(), discontinued: p.boolean().default(false) });
    models.set('order_details', { unit_price: money(), discount: p.decimal().precision(4).scale(3).default(0) });
    models.set('orders', { freight: money().default(0) });
    const products = models.table('products');
    products.checks = [{ name: 'products_price', expression: 'unit_price >= 0' }];
    products.indexes = [
      {
        name: 'products_to_order',
        expression: `create index products_to_order on products (supplier_id, (reorder_level - units_in_stock))
          where not discontinued and units_in_stock < reorder_level`,
      },
    ];
    const current = models.view('current_products');
    current.as = current.as.replace('p.discontinued = 0', 'not p.discontinued');
  },
  decisions: [
    'using products.unit_price:round(unit_price::numeric, 2)',
    'using order_details.unit_price:round(unit_price::numeric, 2)',
    'using order_details.discount:round(discount::numeric, 3)',
    'using orders.freight:round(freight::numeric, 2)',
    'using products.discontinued:discontinued <> 0',
  ],
  gives: [
    ['select unit_price::text from products where product_id in (4, 7) order by product_id', ['4.60', '8.05']],
    ['select subtotal::text from order_subtotals where order_id = 5', ['98.32500']],
    ['select count(*)::int from current_products', [27]],
    ['update products set unit_price = 5 where product_id = 4 returning unit_price::text', ['5.00']],
    ['update products set unit_price = 4.6 where product_id = 4 returning unit_price::text', ['4.60']],
    ['delete from price_log where product_id = 4 returning new_price', [5, 4.6]],
  ],
};

/** A price holds from a day on; no product has two on one day. */
export const dated: Change = {
  edit: (models) => {
    models.tables['product_prices'] = {
      columns: {
        product_id: refers('products', (r) => r.primary().deleteRule('cascade')),
        starts_on: p.date().primary(),
        ends_on: p.date().nullable(),
        price: money(),
      },
      checks: [
        {
          name: 'product_prices_apart',
          // Two of them may change places within a transaction.
          expression: `exclude using gist (product_id with =, daterange(starts_on, ends_on) with &&)
            deferrable initially deferred`,
        },
      ],
    };
  },
  after: {
    up: [
      `insert into product_prices (product_id, starts_on, price)
       select product_id, '2024-01-01', unit_price from products where unit_price is not null`,
    ],
    down: ['delete from product_prices'],
  },
  gives: [['select price::text from product_prices where product_id = 30', ['34.50']]],
};

const line = 'd.unit_price * d.quantity * (100 - d.discount_percent) / 100';

/** Nobody gives a discount of half a per cent, and every report computed the total of a line in its own way. */
export const totals: Change = {
  // It reads a column that goes. Since the prices were floats it says so of each.
  before: {
    up: ['drop materialized view sales_by_category'],
    down: salesByCategory('d.unit_price::float8 * d.quantity::float8 * (1::float8 - d.discount::float8)'),
  },
  edit: (models) => {
    models.drop('order_details', 'discount');
    models.set('order_details', {
      discount_percent: p.smallint(),
      line_total: p
        .decimal()
        .precision(14)
        .scale(2)
        .generated(`(${line.replaceAll('d.', '')}) stored`),
    });
    models.table('order_details').checks = [
      { name: 'order_details_quantity', expression: 'quantity between 1 and 1000' },
      { name: 'order_details_discount', expression: 'discount_percent in (0, 5, 10, 15, 20, 25)' },
    ];
    models.view('order_subtotals').as =
      'select order_id, sum(line_total) as subtotal from order_details group by order_id';
  },
  decisions: ['fill order_details.discount_percent:round(discount * 100)::smallint', 'drop order_details.discount'],
  after: { up: salesByCategory('d.line_total'), down: ['drop materialized view sales_by_category'] },
  gives: [
    ['select line_total::text from order_details where order_id = 3 order by product_id limit 1', ['11.73']],
    ['select subtotal::text from order_subtotals where order_id = 5', ['98.34']],
    ['select count(*)::int from sales_by_category where sales > 0', [5]],
  ],
};
