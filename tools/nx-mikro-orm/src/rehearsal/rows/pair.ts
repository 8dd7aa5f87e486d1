/**
 * Which row of before is which row of after. Pure.
 *
 * A row has no name that survives everything: its place is lost when it is updated, its key may be what is changed. So rows
 * that have the same values in all that both sides have are the same; then those that agree in the columns that hold the
 * same values as before; then those that agree in the key. Where keys are not kept, the rest by how much they have in
 * common, and only then by their places. Where two rows cannot be told apart at all, it does not matter which is which.
 */

type Values = readonly (string | null)[];

export interface Pairing {
  /** Places in before and in after. */
  pairs: [number, number][];
  lost: number[];
  come: number[];
}

/** With more rows than these left, places decide: comparing each with each would take too long. */
const mostCompared = 200;

/** Rows with their values in the same columns on both sides, in the same order; `keys` are places among those columns. */
export function pairRows(before: readonly Values[], after: readonly Values[], keys: readonly number[]): Pairing {
  const pairs: [number, number][] = [];
  const lost = new Set(before.keys());
  const come = new Set(after.keys());
  const pair = (one: number, other: number): void => {
    pairs.push([one, other]);
    lost.delete(one);
    come.delete(other);
  };
  const pairEqual = (columns: readonly number[]): void => {
    if (columns.length === 0) return;
    const textOf = (row: Values | undefined) => JSON.stringify(columns.map((column) => row?.[column]));
    const waiting = new Map<string, number[]>();
    for (const place of come) {
      const text = textOf(after[place]);
      waiting.set(text, [...(waiting.get(text) ?? []), place]);
    }
    for (const place of [...lost]) {
      const other = waiting.get(textOf(before[place]))?.shift();
      if (other !== undefined) pair(place, other);
    }
  };
  const all = [...(before[0] ?? after[0] ?? []).keys()];
  pairEqual(all);
  // Where it tells nothing from nothing, a column that is the same everywhere would pair anything.
  pairEqual(
    telling(
      all.filter((column) => holdsTheSame(before, after, column)),
      before,
    ),
  );
  pairEqual(keys);
  // Where keys are kept, a row with another key is another row.
  const keepsKeys =
    keys.length > 0 && pairs.some(([one, other]) => keys.every((key) => before[one]?.[key] === after[other]?.[key]));
  if (keepsKeys) return { pairs: pairs.sort(([a], [b]) => a - b), lost: [...lost], come: [...come] };
  if (lost.size <= mostCompared && come.size <= mostCompared) pairAlike(before, after, { lost, come, pair });
  for (const place of [...lost]) {
    const [other] = come;
    if (other !== undefined) pair(place, other);
  }
  return { pairs: pairs.sort(([a], [b]) => a - b), lost: [...lost], come: [...come] };
}

const holdsTheSame = (before: readonly Values[], after: readonly Values[], column: number): boolean => {
  const sorted = (rows: readonly Values[]) => JSON.stringify(rows.map((row) => JSON.stringify(row[column])).sort());
  return sorted(before) === sorted(after);
};

/** The columns, if each row has other values in them. */
const telling = (columns: number[], rows: readonly Values[]): number[] =>
  new Set(rows.map((row) => JSON.stringify(columns.map((column) => row[column])))).size === rows.length ? columns : [];

/** The most alike first; among equals, those whose places are closest. */
function pairAlike(
  before: readonly Values[],
  after: readonly Values[],
  { lost, come, pair }: { lost: Set<number>; come: Set<number>; pair: (one: number, other: number) => void },
): void {
  const columns = [...(before[0] ?? []).keys()];
  // A value that few rows have says more about which row it is.
  const shares = columns.map((column) => {
    const counts = new Map<string | null, number>();
    for (const row of before) counts.set(row[column] ?? null, (counts.get(row[column] ?? null) ?? 0) + 1);
    return counts;
  });
  const likeness = (one: number, other: number): number => {
    let sum = 0;
    for (const column of columns) {
      const value = before[one]?.[column] ?? null;
      if (value === (after[other]?.[column] ?? null)) sum += 1 / (shares[column]?.get(value) ?? 1);
    }
    return sum;
  };
  const candidates = [...lost].flatMap((one) =>
    [...come].map((other) => ({ one, other, alike: likeness(one, other), apart: Math.abs(one - other) })),
  );
  candidates.sort((a, b) => b.alike - a.alike || a.apart - b.apart || a.one - b.one);
  for (const { one, other, alike } of candidates) if (alike > 0 && lost.has(one) && come.has(other)) pair(one, other);
}
