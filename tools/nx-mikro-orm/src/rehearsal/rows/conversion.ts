/** What a conversion does to values of every shape: tried on scratch, there and back, in two time zones. */
import { escapeLiteral } from 'pg';
import type { Client } from '../../catalogue/index.ts';
import { multi } from '../../sql/multi.ts';
import { tryInsert } from './attempt.ts';
import { describeTables } from './describe.ts';
import { askAboutTypes } from './known.ts';
import { foundation, supplyOf } from './values/compose.ts';
import { conversionTexts } from './values/texts.ts';

/** A type that values are converted from, and what there is to try. */
export interface Shapes {
  /** As it is printed. */
  type: string;
  values: string[];
  /** Many texts may mean one value (`1`, `01`), so that a text which is not given back tells nothing by itself. */
  isText: boolean;
}

/** A value that became another one, and nobody said so. */
export interface ConversionExample {
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
export async function shapesOf(client: Client, type: string, limit: number | undefined): Promise<Shapes> {
  await client.query(`create temporary table ${table} (c ${type})`);
  const { rows } = await client.query('select pg_my_temp_schema()::regnamespace::text as schema');
  const [{ schema } = { schema: '' }] = rows as { schema: string }[];
  const description = await describeTables(client, [{ schema, name: table }]);
  const known = await askAboutTypes(client, description, true);
  await client.query(`drop table pg_temp.${table}`);
  const column = description.tables.find(({ name }) => name === table)?.columns[0];
  if (!column) return { type, values: [], isText: false };
  const { type: array } = foundation(known.types, column.type, column.format);
  const element = array?.isArray ? foundation(known.types, array.element, '').type : undefined;
  if ((element ?? array)?.category === 'S') {
    const texts = conversionTexts(limit);
    return { type, values: element ? texts.map(asElement) : texts, isText: true };
  }
  const { ordinary, extreme } = supplyOf(known, column.type, column.format);
  return { type, values: [...ordinary.slice(0, 3), ...extreme], isText: false };
}

const asElement = (text: string): string => `{"${text.replaceAll(/["\\]/g, '\\$&')}"}`;

interface Seen {
  was: string;
  became: string | null;
  /** The same, where the session has another time zone. */
  elsewhere: string | null;
  back: string | null;
}

/**
 * Converts the values, each by itself, by an expression on the column `c`, as the server does where a column gets another
 * type: by assignment. Undefined where it does not take the expression at all. Leaves nothing.
 */
export async function convert(client: Client, from: Shapes, to: string, using: string): Promise<Conversion | undefined> {
  const taken = await tryInsert(client, `${tables(from.type, to)}; insert into pg_temp.${table}_new select ${using} from pg_temp.${table}`);
  if (taken.refused !== undefined) return undefined;
  const returns = await tryInsert(client, `insert into pg_temp.${table}_back select c::${from.type} from pg_temp.${table}_new`);
  const back = returns.refused === undefined ? `c::${from.type}` : `c::text::${from.type}`;
  const results = await multi(client, [
    trial(from, using, back),
    `select was, became, elsewhere, back from pg_temp.${table}_seen`,
    `drop table ${['', '_new', '_back', '_seen'].map((ending) => `pg_temp.${table}${ending}`).join(', ')}`,
  ]);
  const seen = (results[1]?.rows ?? []) as Seen[];
  return {
    converted: seen.length,
    changed: from.isText ? fallingTogether(seen) : notGivenBack(seen),
    dependsOnZone: seen.some(({ became, elsewhere }) => became !== elsewhere),
  };
}

const tables = (from: string, to: string): string =>
  [
    `create temporary table ${table} (c ${from})`,
    `create temporary table ${table}_new (c ${to})`,
    `create temporary table ${table}_back (c ${from})`,
    `create temporary table ${table}_seen (was text, became text, elsewhere text, back text)`,
  ].join('; ');

/** Far from UTC by a number of hours that is not whole. */
const otherZone = 'Asia/Kathmandu';

/** A value that the server refuses is left out: whoever has such values is told. */
const trial = ({ values, type }: Shapes, using: string, back: string): string => `do $trial$
declare
  usual text := current_setting('timezone');
  tried text; was text; became text; elsewhere text; given text;
begin
  foreach tried in array array[${values.map(escapeLiteral).join(', ')}]::text[] loop
    begin
      delete from pg_temp.${table}; delete from pg_temp.${table}_new; delete from pg_temp.${table}_back;
      perform set_config('timezone', 'UTC', true);
      insert into pg_temp.${table} values (tried::${type});
      select c::text into was from pg_temp.${table};
      insert into pg_temp.${table}_new select ${using} from pg_temp.${table};
      select c::text into became from pg_temp.${table}_new;
      begin
        insert into pg_temp.${table}_back select ${back} from pg_temp.${table}_new;
        select c::text into given from pg_temp.${table}_back;
      exception when others then given := null;
      end;
      delete from pg_temp.${table}_new;
      perform set_config('timezone', '${otherZone}', true);
      insert into pg_temp.${table}_new select ${using} from pg_temp.${table};
      perform set_config('timezone', 'UTC', true);
      select c::text into elsewhere from pg_temp.${table}_new;
      insert into pg_temp.${table}_seen values (was, became, elsewhere, given);
    exception when others then null;
    end;
  end loop;
  perform set_config('timezone', usual, true);
end $trial$`;

const notGivenBack = (seen: readonly Seen[]): ConversionExample | undefined =>
  seen.find(({ was, became, back }) => was !== null && became !== was && back !== was);

/** Two texts that become one value: what told them from each other is gone. */
function fallingTogether(seen: readonly Seen[]): ConversionExample | undefined {
  const groups = Map.groupBy(seen, ({ became }) => became);
  const together = [...groups.values()].find((group) => new Set(group.map(({ was }) => was)).size > 1);
  return together?.toSorted((a, b) => b.was.length - a.was.length)[0];
}
