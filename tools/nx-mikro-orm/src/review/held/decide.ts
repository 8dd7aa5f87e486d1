/** Whether rows are in the way of a statement, by the figures of the column. */
import type { Finding, RuleRemark } from '../finding.ts';
import type { Seen } from '../seen.ts';
import { shown } from '../trace/state.ts';
import type { Sizes } from './sizes.ts';

type Weight = Pick<Finding, 'severity' | 'message' | 'held'>;

/** So much of the rows that differ passes for all of them: the planner estimates it from a sample. */
const nearly = 0.99;

/** Decided by the share of nulls, or by how many values there are; left as it is where nobody has figures of the column. */
export function decided(seen: Seen, found: RuleRemark, plain: Weight, sizes: Sizes): Weight | undefined {
  const { columns, of } = found.decidedBy ?? { columns: [], of: 'nulls' };
  const [name] = columns;
  const table = [...seen.base.relations.values()].find((one) => shown(one) === found.relation);
  const rows = table && sizes.of(seen, table.id)?.rows;
  const column = table && name !== undefined ? sizes.column(seen, table.id, name) : undefined;
  if (rows === 0) return undefined;
  if (rows === undefined || !column) return plain;
  if (of === 'nulls') {
    if (column.nullFraction === 0) return undefined;
    return {
      ...plain,
      severity: 'error',
      message: `${found.message}; ${percent(column.nullFraction)} are, by ${sizes.source}`,
    };
  }
  const filled = rows * (1 - column.nullFraction);
  if (columns.length > 1) return plain;
  if (column.distinct >= filled * nearly) return undefined;
  return {
    ...plain,
    severity: 'error',
    message: `${found.message}; there are about ${column.distinct} values in ${Math.round(filled)} rows, by ${sizes.source}`,
  };
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;
