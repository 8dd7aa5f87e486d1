/** What is said of a table as a whole: its comment, row level security, whether it is logged. */
import type { Item } from '../../catalogue/index.ts';
import { nameOf } from './names.ts';
import { alterTable, type Op } from './op.ts';

const line = (definition: string, text: string): boolean => definition.split('\n').includes(text);

/** The comment as a literal: with an `E` in front where it has backslashes. */
const commentIn = (definition: string): string | undefined =>
  /^comment ( ?E?'(?:[^']|'')*')/m.exec(definition)?.[1]?.trim();

export const partitionKey = ({ definition }: Item): string | undefined => /^partition by (.*)$/m.exec(definition)?.[1];

/** `schema.name` of the table that it is a partition of. */
const parentIn = ({ definition }: Item): string | undefined =>
  /^partition of (.*?) (?:FOR VALUES|DEFAULT)/m.exec(definition)?.[1]?.replaceAll('"', '');

export const isPartition = (item: Item): boolean => parentIn(item) !== undefined;

export const isPartitionOf = (item: Item, { kind, schema, name }: Item): boolean =>
  kind === 'table' && parentIn(item) === `${schema}.${name}`;

const switches: [string, string, string][] = [
  ['row level security enabled', 'enable row level security', 'disable row level security'],
  ['row level security forced', 'force row level security', 'no force row level security'],
  ['unlogged', 'set unlogged', 'set logged'],
];

/**
 * From what is said of one table to what is said of another of the same name; what no model can say is left, and where
 * somebody added a line by hand, also that.
 */
export function tableOps(from: Item, to: Item, isAdded: (line: string) => boolean): Op[] {
  const table = nameOf(to.schema, to.name);
  const actions = switches.flatMap(([text, on, off]) => {
    const [was, is] = [line(from.definition, text), line(to.definition, text)];
    return was === is || (isAdded(text) && !is) ? [] : [is ? on : off];
  });
  // Row level security comes when the policies are there: until then nobody would see a row.
  const ops = actions.map((action) =>
    alterTable(
      to.key,
      table,
      [action],
      action.startsWith('enable') ? { phase: 'attach', rank: 9 } : { phase: 'structure', rank: 8 },
    ),
  );
  const [said, says] = [commentIn(from.definition), commentIn(to.definition)];
  if (said !== says && !(says === undefined && isAdded(`comment ${said}`)))
    ops.push({
      key: to.key,
      phase: 'structure',
      rank: 9,
      statements: [`comment on table ${table} is ${says ?? 'null'}`],
    });
  return ops;
}
