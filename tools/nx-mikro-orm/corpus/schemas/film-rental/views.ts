/** What the rental looks at: lists and sums over several tables. */
import { p } from '@mikro-orm/core';
import type { View } from '../models.ts';

const id = () => p.integer().primary();

export const views = (): Record<string, View> => ({
  actor_info: {
    columns: { actor_id: id(), first_name: p.text(), last_name: p.text(), film_info: p.text() },
    as: `select a.actor_id, a.first_name, a.last_name,
        group_concat(distinct c.name || ': ' || (
          select group_concat(f.title) from film f
          join film_category fc on fc.film_id = f.film_id
          join film_actor fa on fa.film_id = f.film_id
          where fc.category_id = c.category_id and fa.actor_id = a.actor_id)) as film_info
      from actor a
      left join film_actor fa on fa.actor_id = a.actor_id
      left join film_category fc on fc.film_id = fa.film_id
      left join category c on c.category_id = fc.category_id
      group by a.actor_id, a.first_name, a.last_name`,
  },
  customer_list: {
    columns: { id: id(), name: p.text(), address: p.text(), city: p.text(), country: p.text(), notes: p.text() },
    as: `select cu.customer_id as id, cu.first_name || ' ' || cu.last_name as name, a.address, ci.city, co.country,
        case when cu.activebool then 'active' else '' end as notes, cu.store_id as sid
      from customer cu
      join address a on a.address_id = cu.address_id
      join city ci on ci.city_id = a.city_id
      join country co on co.country_id = ci.country_id`,
  },
  film_list: {
    columns: { fid: id(), title: p.text(), category: p.text(), price: p.decimal(), rating: p.text(), actors: p.text() },
    as: `select f.film_id as fid, f.title, f.description, c.name as category, f.rental_rate as price, f.length, f.rating,
        group_concat(a.first_name || ' ' || a.last_name) as actors
      from film f
      left join film_category fc on fc.film_id = f.film_id
      left join category c on c.category_id = fc.category_id
      left join film_actor fa on fa.film_id = f.film_id
      left join actor a on a.actor_id = fa.actor_id
      group by f.film_id, f.title, f.description, c.name, f.rental_rate, f.length, f.rating`,
  },
  sales_by_film_category: {
    columns: { category: p.text().primary(), total_sales: p.decimal() },
    as: `select c.name as category, sum(p.amount) as total_sales
      from payment p
      join rental r on r.rental_id = p.rental_id
      join inventory i on i.inventory_id = r.inventory_id
      join film_category fc on fc.film_id = i.film_id
      join category c on c.category_id = fc.category_id
      group by c.name`,
  },
  sales_by_store: {
    columns: { store: p.text().primary(), manager: p.text(), total_sales: p.decimal() },
    as: `select ci.city || ',' || co.country as store, m.first_name || ' ' || m.last_name as manager,
        sum(p.amount) as total_sales
      from payment p
      join rental r on r.rental_id = p.rental_id
      join inventory i on i.inventory_id = r.inventory_id
      join store s on s.store_id = i.store_id
      join address a on a.address_id = s.address_id
      join city ci on ci.city_id = a.city_id
      join country co on co.country_id = ci.country_id
      join staff m on m.staff_id = s.manager_staff_id
      group by co.country, ci.city, s.store_id, m.first_name, m.last_name`,
  },
  staff_list: {
    columns: { id: id(), name: p.text(), phone: p.text(), sid: p.integer() },
    as: `select s.staff_id as id, s.first_name || ' ' || s.last_name as name, a.phone, s.store_id as sid
      from staff s join address a on a.address_id = s.address_id`,
  },
  rental_by_category: {
    columns: { category: p.text().primary(), total_sales: p.decimal() },
    as: `select c.name as category, sum(p.amount) as total_sales
      from payment p
      join rental r on r.rental_id = p.rental_id
      join inventory i on i.inventory_id = r.inventory_id
      join film_category fc on fc.film_id = i.film_id
      join category c on c.category_id = fc.category_id
      group by c.name`,
    materialized: true,
  },
});
