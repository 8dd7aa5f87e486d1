/** What becomes of values when a column gets another type: the server is asked. */
import { castLoss, type Cast } from '../diff/cast.ts';
import type { Client } from '../catalogue/index.ts';
import type { Side } from '../diff/side.ts';
import type { DesiredState } from '../diff/target.ts';
import { wouldTake } from './attempt.ts';
import type { Column } from '../diff/column.ts';
import { elementType, quoted, typeName, typeWord } from '../catalogue/kinds/naming.ts';
import { makingOf } from '../diff/statements.ts';

/** Finds out by asking the server, on a table of its own. What a conversion loses silently is a table of facts. */
export async function castOf(client: Client, from: Column, to: Column, prelude: readonly string[]): Promise<Cast> {
  const name = quoted(to.name);
  const zone = [from, to].every(({ type }) => typeWord(type) === 'timestamp') && zoned(from.type) !== zoned(to.type);
  // Without it, what a value becomes depends on the time zone of whoever runs the revision.
  if (zone)
    return {
      using: `${name} at time zone 'UTC'`,
      loss: zoned(from.type)
        ? 'Values lose their time zone: each becomes the local time of the zone that is named.'
        : 'Values have no time zone yet: they are read as the local time of the zone that is named.',
    };
  const loss = castLoss(from.type, to.type);
  if (await converts(client, prelude, from.type, to.type, '')) return { loss };
  const explicit = `${name}::${typeName(to.type)}`;
  if (await converts(client, prelude, from.type, to.type, ` using c::${to.type}`)) return { using: explicit, loss };
  // Between two enums, the text says it.
  const array = to.type.endsWith('[]') ? '[]' : '';
  if (await isEnumPair(client, prelude, from.type, to.type))
    return { using: `${name}::text${array}::${typeName(to.type)}` };
  return { suggestion: explicit };
}

const zoned = (type: string): boolean => type.includes('with time zone');

/** Statements for the types that only one side has: a cast to them is asked about before they are there. */
export const newTypes = (from: Side, to: DesiredState): string[] =>
  [...to.catalogue.values()]
    .filter(({ kind, key }) => (kind === 'type' || kind === 'domain') && !from.catalogue.has(key))
    .flatMap((item) => to.makes?.get(item.key)?.statements ?? makingOf(item, to)?.create ?? []);

/** Asks on a table without rows, so that only the types decide. */
const converts = (client: Client, prelude: readonly string[], from: string, to: string, using: string) =>
  wouldTake(
    client,
    [
      `create temporary table nx_mikro_orm_cast (c ${from})`,
      `alter table pg_temp.nx_mikro_orm_cast alter c type ${to}${using}`,
    ],
    prelude,
  );

/** Whether both are enums, or arrays of such: `enum_first` takes nothing else. */
async function isEnumPair(client: Client, prelude: readonly string[], from: string, to: string): Promise<boolean> {
  if (from.endsWith('[]') !== to.endsWith('[]')) return false;
  const [first, second] = [from, to].map((type) => `enum_first(null::${elementType(type)})`);
  return wouldTake(client, [`select ${first}, ${second}`], prelude);
}
