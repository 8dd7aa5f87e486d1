/** Figures of a database, looked up for the tables of a trace. */
import { relative } from 'node:path';
import type { Project } from '../../config.ts';
import type { Seen } from '../seen.ts';
import { readStats, type ColumnStats, type Stats, type TableStats } from '../stats/stats.ts';
import type { Relation } from '../trace/state.ts';

/** From how many seconds on it counts that readers or writers are locked out. */
export interface Thresholds {
  warning: number;
  error: number;
}

/** A key whose columns nobody has figures of. */
const usualKey = 16;

export class Sizes {
  readonly stats: Stats;
  readonly thresholds: Thresholds;
  /** Where the figures are from, as it is said. */
  readonly source: string;

  constructor(stats: Stats, thresholds: Thresholds, source: string) {
    this.stats = stats;
    this.thresholds = thresholds;
    this.source = source;
  }

  /** The figures of a table; of a partitioned one, those of all its partitions. */
  of(seen: Seen, id: string): Omit<TableStats, 'columns'> | undefined {
    const relation = seen.base.relations.get(id);
    if (!relation) return undefined;
    if (relation.kind !== 'p') return this.stats.tables[nameIn(relation)];
    const parts = [...seen.base.relations.values()].filter(({ parent, kind }) => parent === id && 'rp'.includes(kind));
    const found = parts.map((part) => this.of(seen, part.id));
    if (parts.length === 0 || found.includes(undefined)) return undefined;
    const sum = (name: keyof Omit<TableStats, 'columns'>) =>
      found.reduce((total, one) => total + (one?.[name] ?? 0), 0);
    return {
      rows: sum('rows'),
      heapBytes: sum('heapBytes'),
      indexBytes: sum('indexBytes'),
      toastBytes: sum('toastBytes'),
      readsPerSecond: sum('readsPerSecond'),
      writesPerSecond: sum('writesPerSecond'),
    };
  }

  column(seen: Seen, id: string, name: string): ColumnStats | undefined {
    const relation = seen.base.relations.get(id);
    return relation && this.stats.tables[nameIn(relation)]?.columns[name];
  }

  /** Bytes of a key of an index, on average. */
  keyBytes(seen: Seen, { table, columns }: Relation): number {
    if (table === null || columns === null || columns.length === 0) return usualKey;
    return columns.reduce((sum, name) => sum + (this.column(seen, table, name)?.width ?? usualKey), 0);
  }
}

const nameIn = ({ schema, name }: Relation): string => `${schema}.${name}`;

const usual: Thresholds = { warning: 0.5, error: 5 };

/** The figures of a file, or of the project's; undefined where there are none. @throws stats-broken */
export function sizesFor(project: Project, file = project.stats): Sizes | undefined {
  const stats = readStats(file);
  return (
    stats &&
    new Sizes(
      stats,
      { ...usual, ...project.config.lockedSeconds },
      `${relative(process.cwd(), file)} of ${stats.taken}`,
    )
  );
}
