/** Which values that ours carries over another tool's migration does not. */
import { subjectNames } from '../../src/diff/questions/decision.ts';
import { decisionOf } from '../apparatus/answers.ts';
import type { Contents } from '../apparatus/rows.ts';
import type { Change } from '../change.ts';

type Table = NonNullable<ReturnType<Contents['get']>>;
type Answers = Pick<Change, 'decisions' | 'volunteered' | 'lost'>;

interface Sides {
  /** What ours was given, and what it made of it. */
  ours: { before: Contents; after: Contents };
  theirs: { before: Contents; after: Contents };
}

/**
 * Values that were in the database and are gone or others, where ours has them still; one line for each table.
 * What the entry's answers change (`fill`, `map`, `using`) has only to be there: no other tool can be told how.
 */
export function lossesOf({ ours, theirs }: Sides, answers: Answers): string[] {
  const lines: string[] = [];
  for (const [key, is] of ours.after) {
    const source = ours.before.get(sourceTable(key, ours.before, answers));
    const was = theirs.before.get(sourceTable(key, ours.before, answers));
    if (!source || !was || was.rows.length === 0 || source.rows.length !== is.rows.length) continue;
    const name = shown(key);
    const found = theirs.after.get(key);
    if (!found || found.rows.length < was.rows.length) {
      const kept = found?.rows.length ?? 0;
      lines.push(
        kept === 0 ? `the rows of ${name}` : `${was.rows.length - kept} of ${was.rows.length} rows of ${name}`,
      );
      continue;
    }
    const columns = [...is.columns].filter(([, { computed }]) => !computed).map(([column]) => column);
    const pairs = columns.map((column) => [sourceColumn(key, column, source, answers), column] as const);
    const known = pairs.filter(([from]) => source.columns.has(from) && was.columns.has(from));
    const free = (column: string) => isAnswered(key, column, source, answers);
    const carried = known.filter(([from, to]) => !free(to) && same(values(source, from), values(is, to)));
    const gone = known.filter(
      ([from, to]) =>
        !carried.some(([, other]) => other === to) &&
        hasValues(was, from) &&
        hasValues(is, to) &&
        !hasValues(found, to),
    );
    const others = carried.filter(([from, to]) => !same(values(was, from), values(found, to)));
    const names = [...gone, ...others].map(([, to]) => to);
    if (names.length > 0)
      lines.push(
        `the values of ${names
          .sort()
          .map((column) => `${name}.${column}`)
          .join(', ')}`,
      );
    else if (
      !same(
        tuples(
          was,
          carried.map(([from]) => from),
        ),
        tuples(
          found,
          carried.map(([, to]) => to),
        ),
      )
    )
      lines.push(`which values of ${name} belong together`);
  }
  return lines.sort();
}

const shown = (key: string): string => key.replace(/^public\./, '');
const same = (one: string[], other: string[]): boolean => JSON.stringify(one) === JSON.stringify(other);
const tuples = ({ rows }: Table, columns: string[]): string[] =>
  rows.map((row) => JSON.stringify(columns.map((column) => row[column] ?? null))).sort();
const values = (table: Table, column: string): string[] => tuples(table, [column]);
const hasValues = ({ rows }: Table, column: string): boolean =>
  rows.some((row) => row[column] !== null && row[column] !== undefined);

const given = ({ decisions = [], volunteered = [] }: Answers) => [...decisions, ...volunteered].map(decisionOf);
const renames = (answers: Answers) =>
  given(answers)
    .filter(({ kind }) => kind === 'rename')
    .map(({ subject, value = '' }) => ({ from: subjectNames(subject), to: subjectNames(value) }));

const split = (key: string): [schema: string, table: string] => {
  const dot = key.indexOf('.');
  return [key.slice(0, dot), key.slice(dot + 1)];
};

/** The table before that is `key` now: the same, or what the answers renamed to it, it or its schema or both. */
function sourceTable(key: string, before: Contents, answers: Answers): string {
  const full = (names: string[]) => (names.length === 1 ? `public.${names[0]}` : names.join('.'));
  const all = renames(answers);
  // Answers name a table in the schema as it is called afterwards, or as it was.
  const earlier = (table: string): string | undefined => {
    const [schema, name] = split(table);
    return all
      .filter(({ from, to }) => from.length === 1 && to.length === 1 && to[0] === schema)
      .map(({ from }) => `${from[0]}.${name}`)
      .find((candidate) => before.has(candidate));
  };
  for (const { from, to } of all) {
    if (full(to) !== key) continue;
    const source = before.has(full(from)) ? full(from) : earlier(full(from));
    if (source !== undefined) return source;
  }
  return earlier(key) ?? key;
}

/** The column before; answers name its table as it is called afterwards, or as it was. */
function sourceColumn(key: string, column: string, source: Table, answers: Answers): string {
  const found = renames(answers).find(({ from, to }) => {
    const [last = ''] = from.slice(-1);
    return to.length === 1 && to[0] === column && isOf(key, from.slice(0, -1)) && source.columns.has(last);
  });
  return found?.from.at(-1) ?? column;
}

/** Whether names in an answer are those of the table: `public` goes without saying. */
const isOf = (key: string, names: string[]): boolean =>
  names.length > 0 && key === (names.length === 1 ? `public.${names[0]}` : names.join('.'));

/** Whether an answer, or the entry, says that the values of a column become others. */
function isAnswered(key: string, column: string, source: Table, answers: Answers): boolean {
  if (answers.lost?.some((name) => name === shown(key) || name === `${shown(key)}.${column}`)) return true;
  return given(answers).some(({ kind, subject, value }) => {
    const names = subjectNames(subject);
    const last = names.at(-1);
    const about = names.slice(0, -1);
    if (kind === 'fill' || kind === 'using') return last === column && isOf(key, about);
    const isValue = kind === 'map' || (kind === 'rename' && value !== undefined && !source.columns.has(last ?? ''));
    if (!isValue) return false;
    const type = source.columns.get(column)?.type.replace(/\[\]$/, '').replaceAll('"', '');
    return about.join('.') === type || (about.at(-1) === column && isOf(key, about.slice(0, -1)));
  });
}
