/** What a conversion does to values of every shape: tried on scratch, there and back, in two time zones. */
import { escapeLiteral } from 'pg';
import type { Client } from '../../catalogue/index.ts';
import { quoted } from '../../catalogue/kinds/naming.ts';
import { multi } from '../../sql/multi.ts';
import { tryInsert } from './attempt.ts';
import { describeTables } from './describe.ts';
import { askAboutTypes } from './known.ts';
import { foundation, supplyOf } from './values/compose.ts';
import { conversionTexts } from './values/texts.ts';

/** A type that values are converted from, and what there is to try. */
export interface Shapes {
  /** Quoted: what the column is called in expressions. */
  column: string;
  /** As it is printed. */
  type: string;
  values: string[];
  /** Many texts may mean one value (`1`, `01`), so that a text which is not given back tells nothing by itself. */
  isText: boolean;
}

/** A value that became another one, and nobody said so. */
interface ConversionExample {
  was: string;
  became: string | null;
}

export interface Conversion {
  /** How many values there were for which the server had no error. */
  converted: number;
  changed: ConversionExample | undefined;
  /** What a value becomes depends on the time zone of the session. */
  dependsOnZone: boolean;
}

const table = 'nx_mikro_orm_conversion';

/** Values of every shape that the type has. `limit` is the length of the type that they are to become, if that has one. */
export async function shapesOf(
  client: Client,
  { name, type }: { name: string; type: string },
  limit: number | undefined,
): Promise<Shapes> {
  const column = quoted(name);
  await client.query(`create temporary table ${table} (${column} ${type})`);
  const { rows } = await client.query('select pg_my_temp_schema()::regnamespace::text as schema');
  const [{ schema } = { schema: '' }] = rows as { schema: string }[];
  const description = await describeTables(client, [{ schema, name: table }]);
  const known = await askAboutTypes(client, description, true);
  await client.query(`drop table pg_temp.${table}`);
  const found = description.tables[0]?.columns[0];
  if (!found) return { column, type, values: [], isText: false };
  const { type: array } = foundation(known.types, found.type, found.format);
  const element = array?.isArray ? foundation(known.types, array.element, '').type : undefined;
  if ((element ?? array)?.category === 'S') {
    const texts = conversionTexts(limit);
    return { column, type, values: element ? texts.map(asElement) : texts, isText: true };
  }
  const { ordinary, extreme } = supplyOf(known, found.type, found.format);
  return { column, type, values: [...ordinary.slice(0, 3), ...extreme], isText: false };
}

const asElement = (text: string): string => `{"${text.replaceAll(/["\\]/g, '\\$&')}"}`;

interface Seen {
  was: string;
  became: string | null;
  /** The same, where the session has another time zone. */
  elsewhere: string | null;
  back: string | null;
}

/** There, by an expression on the column, and back, by another one. Without that one, by a cast. */
interface Round {
  using: string;
  back?: string;
}

/**
 * Converts the values, each by itself, as the server does where a column gets another type: by assignment. Undefined where it
 * does not take an expression at all. Leaves nothing.
 */
export async function convert(
  client: Client,
  from: Shapes,
  to: string,
  { using, back }: Round,
): Promise<Conversion | undefined> {
  const insert = (into: string, value: string, source: string) =>
    `insert into pg_temp.${table}${into} select ${value} from pg_temp.${table}${source}`;
  const { column } = from;
  const wanted = [
    tables(from, to),
    insert('_new', using, ''),
    ...(back === undefined ? [] : [insert('_back', back, '_new')]),
  ];
  const taken = await tryInsert(client, wanted.join('; '));
  if (taken.refused !== undefined) return undefined;
  const casts = await tryInsert(client, insert('_back', `${column}::${from.type}`, '_new'));
  const usual = casts.refused === undefined ? `${column}::${from.type}` : `${column}::text::${from.type}`;
  const results = await multi(client, [
    trial(from, using, back ?? usual),
    `select was, became, elsewhere, back from pg_temp.${table}_seen`,
    `drop table ${['', '_new', '_back', '_seen'].map((ending) => `pg_temp.${table}${ending}`).join(', ')}`,
  ]);
  const seen = (results[1]?.rows ?? []) as Seen[];
  return {
    converted: seen.length,
    changed: from.isText && back === undefined ? fallingTogether(seen) : notGivenBack(seen),
    dependsOnZone: seen.some(({ became, elsewhere }) => became !== elsewhere),
  };
}

const tables = ({ column, type }: Shapes, to: string): string =>
  [
    `create temporary table ${table} (${column} ${type})`,
    `create temporary table ${table}_new (${column} ${to})`,
    `create temporary table ${table}_back (${column} ${type})`,
    `create temporary table ${table}_seen (was text, became text, elsewhere text, back text)`,
  ].join('; ');

/** Far from UTC by a number of hours that is not whole. */
const otherZone = 'Asia/Kathmandu';

/** A value that the server refuses is left out: whoever has such values is told. */
const trial = ({ column, values, type }: Shapes, using: string, back: string): string => `do $trial$
#variable_conflict use_column
declare
  usual_ text := current_setting('timezone');
  tried_ text; was_ text; became_ text; elsewhere_ text; given_ text;
begin
  foreach tried_ in array array[${values.map(escapeLiteral).join(', ')}]::text[] loop
    begin
      delete from pg_temp.${table}; delete from pg_temp.${table}_new; delete from pg_temp.${table}_back;
      perform set_config('timezone', 'UTC', true);
      insert into pg_temp.${table} values (tried_::${type});
      select ${column}::text into was_ from pg_temp.${table};
      insert into pg_temp.${table}_new select ${using} from pg_temp.${table};
      select ${column}::text into became_ from pg_temp.${table}_new;
      begin
        insert into pg_temp.${table}_back select ${back} from pg_temp.${table}_new;
        select ${column}::text into given_ from pg_temp.${table}_back;
      exception when others then given_ := null;
      end;
      delete from pg_temp.${table}_new;
      perform set_config('timezone', '${otherZone}', true);
      insert into pg_temp.${table}_new select ${using} from pg_temp.${table};
      perform set_config('timezone', 'UTC', true);
      select ${column}::text into elsewhere_ from pg_temp.${table}_new;
      insert into pg_temp.${table}_seen values (was_, became_, elsewhere_, given_);
    exception when others then null;
    end;
  end loop;
  perform set_config('timezone', usual_, true);
end $trial$`;

const notGivenBack = (seen: readonly Seen[]): ConversionExample | undefined =>
  seen.find(({ was, became, back }) => was !== null && became !== was && back !== was);

/** Two texts that become one value: what told them from each other is gone. */
function fallingTogether(seen: readonly Seen[]): ConversionExample | undefined {
  const groups = Map.groupBy(seen, ({ became }) => became);
  const together = [...groups.values()].find((group) => new Set(group.map(({ was }) => was)).size > 1);
  return together?.toSorted((a, b) => b.was.length - a.was.length)[0];
}
