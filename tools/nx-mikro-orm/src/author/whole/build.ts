import type { Client } from 'pg';
import { readKey } from '../../catalogue/index.ts';
import { firstLine } from '../../errors.ts';
import { attempt, tryAll as trying } from '../../rehearsal/attempt.ts';
import { phases, type BuildEntry } from './entry.ts';

export interface Built {
  up: string[];
  down: string[];
  /** What the server did not accept, by key, with its words. */
  failed: Map<string, string>;
  /** The same for the way back. */
  stuck: Map<string, string>;
}

/**
 * Finds the order in which the statements work by trying: what fails is tried again after the others, until nothing more
 * succeeds. So the server decides what depends on what, also where no catalogue tells, as between a view and a function's
 * text. To be called in a transaction on an empty database; what it leaves there is of no use.
 */
export async function build(client: Client, entries: readonly BuildEntry[]): Promise<Built> {
  const { made, failed } = await makeAll(client, entries);
  const unnamed = entries.filter(({ statements, undo }) => undo && statements.length === 0);
  const last = made.findIndex(({ phase }) => phase === 'last');
  const backwards = made.toSpliced(last < 0 ? made.length : last, 0, ...unnamed).toReversed();
  const { down, stuck } = await takeDown(client, backwards);
  return { up: made.flatMap(({ statements }) => statements), down, failed, stuck };
}

/** One round over what is due; `reasons` gets the first refusal of each. */
const tryAll = (client: Client, due: readonly BuildEntry[], reasons: Map<string, string>) =>
  trying(client, due, ({ key }, refusal) => {
    if (!reasons.has(key)) reasons.set(key, firstLine(refusal));
  });

const place = ({ phase }: BuildEntry): number => phases.indexOf(phase);

async function makeAll(client: Client, entries: readonly BuildEntry[]) {
  let open = entries
    .filter(({ dormant, statements }) => !dormant && statements.length > 0)
    .toSorted((a, b) => place(a) - place(b) || a.rank - b.rank);
  const made: BuildEntry[] = [];
  const failed = new Map<string, string>();
  let detours = 1;
  for (const [now, phase] of phases.entries())
    for (;;) {
      failed.clear();
      const due = open.filter((entry) => place(entry) <= now);
      const { done, left } = await tryAll(client, due, failed);
      made.push(...done);
      // The last moment at which a way around can still be followed by what belongs to the object.
      const detour = done.length === 0 && phase === 'attach' ? takeDetours(left, entries, detours) : undefined;
      open = [...(detour ?? left), ...open.filter((entry) => place(entry) > now)];
      if (done.length === 0 && !detour) break;
      // Where they lead nowhere, as with a type that this server does not know, the rounds must not become too many.
      if (detour) detours *= 2;
    }
  return { made, failed };
}

const ofOneTable = (a: BuildEntry, b: BuildEntry): boolean => a.schema === b.schema && a.table === b.table;

/**
 * Things that wait for each other: one routine whose body is not looked at breaks most circles, a table whose defaults and
 * checks come later the others. As few as possible, as the rest may then go its usual way. Undefined when there is none.
 */
function takeDetours(left: readonly BuildEntry[], all: readonly BuildEntry[], most: number): BuildEntry[] | undefined {
  const able = left.filter(({ instead }) => instead);
  const routines = able.filter(({ key }) => readKey(key).kind !== 'table');
  const taken = new Set((routines.length > 0 ? routines : able).slice(0, most));
  if (taken.size === 0) return undefined;
  const woken = all
    .filter((entry) => entry.dormant && [...taken].some((one) => ofOneTable(entry, one)))
    .map(({ dormant: _, ...entry }): BuildEntry => entry);
  const detour = ({ instead = [], ...entry }: BuildEntry): BuildEntry => ({ ...entry, statements: instead });
  return [...left.map((entry) => (taken.has(entry) ? detour(entry) : entry)), ...woken];
}

/**
 * Takes away what was made, newest first, without cascade. What goes with its table is only dropped by itself where
 * tables hold each other.
 */
async function takeDown(client: Client, backwards: readonly BuildEntry[]): Promise<Pick<Built, 'down' | 'stuck'>> {
  const undone: BuildEntry[] = [];
  let open = backwards.filter(({ undo, part }) => undo && !part).map(undoing);
  let parts = backwards.filter(({ undo, part }) => undo && part);
  for (;;) {
    const stuck = new Map<string, string>();
    const { done, left } = await tryAll(client, open, stuck);
    undone.push(...done);
    open = left;
    if (open.length === 0) return { down: undone.flatMap(({ statements }) => statements), stuck };
    if (done.length > 0) continue;
    const part = await dropOnePart(client, parts, open);
    if (!part) return { down: undone.flatMap(({ statements }) => statements), stuck };
    undone.push(undoing(part));
    parts = parts.filter((other) => other !== part);
  }
}

const undoing = (entry: BuildEntry): BuildEntry => ({ ...entry, statements: entry.undo ?? [] });

/** What does not stand inside of its table first: foreign keys are what holds tables in a circle. */
async function dropOnePart(
  client: Client,
  parts: readonly BuildEntry[],
  stuck: readonly BuildEntry[],
): Promise<BuildEntry | undefined> {
  const candidates = parts.filter((part) => stuck.some((entry) => ofOneTable(entry, part)));
  const place = ({ dormant }: BuildEntry) => (dormant ? 1 : 0);
  for (const part of candidates.toSorted((a, b) => place(a) - place(b)))
    if (!(await attempt(client, [undoing(part)]))) return part;
  return undefined;
}
