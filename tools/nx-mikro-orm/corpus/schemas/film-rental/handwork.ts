/** What no model can say of a film rental. */
import type { Handwork } from '../schema.ts';

export const ground: Handwork = {
  up: [
    'create domain year as integer constraint year_check check (value between 1901 and 2155)',
    `create function last_updated() returns trigger language plpgsql as $$
      begin new.last_update = now(); return new; end $$`,
    `create function _group_concat(text, text) returns text immutable language sql
      as $$ select concat_ws(', ', $1, $2) $$`,
    'create aggregate group_concat(text) (sfunc = _group_concat, stype = text)',
  ],
  down: [
    'drop aggregate group_concat(text)',
    'drop function _group_concat(text, text)',
    'drop function last_updated()',
    'drop domain year',
  ],
};

export const beyond: Handwork = {
  up: [
    `create function film_in_stock(p_film_id int, p_store_id int, out p_film_count int) returns setof int language sql as $$
      select inventory_id from inventory
      where film_id = p_film_id and store_id = p_store_id and inventory_in_stock(inventory_id) $$`,
    `create function rewards_report(min_purchases int, min_spent numeric) returns setof customer language sql as $$
      select c.* from customer c join payment p using (customer_id)
      group by c.customer_id having count(*) > min_purchases and sum(p.amount) > min_spent $$`,
    `comment on function rewards_report(int, numeric) is 'Who gets a present'`,
    'create index idx_payment_week on payment ((extract(week from payment_date at time zone $$UTC$$)))',
    'create statistics film_stats (dependencies) on rating, length from film',
  ],
  down: [
    'drop statistics film_stats',
    'drop index idx_payment_week',
    'drop function rewards_report(int, numeric)',
    'drop function film_in_stock(int, int)',
  ],
};
