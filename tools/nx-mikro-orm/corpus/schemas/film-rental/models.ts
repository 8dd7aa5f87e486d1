/** A film rental: after the tables of the Sakila and Pagila samples. */
import { p } from '@mikro-orm/core';
import { Models, refers, type Table } from '../models.ts';
import { views } from './views.ts';

const key = () => p.integer().primary();
const updated = () => p.datetime().defaultRaw('now()');
const name = (length = 50) => p.string().length(length);

/** A table whose rows know when they last changed; the function is by hand, all tables share it. */
const kept = (table: string, columns: Table['columns'], more: Partial<Table> = {}): Table => ({
  columns: { ...columns, last_update: updated() },
  ...more,
  triggers: [
    {
      name: 'last_updated',
      timing: 'before',
      events: ['update'],
      expression: `create trigger last_updated before update on ${table} for each row execute function last_updated()`,
    },
    ...(more.triggers ?? []),
  ],
});

export const ratings = ['G', 'PG', 'PG-13', 'R', 'NC-17'];
export const rating = (values: string[], first: string) =>
  p.enum(values).nativeEnumName('mpaa_rating').nullable().default(first);

const months = ['01', '02', '03', '04', '05', '06', '07'];

export const filmRental = (): Models =>
  new Models({
    tables: {
      actor: kept(
        'actor',
        { actor_id: key(), first_name: p.text(), last_name: p.text() },
        {
          indexes: [{ name: 'idx_actor_last_name', properties: ['last_name'] }],
        },
      ),
      category: kept('category', { category_id: key(), name: p.text() }),
      language: kept('language', { language_id: key(), name: p.character().length(20) }),
      country: kept('country', { country_id: key(), country: name() }),
      city: kept('city', { city_id: key(), city: name(), country_id: refers('country', (r) => r.index()) }),
      address: kept('address', {
        address_id: key(),
        address: name(),
        address2: name().nullable(),
        district: name(20),
        city_id: refers('city', (r) => r.updateRule('cascade').index()),
        postal_code: name(10).nullable(),
        phone: name(20),
      }),
      store: kept('store', {
        store_id: key(),
        // Each needs the other.
        manager_staff_id: refers('staff', (r) => r.unique().deferMode('deferred')),
        address_id: refers('address'),
      }),
      staff: kept('staff', {
        staff_id: key(),
        first_name: p.text(),
        last_name: p.text(),
        address_id: refers('address'),
        email: p.text().nullable(),
        store_id: refers('store'),
        active: p.boolean().default(true),
        username: name(16),
        password: name(40).nullable(),
        picture: p.blob().nullable(),
      }),
      film: kept(
        'film',
        {
          film_id: key(),
          title: p.text(),
          description: p.text().nullable(),
          release_year: p.integer().columnType('year').nullable(),
          language_id: refers('language', (r) => r.updateRule('cascade').index()),
          original_language_id: refers('language', (r) => r.nullable().updateRule('cascade').index()),
          rental_duration: p.smallint().default(3),
          rental_rate: p.decimal().precision(4).scale(2).default(4.99),
          length: p.smallint().nullable(),
          replacement_cost: p.decimal().precision(5).scale(2).default(19.99),
          rating: rating(ratings, 'G'),
          special_features: p.array().nullable(),
          fulltext: p.text().columnType('tsvector').nullable(),
        },
        {
          indexes: [
            { name: 'film_fulltext_idx', properties: ['fulltext'], type: 'gist' },
            { name: 'idx_title', properties: ['title'] },
            { name: 'idx_title_lower', expression: 'create index idx_title_lower on film (lower(title))' },
          ],
          triggers: [
            {
              name: 'film_fulltext_trigger',
              timing: 'before',
              events: ['insert', 'update'],
              expression: `create trigger film_fulltext_trigger before insert or update on film for each row
                execute function tsvector_update_trigger('fulltext', 'pg_catalog.english', 'title', 'description')`,
            },
          ],
        },
      ),
      film_actor: kept('film_actor', {
        actor_id: refers('actor', (r) => r.primary().updateRule('cascade')),
        film_id: refers('film', (r) => r.primary().updateRule('cascade').index()),
      }),
      film_category: kept('film_category', {
        film_id: refers('film', (r) => r.primary().updateRule('cascade')),
        category_id: refers('category', (r) => r.primary().updateRule('cascade')),
      }),
      customer: kept('customer', {
        customer_id: key(),
        store_id: refers('store', (r) => r.updateRule('cascade').index()),
        first_name: p.text(),
        last_name: p.text().index('idx_last_name'),
        email: p.text().nullable(),
        address_id: refers('address', (r) => r.updateRule('cascade').index()),
        activebool: p.boolean().default(true),
        create_date: p.date().defaultRaw('current_date'),
        active: p.integer().nullable(),
      }),
      inventory: kept(
        'inventory',
        {
          inventory_id: key(),
          film_id: refers('film', (r) => r.updateRule('cascade')),
          store_id: refers('store', (r) => r.updateRule('cascade')),
        },
        { indexes: [{ name: 'idx_store_id_film_id', properties: ['store_id', 'film_id'] }] },
      ),
      rental: kept(
        'rental',
        {
          rental_id: key(),
          rental_date: p.datetime(),
          inventory_id: refers('inventory', (r) => r.updateRule('cascade').index()),
          customer_id: refers('customer', (r) => r.updateRule('cascade')),
          return_date: p.datetime().nullable(),
          staff_id: refers('staff', (r) => r.updateRule('cascade')),
        },
        { uniques: [{ name: 'idx_rented_once', properties: ['rental_date', 'inventory_id', 'customer_id'] }] },
      ),
      payment: {
        columns: {
          payment_date: p.datetime().primary(),
          payment_id: p.integer().primary().autoincrement(),
          customer_id: refers('customer', (r) => r.updateRule('cascade').index()),
          staff_id: refers('staff', (r) => r.updateRule('cascade')),
          rental_id: refers('rental', (r) => r.updateRule('cascade')),
          amount: p.decimal().precision(5).scale(2),
        },
        partitionBy: {
          type: 'range',
          expression: 'payment_date',
          partitions: months.slice(0, -1).map((month, at) => ({
            name: `payment_p2022_${month}`,
            values: `from ('2022-${month}-01 00:00:00+00') to ('2022-${months[at + 1]}-01 00:00:00+00')`,
          })),
        },
      },
    },
    views: views(),
    routines: {
      inventory_in_stock: {
        type: 'function',
        language: 'plpgsql',
        params: { wanted: { type: 'int' } },
        returns: { runtimeType: 'boolean', columnType: 'boolean' },
        body: 'begin return not exists (select from rental where inventory_id = wanted and return_date is null); end',
      },
      get_customer_balance: {
        type: 'function',
        language: 'plpgsql',
        params: { who: { type: 'int' }, until: { type: 'timestamptz' } },
        returns: { runtimeType: 'number', columnType: 'numeric' },
        body: `begin return
          (select coalesce(sum(f.rental_rate), 0) from rental r join inventory using (inventory_id) join film f using (film_id)
            where r.customer_id = who and r.rental_date <= until)
          - (select coalesce(sum(amount), 0) from payment where customer_id = who and payment_date <= until); end`,
      },
      last_day: {
        type: 'function',
        language: 'sql',
        deterministic: true,
        params: { moment: { type: 'timestamp' } },
        returns: { runtimeType: 'Date', columnType: 'date' },
        body: `select (date_trunc('month', moment) + interval '1 month - 1 day')::date`,
      },
    },
  });
