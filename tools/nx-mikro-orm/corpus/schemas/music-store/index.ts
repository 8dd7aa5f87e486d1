import { p } from '@mikro-orm/core';
import type { Models } from '../models.ts';
import { refers } from '../models.ts';
import type { Schema } from '../schema.ts';
import { musicStore, rows } from './models.ts';

/** `PlaylistTrack` → `playlist_track` */
const snake = (name: string): string => name.replace(/(?<=.)[A-Z]/g, '_$&').toLowerCase();

/** The names of everything, as they are and as they will be; a column's with its table as it will be. */
function namesIn(models: Models): { tables: [string, string][]; columns: [table: string, from: string, to: string][] } {
  const tables = Object.keys(models.tables);
  return {
    tables: tables.map((name) => [name, snake(name)]),
    columns: tables.flatMap((table) =>
      Object.keys(models.table(table).columns).map((name): [string, string, string] => [
        snake(table),
        name,
        snake(name),
      ]),
    ),
  };
}

const names = namesIn(musicStore());

function toSnakeCase(models: Models): void {
  for (const [from, to] of names.tables) models.renameTable(from, to);
  for (const table of Object.keys(models.tables))
    models.renameColumns(
      table,
      Object.fromEntries(names.columns.filter(([of]) => of === table).map(([, from, to]) => [from, to])),
    );
  for (const table of Object.values(models.tables))
    for (const check of table.checks ?? [])
      check.expression = check.expression.replace(/"(\w+)"/g, (_, name: string) => snake(name));
  for (const [name, view] of Object.entries(models.views)) {
    view.as = view.as.replace(/"(\w+)"/g, (_, word: string) => snake(word));
    view.columns = Object.fromEntries(Object.entries(view.columns).map(([column, is]) => [snake(column), is]));
    models.dropView(name);
    models.views[snake(name)] = view;
  }
}

const catalog = ['artist', 'album', 'genre', 'media_type', 'track', 'playlist', 'playlist_track'];
const keys = (models: Models) =>
  Object.entries(models.tables).flatMap(([table, { columns }]) =>
    `${table}_id` in columns ? [[table, `${table}_id`] as const] : [],
  );

