/** What the trader looks at. */
import { p } from '@mikro-orm/core';
import type { View } from '../models.ts';

export const views = (): Record<string, View> => ({
  order_subtotals: {
    columns: { order_id: p.smallint().primary(), subtotal: p.decimal() },
    as: `select order_id, sum(unit_price * quantity * (1 - discount)) as subtotal from order_details group by order_id`,
  },
  current_products: {
    columns: { product_id: p.smallint().primary(), product_name: p.string(), category_name: p.string() },
    as: `select p.product_id, p.product_name, c.category_name
      from products p left join categories c using (category_id) where p.discontinued = 0`,
  },
  late_orders: {
    columns: { order_id: p.smallint().primary(), company_name: p.string(), days: p.integer() },
    as: `select o.order_id, c.company_name, o.shipped_date - o.required_date as days
      from orders o join customers c on c.customer_id = o.customer_id where o.shipped_date > o.required_date`,
  },
});
