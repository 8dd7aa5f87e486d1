/** Addresses: where the server keeps a thing in its own catalogues, as `pg_depend` names it. */
import { escapeLiteral } from 'pg';
import type { Client, Item } from './item.ts';
import { keyOf, type Kind } from './key.ts';
import { modules, moduleOf, onlyKindOf } from './kinds/index.ts';
import type { KindModule } from './kinds/kind.ts';
import { askPlainly } from './read.ts';

export interface Address {
  /** `pg_class`, `pg_proc` … */
  catalogue: string;
  oid: number;
  /** The number of a column; 0 for a whole object. */
  column: number;
}

/** What tells a thing from others. */
export type Identity = Pick<Item, 'key' | 'kind' | 'schema' | 'table' | 'name' | 'signature'>;

interface Row {
  kind: Kind | null;
  schema: string | null;
  table: string | null;
  name: string | null;
  signature: string | null;
  oid: number;
  column: number;
}

const parts = ['schema', 'table', 'name', 'signature'] as const;

const columnOf = ({ column }: KindModule): string => (column === undefined ? '0' : `${column}::int`);

/** Identities and addresses of the things that a module knows, where the condition holds. */
const select = (module: KindModule, condition: string): string => `
select ${module.kind ?? 'null'} as kind, ${parts.map((part) => `${module[part] ?? 'null'} as "${part}"`).join(', ')},
  ${module.oid}::int8 as oid, ${columnOf(module)} as "column"
from ${module.from}
where ${module.where} and ${condition}`;

function identityOf(module: KindModule, row: Row): Identity {
  const { schema, table, name, signature } = row;
  const kind = row.kind ?? onlyKindOf(module);
  return {
    key: keyOf(kind, [schema, table, name], signature ?? ''),
    kind,
    name: name ?? '',
    ...(schema && { schema }),
    ...(table && { table }),
    ...(signature && { signature }),
  };
}

/** Where the server keeps these things, by key. What it does not have is not in the answer. */
export async function addressesOf(client: Client, things: readonly Identity[]): Promise<Map<string, Address>> {
  const asked = [...Map.groupBy(things, ({ kind }) => moduleOf(kind))];
  const rows = await askPlainly(
    client,
    asked.map(([module, wanted]) => {
      const list = escapeLiteral(
        JSON.stringify(wanted.map((one) => Object.fromEntries(parts.map((part) => [part, one[part]])))),
      );
      const isIt = parts
        .filter((part) => module[part] !== undefined)
        .map((part) => `wanted."${part}" is not distinct from nullif(${module[part]}::text, '')`);
      return select(
        module,
        `exists (select from json_to_recordset(${list}) wanted(schema text, "table" text, name text, signature text)
          where ${isIt.join(' and ')})`,
      );
    }),
  );
  return new Map(
    asked.flatMap(([module], at) =>
      (rows[at] as Row[]).map((row) => [
        identityOf(module, row).key,
        { catalogue: module.catalogue, oid: Number(row.oid), column: row.column },
      ]),
    ),
  );
}

/** What the server keeps at these addresses, beside each. What is no thing of the user's is left out. */
export async function thingsAt<T extends Address>(
  client: Client,
  addresses: readonly T[],
): Promise<{ address: T; thing: Identity }[]> {
  const byCatalogue = Map.groupBy(addresses, ({ catalogue }) => catalogue);
  const asked = modules.filter(({ catalogue }) => byCatalogue.has(catalogue));
  const rows = await askPlainly(
    client,
    asked.map((module) => {
      const wanted = (byCatalogue.get(module.catalogue) ?? []).map(({ oid, column }) => `(${oid}, ${column})`);
      return select(module, `(${module.oid}::int8, ${columnOf(module)}) in (${wanted.join(', ')})`);
    }),
  );
  return asked.flatMap((module, at) =>
    (rows[at] as Row[]).flatMap((row) => {
      const address = byCatalogue
        .get(module.catalogue)
        ?.find(({ oid, column }) => oid === Number(row.oid) && column === row.column);
      return address ? [{ address, thing: identityOf(module, row) }] : [];
    }),
  );
}
