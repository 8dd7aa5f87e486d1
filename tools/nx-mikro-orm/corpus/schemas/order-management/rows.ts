/** Sequences of numbers, with references that wander around. */
const place = (n: string) => `${n} || ' Quay', 'Port ' || ${n} % 4, nullif('R' || ${n} % 3, 'R0'), 'P' || ${n} % 4,
  (array['Iceland', 'Chile'])[1 + ${n} % 2]`;

/** 1 → AAAAB */
const code = (n: string) => `'AAA' || chr(65 + (${n}) / 26) || chr(65 + (${n}) % 26)`;

export const rows: string[] = [
  `insert into categories select n, 'Shelf ' || n, 'What stands on shelf ' || n, '\\x00ff' from generate_series(1, 5) n`,
  `insert into suppliers select n, 'Supplier ' || n, 'Contact ' || n, 'Sales', ${place('n')}, '+1 ' || n, null, null
   from generate_series(1, 6) n`,
  `insert into products select n, 'Product ' || n, nullif(n % 7, 0), nullif(n % 6, 0), n || ' in a box',
     (n * 1.15)::real, n % 9, n % 3, n % 5, (n % 10 = 0)::int
   from generate_series(1, 30) n`,
  `insert into customers select ${code('n')}, 'Customer ' || n, 'Contact ' || n, 'Owner', ${place('n')}, '+2 ' || n, '+3 ' || n
   from generate_series(1, 20) n`,
  `insert into customer_demographics select 'KIND' || n, 'Buys ' || n || ' times' from generate_series(1, 3) n`,
  `insert into customer_customer_demo select ${code('n')}, 'KIND' || 1 + n % 3 from generate_series(1, 12) n`,
  `insert into region select n, 'Direction ' || n from generate_series(1, 4) n`,
  `insert into territories select lpad((n * 37)::text, 5, '0'), 'Valley ' || n, 1 + n % 4 from generate_series(1, 14) n`,
  `insert into employees select n, 'Last' || n, 'First' || n, 'Seller', 'Dr.', '1960-02-01'::date + n * 400,
     '1992-04-01'::date + n * 30, ${place('n')}, '+4 ' || n, 400 + n, null, nullif(n / 2, 0)
   from generate_series(1, 8) n`,
  `insert into employee_territories select 1 + n % 8, lpad((n * 37)::text, 5, '0') from generate_series(1, 14) n`,
  `insert into shippers select n, 'Shipper ' || n, '+5 ' || n from generate_series(1, 3) n`,
  `insert into us_states select n, 'State ' || n, chr(64 + n) || 'X', 'Coast ' || n % 2 from generate_series(1, 6) n`,
  `insert into orders select n, case when n % 11 > 0 then ${code('1 + n % 20')} end, 1 + n % 8, '2024-11-05'::date + n,
     '2024-11-15'::date + n, case when n % 4 > 0 then '2024-11-08'::date + n + n % 9 end, 1 + n % 3, (n * 0.35)::real,
     'Ship ' || n, ${place('n')}
   from generate_series(1, 80) n`,
  `insert into order_details select n, 1 + (n * k) % 30, (n * 1.15)::real, 1 + n % 12, (n % 4 * 0.05)::real
   from generate_series(1, 80) n, generate_series(1, 3) k on conflict do nothing`,
  'update products set unit_price = unit_price + 1 where product_id in (1, 2)',
  'refresh materialized view sales_by_category',
];
