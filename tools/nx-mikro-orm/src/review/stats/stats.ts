/** How large and how busy the tables of a database are, as it is committed beside the configuration. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { problem } from '../../errors.ts';

/** Names and numbers; no value of any row. */
export interface Stats {
  /** The server's major version. */
  server: number;
  /** The day. */
  taken: string;
  /** In seconds: the longest transaction that was open at that moment. */
  longestTransaction: number;
  /** By schema and name, with a point in between. */
  tables: Record<string, TableStats>;
}

export interface TableStats {
  rows: number;
  heapBytes: number;
  indexBytes: number;
  toastBytes: number;
  /** Scans, and rows written, a second: the average since the server counts. */
  readsPerSecond: number;
  writesPerSecond: number;
  columns: Record<string, ColumnStats>;
}

export interface ColumnStats {
  nullFraction: number;
  /** How many different values there are, as the planner estimates. */
  distinct: number;
  /** Bytes of a value, on average. */
  width: number;
}

const sorted = <T>(all: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));

function textOf(stats: Stats): string {
  const tables: Record<string, TableStats> = {};
  for (const [name, one] of Object.entries(sorted(stats.tables)))
    tables[name] = { ...one, columns: sorted(one.columns) };
  return `${JSON.stringify({ ...stats, tables }, undefined, 2)}\n`;
}

/** The file is there as a whole, or as it was before. */
export function writeStats(file: string, stats: Stats): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, textOf(stats));
  renameSync(draft, file);
}

/** What the file says; undefined where there is none. @throws stats-broken */
export function readStats(file: string): Stats | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw problem('stats-broken', { file, detail: (error as Error).message }, error);
  }
  try {
    const stats = JSON.parse(text) as Partial<Stats>;
    if (typeof stats.tables !== 'object' || Number.isNaN(Date.parse(stats.taken ?? '')))
      throw new Error('it has no `tables`, or no date in `taken`');
    return stats as Stats;
  } catch (error) {
    throw problem('stats-broken', { file, detail: (error as Error).message }, error);
  }
}

/** Of two databases with the same tables, the larger number of each; a table of one of them as it is there. */
export function largerOf(one: Stats, other: Stats): Stats {
  return {
    server: Math.max(one.server, other.server),
    // As old as the older one.
    taken: one.taken < other.taken ? one.taken : other.taken,
    longestTransaction: Math.max(one.longestTransaction, other.longestTransaction),
    tables: mergedBy(one.tables, other.tables, ({ columns: left, ...a }, { columns: right, ...b }) => ({
      ...larger(a, b),
      columns: mergedBy(left, right, larger),
    })),
  };
}

function mergedBy<T>(one: Record<string, T>, other: Record<string, T>, both: (a: T, b: T) => T): Record<string, T> {
  const found = { ...one };
  for (const [name, value] of Object.entries(other)) {
    const present = found[name];
    found[name] = present === undefined ? value : both(present, value);
  }
  return found;
}

/** Of things that are all numbers. */
const larger = <T extends object>(one: T, other: T): T =>
  Object.fromEntries(
    Object.entries(one).map(([name, value]) => [
      name,
      Math.max(value as number, (other as Record<string, number>)[name] ?? 0),
    ]),
  ) as T;

const day = 24 * 60 * 60 * 1000;

/** After so many days, figures are called old. */
const lasting = 30;

/** How many days old the figures are, where that is too many; undefined otherwise. */
export function staleDays({ taken }: Stats, now: Date): number | undefined {
  const days = Math.floor((now.getTime() - Date.parse(taken)) / day);
  return days > lasting ? days : undefined;
}
