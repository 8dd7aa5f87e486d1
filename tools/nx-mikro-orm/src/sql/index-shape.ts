import type { NodeOf } from './parse.ts';

type IndexStmt = NodeOf<'IndexStmt'>;

/**
 * Are two index statements on one table the same index, whatever their names? `perhaps` when they are alike in what can be
 * compared: the server writes expressions in its own way.
 */
export function sameIndex(one: IndexStmt, other: IndexStmt): 'same' | 'perhaps' | 'other' {
  if (text(shapeOf(one)) !== text(shapeOf(other))) return 'other';
  return text(contentOf(one)) === text(contentOf(other)) ? 'same' : 'perhaps';
}

const columns = (nodes: IndexStmt['indexParams'] = []) =>
  // An expression has no name.
  nodes.map((node) => ('IndexElem' in node ? (node.IndexElem.name ?? null) : null));

const shapeOf = (index: IndexStmt) => ({
  unique: index.unique ?? false,
  method: index.accessMethod,
  keys: columns(index.indexParams),
  included: columns(index.indexIncludingParams),
  partial: index.whereClause !== undefined,
});

const contentOf = ({ indexParams, indexIncludingParams, whereClause, options, nulls_not_distinct }: IndexStmt) => ({
  indexParams,
  indexIncludingParams,
  whereClause,
  options,
  nulls_not_distinct,
});

/** A tree as text, without the places where its parts stand. */
const text = (value: unknown) =>
  JSON.stringify(value, (key, inner: unknown) => (key === 'location' ? undefined : inner));
