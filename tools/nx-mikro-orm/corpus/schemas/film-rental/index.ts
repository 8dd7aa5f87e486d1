import { p } from '@mikro-orm/core';
import { refers } from '../models.ts';
import type { Schema } from '../schema.ts';
import { bigKeys } from './big-keys.ts';
import { beyond, ground } from './handwork.ts';
import { filmRental, rating, ratings } from './models.ts';
import { rows } from './rows.ts';

const money = () => p.decimal().precision(10).scale(2);

export const film: Schema = {
  ground,
  models: filmRental,
  beyond,
  rows,
  changes: {
    'people have a given and a family name': {
      edit: (models) => {
        for (const table of ['actor', 'customer', 'staff'])
          models.renameColumns(table, { first_name: 'given_name', last_name: 'family_name' });
        models.reword({ first_name: 'given_name', last_name: 'family_name' });
        const info = models.view('actor_info');
        info.as = info.as.replace(
          'a.given_name, a.family_name,',
          'a.given_name as first_name, a.family_name as last_name,',
        );
      },
      decisions: ['actor', 'customer', 'staff'].flatMap((table) => [
        `rename ${table}.first_name:given_name`,
        `rename ${table}.last_name:family_name`,
      ]),
      gives: [
        ['select last_name from actor_info where actor_id = 3', ['Last3']],
        ['select name from staff_list where id = 2', ['Staff2 Last2']],
        ['select count(*)::int from rewards_report(2, 1.5)', [20]],
      ],
    },
    'money has room': {
      edit: (models) => {
        models.set('film', { rental_rate: money().default(4.99), replacement_cost: money().default(19.99) });
        models.set('payment', { amount: money() });
      },
      gives: [
        ['select price::text from film_list where fid = 1', ['4.99']],
        ['select count(*)::int from rental_by_category where total_sales > 0', [6]],
        [
          `select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'payment_p2022_03'::regclass and attname = 'amount'`,
          ['numeric(10,2)'],
        ],
      ],
    },
    'a film is not rated at first': {
      edit: (models) => models.set('film', { rating: rating(['NR', ...ratings], 'NR') }),
      revisions: 2,
      gives: [[`select rating::text from film where film_id < 6 order by film_id`, ['PG', 'PG-13', 'R', 'NC-17', 'G']]],
    },
    'one rating goes, one is called otherwise, one moves to the end': {
      edit: (models) => models.set('film', { rating: rating(['G', 'PG', 'T-13', 'R', 'NR'], 'NR') }),
      decisions: ['rename mpaa_rating.PG-13:T-13', 'map mpaa_rating.NC-17:R'],
      gives: [
        ['select rating::text from film where film_id < 6 order by film_id', ['PG', 'T-13', 'R', 'R', 'G']],
        ['select rating::text from film_list where fid = 4', ['R']],
        ['select rating::text from film order by film.rating desc limit 1', ['R']],
      ],
    },
    'payments come in other currencies, and none is negative': {
      edit: (models) => {
        models.set('payment', { currency: p.character().length(3) });
        models.table('payment').checks = [{ name: 'payment_amount_positive', expression: 'amount >= 0' }];
      },
      decisions: ["fill payment.currency:'CAD'"],
      gives: [
        ['select distinct currency from payment', ['CAD']],
        ['select count(*)::int from payment_p2022_03 where currency is not null', [31]],
      ],
    },
    'keys become bigint throughout': {
      edit: bigKeys,
      after: {
        up: [
          'drop function film_in_stock(int, int)',
          `create function film_in_stock(p_film_id bigint, p_store_id bigint, out p_film_count bigint) returns setof bigint
            language sql as $$ select inventory_id from inventory
            where film_id = p_film_id and store_id = p_store_id and inventory_in_stock(inventory_id) $$`,
        ],
        down: [
          'drop function film_in_stock(bigint, bigint)',
          `create function film_in_stock(p_film_id int, p_store_id int, out p_film_count int) returns setof int language sql as $$
      select inventory_id from inventory
      where film_id = p_film_id and store_id = p_store_id and inventory_in_stock(inventory_id) $$`,
        ],
      },
      gives: [
        [
          "insert into category (category_id, name) values (5000000000, 'Far away') returning category_id::text",
          ['5000000000'],
        ],
        ['delete from category where category_id = 5000000000 returning name', ['Far away']],
        [
          `select seqtypid::regtype::text from pg_sequence where seqrelid = 'payment_payment_id_seq'::regclass`,
          ['bigint'],
        ],
        ['select inventory_in_stock(5)', [false]],
      ],
    },
    'one column says whether a customer is active': {
      edit: (models) => {
        models.renameColumns('customer', { activebool: 'is_active' });
        models.drop('customer', 'active');
        models.reword({ activebool: 'is_active' });
      },
      decisions: ['rename customer.activebool:is_active', 'drop customer.active'],
      gives: [['select count(*)::int from customer where not is_active', [4]]],
    },
    'the full text is computed': {
      edit: (models) => {
        const film = models.table('film');
        film.triggers =
          film.triggers?.filter((trigger) => !('name' in trigger && trigger.name === 'film_fulltext_trigger')) ?? [];
        models.set('film', {
          fulltext: p
            .text()
            .columnType('tsvector')
            .nullable()
            .generated(`(to_tsvector('english', title || ' ' || coalesce(description, ''))) stored`),
        });
      },
      decisions: ['drop film.fulltext'],
      gives: [["select count(*)::int from film where fulltext @@ to_tsquery('english', 'tale & 7')", [1]]],
    },
    'films have a cast, with roles': {
      edit: (models) => {
        models.renameTable('film_actor', 'film_cast');
        const cast = models.table('film_cast');
        cast.triggers = [
          {
            name: 'last_updated',
            timing: 'before',
            events: ['update'],
            expression:
              'create trigger last_updated before update on film_cast for each row execute function last_updated()',
          },
        ];
        models.set('film_cast', { role: p.string().nullable() });
        models.reword({ film_actor: 'film_cast' });
      },
      decisions: ['rename film_actor:film_cast'],
      gives: [['select actors from film_list where fid = 2', ['First2 Last2']]],
    },
    'a film has one category': {
      before: {
        up: [
          'alter table film add column category_id bigint',
          'alter table film disable trigger user',
          'update film f set category_id = c.category_id from film_category c where c.film_id = f.film_id',
          'alter table film enable trigger user',
        ],
        down: ['alter table film drop column category_id'],
      },
      edit: (models) => {
        models.set('film', { category_id: refers('category', (r) => r.nullable().index()) });
        models.dropTable('film_category');
        for (const view of Object.values(models.views))
          view.as = view.as
            .replaceAll(
              /join film_category fc on fc\.film_id = (\w+)\.film_id/g,
              'join film fc on fc.film_id = $1.film_id',
            )
            .replaceAll('film f\n          join film fc', 'film f\n          join film fc');
      },
      decisions: ['drop film_category'],
      gives: [
        ['select category from film_list where fid = 7', ['Category 2']],
        ['select count(*)::int from rental_by_category', [6]],
      ],
    },
    'a language has a name of any length, and nobody has a picture': {
      edit: (models) => {
        models.set('language', { name: p.text() });
        models.drop('staff', 'picture');
        models.drop('film', 'original_language_id');
        models.dropView('rental_by_category');
      },
      decisions: ['drop staff.picture', 'drop film.original_language_id'],
      gives: [['select length(name) from language where language_id = 1', [10]]],
    },
  },
};
