/** A trader's orders: after the tables of the Northwind sample, with small keys, blank-padded codes and prices as floats. */
import { p } from '@mikro-orm/core';
import { Models, refers } from '../models.ts';
import { views } from './views.ts';

const key = () => p.smallint().primary().autoincrement(false);
const text = (length: number) => p.string().length(length).nullable();
const name = (length = 40) => p.string().length(length);
const real = () => p.float().columnType('real');
const count = () => p.smallint().default(0);

const place = (prefix = '') => ({
  [`${prefix}address`]: text(60),
  [`${prefix}city`]: text(15),
  [`${prefix}region`]: text(15),
  [`${prefix}postal_code`]: text(10),
  [`${prefix}country`]: text(15),
});

const company = () => ({
  company_name: name(),
  contact_name: text(30),
  contact_title: text(30),
  ...place(),
  phone: text(24),
  fax: text(24),
});

export const orderManagement = (): Models =>
  new Models({
    tables: {
      categories: {
        columns: {
          category_id: key(),
          category_name: name(15).unique(),
          description: p.text().nullable(),
          picture: p.blob().nullable(),
        },
      },
      suppliers: { columns: { supplier_id: key(), ...company(), homepage: p.text().nullable() } },
      products: {
        columns: {
          product_id: key(),
          product_name: name(),
          supplier_id: refers('suppliers', (r) => r.nullable().index()),
          category_id: refers('categories', (r) => r.nullable().index()),
          quantity_per_unit: text(20),
          unit_price: real().nullable(),
          units_in_stock: count(),
          units_on_order: count(),
          reorder_level: count(),
          discontinued: p.integer().default(0),
        },
        checks: [
          { name: 'products_price', expression: 'unit_price >= 0' },
          { name: 'products_discontinued', expression: 'discontinued in (0, 1)' },
        ],
        indexes: [
          {
            name: 'products_to_order',
            expression: `create index products_to_order on products (supplier_id, (reorder_level - units_in_stock))
              where discontinued = 0 and units_in_stock < reorder_level`,
          },
        ],
      },
      customers: {
        columns: { customer_id: p.character().length(5).primary(), ...company() },
        indexes: [
          {
            name: 'customers_name',
            expression: 'create index customers_name on customers (lower(company_name), customer_id)',
          },
        ],
        checks: [{ name: 'customers_code', expression: "customer_id ~ '^[A-Z]+$'" }],
      },
      customer_demographics: {
        columns: { customer_type_id: p.character().length(10).primary(), customer_desc: p.text().nullable() },
      },
      customer_customer_demo: {
        columns: {
          customer_id: refers('customers', (r) => r.primary().deleteRule('cascade')),
          customer_type_id: refers('customer_demographics', (r) => r.primary().index()),
        },
      },
      region: { columns: { region_id: key(), region_description: p.character().length(60) } },
      territories: {
        columns: {
          territory_id: p.string().length(20).primary(),
          territory_description: p.character().length(60),
          region_id: refers('region', (r) => r.index()),
        },
      },
      employees: {
        columns: {
          employee_id: key(),
          last_name: name(20),
          first_name: name(10),
          title: text(30),
          title_of_courtesy: text(25),
          birth_date: p.date().nullable(),
          hire_date: p.date().nullable(),
          ...place(),
          home_phone: text(24),
          extension: text(4),
          notes: p.text().nullable(),
          reports_to: refers('employees', (r) => r.nullable().index()),
        },
        checks: [{ name: 'employees_of_age', expression: "hire_date >= birth_date + interval '16 years'" }],
      },
      employee_territories: {
        columns: {
          employee_id: refers('employees', (r) => r.primary().deleteRule('cascade')),
          territory_id: refers('territories', (r) => r.primary().index()),
        },
      },
      shippers: { columns: { shipper_id: key(), company_name: name(), phone: text(24) } },
      us_states: {
        columns: {
          state_id: key(),
          state_name: text(100),
          state_abbr: p.character().length(2),
          state_region: text(50),
        },
      },
      orders: {
        columns: {
          order_id: key(),
          customer_id: refers('customers', (r) => r.nullable().index()),
          employee_id: refers('employees', (r) => r.nullable()),
          order_date: p.date(),
          required_date: p.date().nullable(),
          shipped_date: p.date().nullable(),
          ship_via: refers('shippers', (r) => r.nullable().index()),
          freight: real().default(0),
          ship_name: text(40),
          ...place('ship_'),
        },
        indexes: [{ name: 'orders_waiting', properties: ['employee_id', 'order_date'], where: 'shipped_date is null' }],
        checks: [{ name: 'orders_in_time', expression: 'shipped_date >= order_date' }],
      },
      order_details: {
        columns: {
          order_id: refers('orders', (r) => r.primary().deleteRule('cascade')),
          product_id: refers('products', (r) => r.primary().index()),
          unit_price: real(),
          quantity: p.smallint().default(1),
          discount: real().default(0),
        },
        checks: [
          { name: 'order_details_quantity', expression: 'quantity > 0' },
          { name: 'order_details_discount', expression: 'discount between 0 and 1' },
        ],
      },
    },
    views: views(),
  });