export const music: Schema = {
  models: musicStore,
  rows,
  changes: {
    'every name in snake case': {
      edit: toSnakeCase,
      decisions: [
        ...names.tables.map(([from, to]) => `rename ${from}:${to}`),
        ...names.columns.map(([table, from, to]) => `rename ${table}.${from}:${to}`),
      ],
      gives: [['select count(*)::int from track_listing', [58]]],
    },
    'keys count by themselves': {
      edit: (models) => {
        for (const [table, key] of keys(models))
          models.set(table, { [key]: p.integer().primary().generated('by default as identity') });
      },
      gives: [
        ["with new as (insert into genre (name) values ('Fado') returning genre_id) select genre_id from new", [6]],
        ["with gone as (delete from genre where name = 'Fado' returning name) select name from gone", ['Fado']],
      ],
    },
    'what a title is called is an enum': {
      edit: (models) => {
        models.set('employee', {
          title: p.enum(['General Manager', 'Sales Agent', 'IT Staff']).nativeEnumName('job').nullable(),
        });
      },
      gives: [
        [
          'select title::text from employee where employee_id < 3 order by employee_id',
          ['Sales Agent', 'General Manager'],
        ],
      ],
    },
    'a track has several composers': {
      edit: (models) => {
        models.drop('track', 'composer');
        models.set('track', { composers: p.array().nullable() });
      },
      decisions: ['rename track.composer:composers', "using track.composers:string_to_array(composers, ', ')"],
      changed: ['track.composers'],
      gives: [['select cardinality(composers) from track where track_id < 4 order by track_id', [1, 2, null]]],
    },
    'moments have a time zone, a birthday has no time': {
      edit: (models) => {
        models.set('invoice', { invoice_date: p.datetime() });
        models.set('employee', { birth_date: p.date().nullable(), hire_date: p.date().nullable() });
      },
      decisions: [
        "using invoice.invoice_date:invoice_date at time zone 'America/Edmonton'",
        'using employee.birth_date:birth_date::date',
        'using employee.hire_date:hire_date::date',
      ],
      gives: [
        [
          "select to_char(invoice_date at time zone 'UTC', 'YYYY-MM-DD HH24:MI') from invoice where invoice_id = 1",
          ['2021-02-10 06:30'],
        ],
        ['select birth_date::text from employee where employee_id = 1', ['1971-01-01']],
      ],
    },
    'the catalogue and the sales have schemas of their own': {
      edit: (models) => {
        for (const table of catalog) models.renameTable(table, `catalog.${table}`);
        for (const table of ['customer', 'invoice', 'invoice_line']) models.renameTable(table, `sales.${table}`);
        models.view('track_listing').as = `select t.track_id, t.name as track, a.name as artist, t.unit_price
            from catalog.track t join catalog.album l using (album_id) join catalog.artist a using (artist_id)`;
        models.view('revenue').as =
          `select date_trunc('month', i.invoice_date)::date as month, sum(l.unit_price * l.quantity) as total
            from sales.invoice i join sales.invoice_line l using (invoice_id) group by 1`;
      },
      decisions: [
        ...catalog.map((table) => `rename ${table}:catalog.${table}`),
        ...['customer', 'invoice', 'invoice_line'].map((table) => `rename ${table}:sales.${table}`),
      ],
      gives: [['select count(*)::int from track_listing', [58]]],
    },
    'a playlist has an order': {
      edit: (models) => {
        const list = models.table('catalog.playlist_track');
        list.columns = {
          playlist_id: refers('catalog.playlist', (r) => r.primary().deleteRule('cascade')),
          position: p.integer().primary(),
          track_id: refers('catalog.track', (r) => r.index()),
        };
      },
      decisions: [
        `fill catalog.playlist_track.position:(select count(*) from catalog.playlist_track before
           where before.playlist_id = playlist_track.playlist_id and before.track_id <= playlist_track.track_id)`,
      ],
      gives: [
        ['select max(position) from catalog.playlist_track', [15]],
        ['select track_id from catalog.playlist_track where playlist_id = 2 and position = 3', [9]],
      ],
    },
    'prices are whole cents': {
      edit: (models) => {
        for (const table of ['catalog.track', 'sales.invoice_line']) {
          models.renameColumns(table, { unit_price: 'unit_cents' });
          models.set(table, { unit_cents: p.integer() });
        }
        const listing = models.view('track_listing');
        listing.as = listing.as.replace('t.unit_price', 't.unit_cents / 100.0 as unit_price');
        const revenue = models.view('revenue');
        revenue.as = revenue.as
          .replace('l.unit_price * l.quantity', 'l.unit_cents * l.quantity) / 100.0')
          .replace('100.0)', '100.0');
      },
      decisions: ['catalog.track', 'sales.invoice_line'].flatMap((table) => [
        `rename ${table}.unit_price:unit_cents`,
        `using ${table}.unit_cents:(unit_cents * 100)::integer`,
      ]),
      gives: [
        ['select unit_cents from catalog.track where track_id < 3 order by track_id', [199, 99]],
        ['select round(unit_price, 2)::text from track_listing where track_id = 1', ['1.99']],
      ],
    },
    'nobody sends a fax, and a boss may leave': {
      edit: (models) => {
        models.drop('employee', 'fax');
        models.drop('sales.customer', 'fax');
        models.set('employee', {
          reports_to: refers('employee', (r) => r.nullable().index().deleteRule('set null').deferMode('deferred')),
        });
        models.set('sales.customer', { email: p.string().length(60).unique() });
      },
      decisions: ['drop employee.fax', 'drop sales.customer.fax'],
    },
    'genres are words on a track': {
      before: {
        up: [
          'alter table catalog.track add column genre varchar(120)',
          'update catalog.track t set genre = g.name from catalog.genre g where g.genre_id = t.genre_id',
        ],
        down: ['alter table catalog.track drop column genre'],
      },
      edit: (models) => {
        models.set('catalog.track', { genre: p.string().length(120).nullable().index() });
        models.drop('catalog.track', 'genre_id');
        models.dropTable('catalog.genre');
      },
      decisions: ['drop catalog.track.genre_id', 'drop catalog.genre'],
      gives: [['select genre from catalog.track where track_id in (1, 6) order by track_id', ['Genre 1', null]]],
    },
  },
};
