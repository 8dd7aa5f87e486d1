import type { History } from './graph.ts';
import { lateIn, type LateRevision } from './late.ts';
import type { Linked } from './revision.ts';

/** What the ledger knows of one applied revision. Rows of stock MikroORM have only a name and a time. */
export interface Applied {
  name: string;
  at: Date;
  revises: string[] | undefined;
  /** SHA-256 of the file's bytes when it was applied. */
  hash: string | undefined;
  /** Of what it means (meaning.ts), as it was applied. */
  checksum: string | undefined;
  transactional: boolean | undefined;
  /** The revisions in whose place it stands. */
  replaces: string[] | undefined;
  by: string | undefined;
  host: string | undefined;
  commit: string | undefined;
  branch: string | undefined;
  /** The version of this engine that applied it. */
  tool: string | undefined;
  durationMs: number | undefined;
}

/** How a database stands to the revisions that replace others. Pure data. */
interface Replaced {
  /** Everything that it replaces is applied: its row takes the place of theirs, and nothing is run. */
  restamp: { revision: Linked; replaced: Applied[] }[];
  /** Only some of what it replaces is applied. It can neither be run nor take their place. */
  halfway: { revision: Linked; applied: string[]; lacking: string[] }[];
  /** By the name of each row that one of these accounts for: the revision that does. */
  accounted: Map<string, Linked>;
}

/** An applied revision, and its file that is not what it was when it was applied. */
export interface Changed {
  revision: Linked;
  row: Applied;
}

/** Where a database stands in the history. Pure data. */
export interface State extends Pick<Replaced, 'restamp' | 'halfway'> {
  /** Every row, oldest first. */
  applied: Applied[];
  pending: Linked[];
  /** In the ledger, but not in this checkout. What a revision of this checkout replaces is not among them. */
  missing: Applied[];
  /** Those of `missing` that come after everything of this checkout: it is older than the database. See {@link aheadOf}. */
  ahead: Applied[];
  /** Pending, although something that builds on it is applied. */
  late: LateRevision[];
  /** Applied, but the file's bytes are not those that were applied. Rows that do not know theirs are not among them. */
  changed: Changed[];
  /** Names with more than one row: the table of stock MikroORM allows it. */
  duplicated: { name: string; rows: Applied[] }[];
  /**
   * Applied revisions that nothing applied builds on: where the database stands. A revision that only has to take the place
   * of those that it replaces counts as applied.
   */
  current: string[];
}

/** Compares what the ledger says with what the checkout has; `applied` in the order of the ledger's ids. Linear. */
export function stateOf(history: History, applied: readonly Applied[]): State {
  const rowsOf = Map.groupBy(applied, ({ name }) => name);
  // Of two rows of one name, the younger one counts.
  const rows = new Map([...rowsOf].map(([name, all]) => [name, all.at(-1)!]));
  const { restamp, halfway, accounted } = replacedIn(history, rows);
  const done = new Set([...rows.keys(), ...restamp.map(({ revision }) => revision.name)]);
  const pending = history.order.filter(({ name }) => !done.has(name));
  const missing = [...rows.values()].filter(({ name }) => !history.byName.has(name) && !accounted.has(name));
  return {
    applied: [...applied],
    pending,
    missing,
    ahead: pending.length > 0 ? [] : aheadOf(history, rows, { missing, accounted }),
    late: lateIn(history, done),
    restamp,
    halfway,
    changed: [...rows.values()].flatMap((row) => {
      const revision = history.byName.get(row.name);
      return revision && row.hash !== undefined && row.hash !== revision.hash ? [{ revision, row }] : [];
    }),
    duplicated: [...rowsOf].filter(([, all]) => all.length > 1).map(([name, all]) => ({ name, rows: all })),
    current: currentOf(history, rows, restamp),
  };
}

/**
 * Looks for revisions that replace others and are not applied themselves. A row counts for its own name and for what that
 * revision replaced in its turn, so that a history may be rebuilt a second time.
 */
function replacedIn(history: History, rows: ReadonlyMap<string, Applied>): Replaced {
  const found: Replaced = { restamp: [], halfway: [], accounted: new Map() };
  const rebuilt = [...rows.values()].filter(({ replaces }) => replaces?.length);
  for (const revision of history.order) {
    if (revision.replaces.length === 0 || rows.has(revision.name)) continue;
    const wanted = new Set(revision.replaces);
    const inPlace = rebuilt.filter(({ replaces = [] }) => replaces.every((name) => wanted.has(name)));
    const replaced = [...new Set([...[...wanted].flatMap((name) => rows.get(name) ?? []), ...inPlace])];
    if (replaced.length === 0) continue;
    const covered = new Set(replaced.flatMap(({ name, replaces }) => [name, ...(replaces ?? [])]));
    const lacking = revision.replaces.filter((name) => !covered.has(name));
    if (lacking.length === 0) found.restamp.push({ revision, replaced });
    else found.halfway.push({ revision, applied: replaced.map(({ name }) => name), lacking });
    for (const { name } of replaced) found.accounted.set(name, revision);
  }
  return found;
}

function currentOf(history: History, rows: ReadonlyMap<string, Applied>, restamp: State['restamp']): string[] {
  const instead = new Map(
    restamp.flatMap(({ revision, replaced }) => replaced.map((row) => [row.name, revision.name] as const)),
  );
  const names = new Set([...rows.keys()].map((name) => instead.get(name) ?? name));
  const parents = (name: string) => history.byName.get(name)?.revises ?? rows.get(name)?.revises ?? [];
  const revised = new Set([...names].flatMap(parents).map((name) => instead.get(name) ?? name));
  return [...names].filter((name) => !revised.has(name));
}

/**
 * Which missing revisions come after everything that this checkout has, all of which is applied. One that recorded what it
 * revises does when each of that is a head of this checkout, or comes after it in turn (and has the older id). One that
 * recorded nothing, of stock MikroORM, does when its row is younger than that of every revision of this checkout.
 * The others are holes: they lie beneath or beside what this checkout has.
 */
function aheadOf(
  history: History,
  rows: ReadonlyMap<string, Applied>,
  { missing, accounted }: Pick<State, 'missing'> & Pick<Replaced, 'accounted'>,
): Applied[] {
  const after = new Set(history.heads);
  const order = [...rows.keys()];
  const youngest = order.findLastIndex((name) => history.byName.has(name) || accounted.has(name));
  const younger = new Set(order.slice(youngest + 1));
  return missing.filter(({ name, revises }) => {
    const comesAfter =
      revises?.length === 0
        ? history.heads.length === 0
        : (revises?.every((parent) => after.has(accounted.get(parent)?.name ?? parent)) ?? younger.has(name));
    if (comesAfter) after.add(name);
    return comesAfter;
  });
}

/** A row of the ledger, and what is known of it: how refusals name it. */
export const rowFacts = (row: Applied): { name: string; known: string } => ({ name: row.name, known: known(row) });

/** What the ledger can tell about a revision, for a message. */
export function known(row: Applied): string {
  const by = [row.by, row.host].filter(Boolean).join('@');
  const from = [row.branch && `branch ${row.branch}`, row.commit && `commit ${row.commit.slice(0, 12)}`]
    .filter(Boolean)
    .join(', ');
  const tool = row.tool && `, with nx-mikro-orm ${row.tool}`;
  return `applied ${row.at.toISOString()}${by && ` by ${by}`}${from && ` from ${from}`}${tool ?? ''}`;
}
