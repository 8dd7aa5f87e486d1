/** What a database holds besides its catalogue. */
import { askPlainly, type Client } from '../../catalogue/index.ts';
import type { BuildEntry } from './entry.ts';
import { carried, digestOf, readFilled } from './filled.ts';

const sequences = `
select format('%I.%I', n.nspname, c.relname) as name, quote_literal(c.oid::regclass::text) as literal, s.seqstart::text as start
from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname !~ '^pg_' and c.relpersistence <> 't' order by c.oid`;

interface Position {
  name: string;
  literal: string;
  start: string;
  last: string;
  called: boolean;
}

async function positions(client: Client): Promise<Position[]> {
  const [found] = await askPlainly(client, [sequences]);
  const all = found as Omit<Position, 'last' | 'called'>[];
  const places = await askPlainly(
    client,
    all.map(({ name }) => `select last_value::text as last, is_called as called from ${name}`),
  );
  return all.map((one, at) => ({ ...one, ...(places[at]?.[0] as Pick<Position, 'last' | 'called'>) }));
}

/** Sets the sequences that have moved. */
export async function sequenceEntries(client: Client): Promise<BuildEntry[]> {
  return (await positions(client))
    .filter(({ start, last, called }) => called || start !== last)
    .map(({ name, literal: text, last, called }) => ({
      key: `value of sequence ${name}`,
      schema: undefined,
      table: undefined,
      phase: 'fill',
      rank: 1,
      statements: [`select setval(${text}, ${last}${called ? '' : ', false'})`],
    }));
}

/** What a database holds besides its catalogue, as texts that can be compared: rows, sequences, large objects. */
export async function readContents(client: Client, leftOut: ReadonlySet<string>): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  const filled = await readFilled(client);
  const digests = await askPlainly(
    client,
    filled.map((one) => {
      const row = carried(one, leftOut).map(({ name }) => `quote_nullable(${name}::text)`);
      return `select ${digestOf(row.length ? `concat_ws(',', ${row.join(', ')})` : "''")} as digest from only ${one.table}`;
    }),
  );
  for (const [at, { table, rows }] of filled.entries())
    contents.set(`rows of ${table}`, `${rows} ${(digests[at]?.[0] as { digest: string }).digest}`);
  for (const { name, last, called, start } of await positions(client))
    if (called || last !== start) contents.set(`value of sequence ${name}`, `${last} ${called}`);
  const [objects] = await askPlainly(client, ['select count(*)::int as n from pg_largeobject_metadata']);
  const { n } = objects?.[0] as { n: number };
  if (n > 0) contents.set('large objects', String(n));
  return contents;
}
