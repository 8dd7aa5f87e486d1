/** How long a statement works, by what it did on scratch and by the size of the tables that it did it to. */
import { writesOf } from '../bounds.ts';
import { builtIndexes, isRead, isUsed, rewrittenTables, scannedTables, type Seen } from '../seen.ts';
import type { Relation } from '../trace/state.ts';
import { unboundedTables } from '../work.ts';
import { rates } from './rates.ts';
import type { Sizes } from './sizes.ts';

/** Work on one table, in microseconds. */
interface Work {
  id: string;
  micros: (table: Sized) => number;
}

interface Sized {
  rows: number;
  bytes: number;
  /** Indexes of the table, each with the bytes of a key. */
  keys: number[];
}

/** Seconds of work; undefined where the size of a table that it is about is not known. */
export function secondsOf(seen: Seen, sizes: Sizes): number | undefined {
  let micros = 0;
  for (const { id, micros: of } of worksOf(seen, sizes)) {
    const sized = sizedOf(seen, sizes, id);
    if (!sized) return undefined;
    micros += of(sized);
  }
  return micros / 1e6;
}

/** The tables that a statement works on. */
export const workedOn = (seen: Seen, sizes: Sizes): string[] => [...new Set(worksOf(seen, sizes).map(({ id }) => id))];

function worksOf(seen: Seen, sizes: Sizes): Work[] {
  const rewritten = rewrittenTables(seen);
  const built = builtIndexes(seen).filter(({ table }) => !rewritten.includes(table));
  const scanned = scannedTables(seen).filter((id) => !rewritten.includes(id));
  const written = unboundedTables(seen);
  const read = [...seen.before.relations.keys()].filter(
    (id) => isUsed(seen, id) && isRead(seen, id) && ![...rewritten, ...scanned, ...written].includes(id),
  );
  const looked = new Set(
    [...seen.after.constraints.values()]
      .filter(({ name }) => seen.announced.validated.includes(name))
      .map(({ table }) => table),
  );
  return [
    ...rewritten.map((id) => ({ id, micros: rewrite })),
    ...built.map(({ index, table }) => ({ id: table, micros: building(sizes.keyBytes(seen, index)) })),
    ...[...scanned, ...read].map((id) => ({ id, micros: looked.has(id) ? lookUp : scan })),
    ...written.map((id) => ({ id, micros: deletes(seen, id) ? remove : write })),
  ];
}

const scan = ({ rows, bytes }: Sized): number => bytes * rates.readByte + rows * rates.checkRow;
const lookUp = (table: Sized): number => scan(table) + table.rows * rates.lookUpRow;
const building =
  (key: number) =>
  ({ rows, bytes }: Sized): number =>
    bytes * rates.readByte + rows * (rates.indexRow + key * rates.indexByte);
const rewrite = ({ rows, bytes, keys }: Sized): number =>
  rows * rates.rewriteRow +
  bytes * rates.rewriteByte +
  keys.reduce((sum, key) => sum + rows * (rates.indexRow + key * rates.indexByte), 0);
const write = ({ rows, bytes, keys }: Sized): number =>
  rows * (rates.writeRow + keys.length * rates.writeIndex) + bytes * rates.writeByte;
const remove = ({ rows, bytes }: Sized): number => rows * rates.deleteRow + bytes * rates.deleteByte;

const deletes = (seen: Seen, id: string): boolean =>
  writesOf(seen).some(({ table, deletes: isDelete }) => table.id === id && isDelete);

function sizedOf(seen: Seen, sizes: Sizes, id: string): Sized | undefined {
  const found = sizes.of(seen, id);
  if (!found) return undefined;
  const isIndexOf = ({ kind, table }: Relation) => kind === 'i' && table === id;
  const keys = [...seen.before.relations.values()].filter(isIndexOf).map((index) => sizes.keyBytes(seen, index));
  return { rows: found.rows, bytes: found.heapBytes + found.toastBytes, keys };
}
