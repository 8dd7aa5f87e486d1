import type { Node } from 'libpg-query';
import type { NodeOf } from './parse.ts';

/** A name as it is written in a statement: folded to lower case unless quoted, cut to 63 bytes; often without a schema. */
export interface Name {
  schema: string | undefined;
  name: string;
}

/** The name of a table, an index, a view or a sequence. */
export const relationName = ({ schemaname, relname = '' }: NodeOf<'RangeVar'>): Name => ({
  schema: schemaname,
  name: relname,
});

/** A dotted name. In three parts, the first is the database, which PostgreSQL insists is the current one. */
export function nameIn(parts: readonly Node[] = []): Name {
  const words = textsIn(parts);
  return { schema: words.at(-2), name: words.at(-1) ?? '' };
}

/** What a `drop` names, in order. */
export const droppedNames = ({ objects = [] }: NodeOf<'DropStmt'>): Name[] =>
  objects.flatMap((object) => {
    if ('List' in object) return [nameIn(object.List.items)];
    if ('TypeName' in object) return [nameIn(object.TypeName.names)];
    return 'String' in object ? [nameIn([object])] : [];
  });

/** The plain words in a list of nodes. */
export const textsIn = (nodes: readonly Node[] = []): string[] =>
  nodes.flatMap((node) => ('String' in node ? [node.String.sval ?? ''] : []));
