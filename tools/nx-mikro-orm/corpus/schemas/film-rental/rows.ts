/** Sequences of numbers, with references that wander around. */
export const rows: string[] = [
  `insert into actor (first_name, last_name) select 'First' || n, 'Last' || n from generate_series(1, 20) n`,
  `insert into category (name) select 'Category ' || n from generate_series(1, 6) n`,
  `insert into language (name) select 'Language ' || n from generate_series(1, 4) n`,
  `insert into country (country) select 'Country ' || n from generate_series(1, 4) n`,
  `insert into city (city, country_id) select 'City ' || n, 1 + n % 4 from generate_series(1, 9) n`,
  `insert into address (address, district, city_id, phone)
   select n || ' Road', 'District ' || n % 3, 1 + n % 9, '555-' || n from generate_series(1, 25) n`,
  // In one statement string, and so in one transaction: a store needs its manager, who needs a store.
  `insert into store (manager_staff_id, address_id) values (1, 1), (2, 2);
   insert into staff (first_name, last_name, address_id, store_id, username, picture)
   select 'Staff' || n, 'Last' || n, 2 + n, n, 'staff' || n, '\\x0102' from generate_series(1, 2) n`,
  `insert into film (title, description, release_year, language_id, original_language_id, length, rating, special_features)
   select 'Film ' || n, 'A tale of number ' || n, 1990 + n % 30, 1 + n % 4, nullif(n % 5, 0), 60 + n,
     (enum_range(null::mpaa_rating))[1 + n % 5], array['Trailers', 'Scene ' || n]
   from generate_series(1, 40) n`,
  `insert into film_actor (actor_id, film_id) select 1 + n % 20, 1 + n % 40 from generate_series(1, 60) n on conflict do nothing`,
  `insert into film_category (film_id, category_id) select n, 1 + n % 6 from generate_series(1, 40) n`,
  `insert into customer (store_id, first_name, last_name, email, address_id, activebool, active)
   select 1 + n % 2, 'First' || n, 'Last' || n, n || '@example.com', 4 + n, n % 5 > 0, (n % 5 > 0)::int
   from generate_series(1, 20) n`,
  `insert into inventory (film_id, store_id) select 1 + n % 40, 1 + n % 2 from generate_series(1, 70) n`,
  `insert into rental (rental_date, inventory_id, customer_id, return_date, staff_id)
   select '2022-01-20 10:00+00'::timestamptz + n * interval '1 day', 1 + n % 70, 1 + n % 20,
     case when n % 4 > 0 then '2022-01-25 10:00+00'::timestamptz + n * interval '1 day' end, 1 + n % 2
   from generate_series(1, 120) n`,
  `insert into payment (payment_date, customer_id, staff_id, rental_id, amount)
   select rental_date, customer_id, staff_id, rental_id, 0.99 + rental_id % 7 from rental`,
  'refresh materialized view rental_by_category',
];
