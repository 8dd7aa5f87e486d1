/** A music store: after the tables of the Chinook sample, with names in Pascal case and keys without a sequence. */
import { p } from '@mikro-orm/core';
import { Models, refers } from '../models.ts';

const key = () => p.integer().primary().autoincrement(false);
const text = (length: number) => p.string().length(length).nullable();
const money = () => p.decimal().precision(10).scale(2);
const moment = () => p.datetime().columnType('timestamp');
const place = (prefix = '') => ({
  [`${prefix}Address`]: text(70),
  [`${prefix}City`]: text(40),
  [`${prefix}State`]: text(40),
  [`${prefix}Country`]: text(40),
  [`${prefix}PostalCode`]: text(10),
});

export const musicStore = (): Models =>
  new Models({
    tables: {
      Artist: { columns: { ArtistId: key(), Name: text(120) } },
      Album: {
        columns: { AlbumId: key(), Title: p.string().length(160), ArtistId: refers('Artist', (r) => r.index()) },
      },
      Genre: { columns: { GenreId: key(), Name: text(120) } },
      MediaType: { columns: { MediaTypeId: key(), Name: text(120) } },
      Track: {
        columns: {
          TrackId: key(),
          Name: p.string().length(200),
          AlbumId: refers('Album', (r) => r.nullable().index()),
          MediaTypeId: refers('MediaType', (r) => r.index()),
          GenreId: refers('Genre', (r) => r.nullable().index()),
          Composer: text(220),
          Milliseconds: p.integer(),
          Bytes: p.integer().nullable(),
          UnitPrice: money(),
        },
        checks: [{ name: 'track_lasts', expression: '"Milliseconds" > 0' }],
      },
      Playlist: { columns: { PlaylistId: key(), Name: text(120) } },
      PlaylistTrack: {
        columns: {
          PlaylistId: refers('Playlist', (r) => r.primary().deleteRule('cascade')),
          TrackId: refers('Track', (r) => r.primary().index()),
        },
      },
      Employee: {
        columns: {
          EmployeeId: key(),
          LastName: p.string().length(20),
          FirstName: p.string().length(20),
          Title: text(30),
          ReportsTo: refers('Employee', (r) => r.nullable().index()),
          BirthDate: moment().nullable(),
          HireDate: moment().nullable(),
          ...place(),
          Phone: text(24),
          Fax: text(24),
          Email: text(60),
        },
      },
      Customer: {
        columns: {
          CustomerId: key(),
          FirstName: p.string().length(40),
          LastName: p.string().length(20),
          Company: text(80),
          ...place(),
          Phone: text(24),
          Fax: text(24),
          Email: p.string().length(60),
          SupportRepId: refers('Employee', (r) => r.nullable().index()),
        },
      },
      Invoice: {
        columns: {
          InvoiceId: key(),
          CustomerId: refers('Customer', (r) => r.index()),
          InvoiceDate: moment(),
          ...place('Billing'),
          Total: money(),
        },
      },
      InvoiceLine: {
        columns: {
          InvoiceLineId: key(),
          InvoiceId: refers('Invoice', (r) => r.index()),
          TrackId: refers('Track', (r) => r.index()),
          UnitPrice: money(),
          Quantity: p.integer(),
        },
      },
    },
    views: {
      TrackListing: {
        columns: { TrackId: p.integer().primary(), Track: p.text(), Artist: p.text(), UnitPrice: p.decimal() },
        as: `select t."TrackId", t."Name" as "Track", a."Name" as "Artist", t."UnitPrice"
          from "Track" t join "Album" l using ("AlbumId") join "Artist" a using ("ArtistId")`,
      },
      Revenue: {
        columns: { Month: p.date().primary(), Total: p.decimal() },
        as: `select date_trunc('month', i."InvoiceDate")::date as "Month", sum(l."UnitPrice" * l."Quantity") as "Total"
          from "Invoice" i join "InvoiceLine" l using ("InvoiceId") group by 1`,
      },
    },
  });

/** Sequences of numbers, with references that wander around. */
export const rows: string[] = [
  `insert into "Artist" select n, 'Artist ' || n from generate_series(1, 12) n`,
  `insert into "Album" select n, 'Album ' || n, 1 + n % 12 from generate_series(1, 20) n`,
  `insert into "Genre" select n, 'Genre ' || n from generate_series(1, 5) n`,
  `insert into "MediaType" values (1, 'MPEG'), (2, 'AAC')`,
  `insert into "Track" select n, 'Track ' || n, nullif(n % 21, 0), 1 + n % 2, nullif(n % 6, 0),
     case n % 3 when 0 then null when 1 then 'Ada' else 'Ada, Grace' end, 1000 * n, 10 * n, 0.99 + n % 2
   from generate_series(1, 60) n`,
  `insert into "Playlist" select n, 'List ' || n from generate_series(1, 4) n`,
  `insert into "PlaylistTrack" select 1 + n % 4, n from generate_series(1, 60) n`,
  `insert into "Employee" select n, 'Last' || n, 'First' || n, (array['General Manager', 'Sales Agent'])[1 + n % 2],
     nullif(n / 2, 0), '1970-01-01'::timestamp + n * interval '1 year', '2002-08-14 09:30', 'Road ' || n, 'Calgary',
     'AB', 'Canada', 'T2P', '+1 ' || n, '+2 ' || n, 'e' || n || '@example.com'
   from generate_series(1, 8) n`,
  `insert into "Customer" ("CustomerId", "FirstName", "LastName", "Country", "Email", "SupportRepId")
   select n, 'First' || n, 'Last' || n, (array['Brazil', 'Norway'])[1 + n % 2], 'c' || n || '@example.com', nullif(n % 9, 0)
   from generate_series(1, 15) n`,
  `insert into "Invoice" ("InvoiceId", "CustomerId", "InvoiceDate", "BillingCountry", "Total")
   select n, 1 + n % 15, '2021-01-31 23:30'::timestamp + n * interval '9 days', 'Norway', n * 1.5
   from generate_series(1, 30) n`,
  `insert into "InvoiceLine" select n, 1 + n % 30, 1 + n % 60, 0.99 + n % 2, 1 + n % 3 from generate_series(1, 90) n`,
];
