/** Which parts of the models have to be made anew on scratch, because nobody knows yet what the server makes of them. */
import { readKey, type Catalogue, type Item } from '../../catalogue/index.ts';
import type { Scratch } from '../../rehearsal/scratch/database.ts';
import type { Handwork } from '../../diff/handwork.ts';
import { quoted } from '../../catalogue/kinds/naming.ts';
import { desiredState } from '../../diff/desired.ts';
import { sideOf, type Side } from '../../diff/side.ts';
import type { Made } from '../../diff/target.ts';
import { itemsByUnit, traceOf, type ModelUnit } from './units.ts';

export interface Parts {
  units: ReadonlyMap<string, ModelUnit>;
  /** Statements of no unit: triggers, routines, and what people wrote themselves. */
  rest: readonly string[];
  present: Side;
  makes: ReadonlyMap<string, Made>;
  handwork: Handwork;
  handmade: (item: Item) => boolean;
  /** What is by hand, and what came before `create` and may be. */
  stays: (item: Item) => boolean;
}

/** The name that {@link traceOf} what is in no unit is remembered under. */
const theRest = 'the rest';

/** What would be remembered of each part, if its statements gave what a catalogue has. */
function tracesOf({ units, rest, handmade }: Parts, catalogue: Catalogue): Map<string, string> {
  const traces = new Map<string, string>();
  const others: Item[] = [];
  const items = itemsByUnit(catalogue, units);
  for (const [key, list] of items) if (!units.has(key)) others.push(...list);
  for (const { key, statements } of units.values()) traces.set(key, traceOf(statements, items.get(key) ?? []));
  // One by hand that no model names cannot be theirs: it is no reason to make every model anew.
  const mayBeModels = (item: Item) => !handmade(item) || rest.some((sql) => sql.includes(item.name));
  const routines = others.filter(
    (item) => (item.kind === 'function' || item.kind === 'procedure') && mayBeModels(item),
  );
  traces.set(theRest, traceOf(rest, routines));
  return traces;
}

/** What there is when the models are as wanted: their own things, with what was said of them by hand, and what is beside. */
const besideHandwork = ({ present, makes, handwork, handmade }: Parts, wanted: Catalogue): Catalogue =>
  desiredState({ wanted: { ...sideOf(wanted), makes }, from: present, handwork, isLeftAlone: handmade }).catalogue;

/**
 * The units to be made anew; undefined for all of them. None where the history has what their statements are known to
 * give.
 */
export function staleUnits(parts: Parts, remembered: Readonly<Record<string, string>>): Set<string> | undefined {
  const { units, rest } = parts;
  const traces = tracesOf(parts, parts.present.catalogue);
  const stale = new Set([...units.keys()].filter((key) => traces.get(key) !== remembered[key]));
  const gone = Object.keys(remembered).filter(
    (key) => key !== theRest && !units.has(key) && parts.present.catalogue.has(key),
  );
  if (traces.get(theRest) !== remembered[theRest]) return undefined;
  if (stale.size === 0 && gone.length === 0) return stale;
  // A trigger, a policy or a routine can be about anything.
  if (rest.length > 0 || stale.size > units.size / 2) return undefined;
  spread(stale, gone, units);
  return stale;
}

/** What is dropped along with what goes: views, foreign keys, and tables with columns of a type. */
function spread(stale: Set<string>, gone: readonly string[], units: ReadonlyMap<string, ModelUnit>): void {
  const kindIn = (key: string) => readKey(key).kind;
  for (const key of units.keys()) if (['view', 'materialized view'].includes(kindIn(key))) stale.add(key);
  for (const kind of ['type', 'table']) {
    const names = [...stale, ...gone].filter((key) => kindIn(key) === kind).map(quotedName);
    for (const { key, statements } of units.values())
      if (!stale.has(key) && (kind === 'type' || kindIn(key) === 'constraint'))
        if (statements.some((sql) => names.some((name) => sql.includes(name)))) stale.add(key);
  }
}

const quotedName = (key: string): string => quoted(readKey(key).names.at(-1) ?? '');

/** Whether everything that was not made anew is still as it was. */
export function othersHold(parts: Parts, stale: ReadonlySet<string>, wanted: Catalogue): boolean {
  const [before, after] = [tracesOf(parts, parts.present.catalogue), tracesOf(parts, besideHandwork(parts, wanted))];
  return [...before].every(([key, trace]) => stale.has(key) || after.get(key) === trace);
}

/** Remembers what the server makes of the models' statements: a history that gives just that has them already. */
export async function rememberUnits(
  { remembered, remember }: Pick<Scratch, 'remembered' | 'remember'>,
  parts: Parts,
  wanted: Catalogue,
): Promise<void> {
  const traces = Object.fromEntries(tracesOf(parts, besideHandwork(parts, wanted)));
  if (JSON.stringify(traces) !== JSON.stringify(remembered)) await remember(traces);
}
