import type { Mistake } from './mistake.ts';
import type { ModelName } from './named.ts';
import type { Place } from './place.ts';

/** NAMEDATALEN less the byte at its end: PostgreSQL cuts what is longer, and says so in a notice only. */
const longest = 63;

/** By which setting each is named. */
const settings: Record<ModelName['kind'], string> = {
  schema: "schema: '…'",
  table: "tableName: '…'",
  view: "tableName: '…'",
  column: ".fieldName('…')",
  index: ".index('…')",
  'unique constraint': ".unique('…')",
  'primary key': "tableName: '…'",
  'foreign key': ".foreignKeyName('…')",
  check: 'the `name` of the check',
  trigger: 'the `name` of the trigger',
  policy: 'the `name` of the policy',
  enum: ".nativeEnumName('…')",
};

/** Names that the server would cut, those that MikroORM makes by itself among them. */
export const tooLong = (named: readonly ModelName[], place: Place): Mistake[] =>
  named
    .filter(({ name }) => Buffer.byteLength(name) > longest)
    .map((one) => ({
      kind: 'long' as const,
      place: placeOf(one, place),
      what: `${wordsFor(one)} is ${Buffer.byteLength(one.name)} bytes long, and PostgreSQL cuts a name after ${longest}`,
      mend: `give the ${one.kind} a shorter name: ${settings[one.kind]}`,
    }));

/** Things that would bear one name where PostgreSQL lets only one have it; tables that two entities share apart. */
export function namedTwice(all: readonly ModelName[], place: Place): Mistake[] {
  const tables = all.filter(({ kind }) => kind === 'table').map(({ schema, name }) => `${schema}\n${name}`);
  const shared = new Set(tables.filter((table, at) => tables.indexOf(table) !== at));
  const named = all.filter(({ schema, table, name }) => !shared.has(`${schema}\n${table ?? name}`));
  return rules.flatMap(({ kinds, where, why }) => {
    const first = new Map<string, ModelName>();
    return named
      .filter(({ kind }) => kinds.includes(kind))
      .flatMap((one): Mistake[] => {
        const key = `${where(one)}\n${one.name}`;
        const other = first.get(key);
        if (!other) {
          first.set(key, one);
          return [];
        }
        const what = `${wordsFor(one)} has the name of ${wordsFor(other)}${at(placeOf(other, place))}: ${why}`;
        const mend = `give one of the two another name: ${settings[one.kind]}`;
        return [{ kind: 'twice', place: placeOf(one, place), what, mend }];
      });
  });
}

interface Rule {
  kinds: ModelName['kind'][];
  /** Among which things a name may occur once. */
  where: (one: ModelName) => string;
  why: string;
}

const inSchema = ({ schema }: ModelName) => schema;
const onTable = ({ schema, table }: ModelName) => `${schema}\n${table}`;

const rules: Rule[] = [
  {
    kinds: ['table', 'view', 'index', 'unique constraint', 'primary key'],
    where: inSchema,
    why: 'tables, views and indexes of a schema share their names',
  },
  { kinds: ['table', 'view', 'enum'], where: inSchema, why: 'a table is a type, too' },
  { kinds: ['check', 'foreign key'], where: onTable, why: 'constraints of a table share their names' },
  { kinds: ['trigger'], where: onTable, why: 'a table has each trigger once' },
  { kinds: ['policy'], where: onTable, why: 'a table has each policy once' },
];

const at = (place: string | undefined): string => (place === undefined ? '' : ` (${place})`);

const placeOf = ({ entity, name, properties }: ModelName, place: Place): string | undefined =>
  entity === undefined ? undefined : place(entity, ...properties.map((property) => ({ property })), { text: name });

/** `the index "a_b_index" on Teacher.name`. */
function wordsFor({ kind, name, entity, properties }: ModelName): string {
  const whose =
    entity === undefined
      ? ''
      : properties.length === 0
        ? ` of ${entity}`
        : ` of ${properties.map((one) => `${entity}.${one}`).join(' and ')}`;
  return `the ${kind} "${name}"${whose}`;
}
