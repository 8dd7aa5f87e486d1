/** What was measured, weighed with the size and the traffic of the real tables. */
import { plural } from '../errors.ts';
import { rangeOf } from './held/duration.ts';
import { weighed, type Finding, type RuleRemark, type FindingClass, type HeldTime, type Severity } from './finding.ts';
import { spread } from './held/rates.ts';
import { secondsOf, workedOn } from './held/seconds.ts';
import type { Sizes } from './held/sizes.ts';
import { decided } from './held/decide.ts';
import type { Seen } from './seen.ts';
import { stopsReaders, stopsWriters, type Mode } from './trace/locks.ts';
import { shown } from './trace/state.ts';

type Weight = Pick<Finding, 'severity' | 'message' | 'held'>;

/** A finding with its severity and how long it lasts; undefined where the figures say that it does not come to it. */
export function weigh(
  seen: Seen,
  { class: kind, severity }: { class: FindingClass; severity: Severity },
  found: RuleRemark,
  sizes: Sizes | undefined,
): Weight | undefined {
  const plain = { severity: found.severity ?? severity, message: found.message, held: null };
  if (!sizes) return plain;
  if (found.decidedBy) return decided(seen, found, plain, sizes);
  if (!weighed.has(kind)) return plain;
  const id = idOf(seen, found.relation);
  const lock = found.lock;
  const seconds = lock === undefined ? secondsOf(seen, sizes) : heldSeconds(seen, id, sizes);
  if (seconds === undefined) return plain;
  const held = rangeAround(seconds, sizes);
  return {
    severity: severityOf(held.to, sizes),
    message: `${found.message}; about ${rangeOf(held)}${sizeText(seen, id, sizes)}${queued(seen, id, lock, seconds, sizes)} (${held.source})`,
    held,
  };
}

/** The one table of severity: by the longer end of the range. */
const severityOf = (seconds: number, { thresholds: { warning, error } }: Sizes): Severity =>
  seconds >= error ? 'error' : seconds >= warning ? 'warning' : 'note';

const rangeAround = (seconds: number, { source }: Sizes): HeldTime => ({
  from: seconds / spread,
  to: seconds * spread,
  source,
});

/** For how long a lock on a relation lasts that a statement has; null where the size of a table is not known. */
export function heldOf(seen: Seen, id: string, sizes: Sizes): HeldTime | null {
  const seconds = heldSeconds(seen, id, sizes);
  return seconds === undefined ? null : rangeAround(seconds, sizes);
}

/** From the statement that took the lock to the end of its transaction. */
function heldSeconds(seen: Seen, id: string | undefined, sizes: Sizes): number | undefined {
  const unit = seen.whole.filter((one) => one.unit === seen.unit);
  const first = unit.findIndex(({ added }) => {
    const lock = id === undefined ? undefined : added.get(id);
    return lock !== undefined && stopsWriters(lock);
  });
  const from = first < 0 ? seen.at : Math.min(first, seen.at);
  const all = seen.unit.isTransaction ? unit.slice(from) : [seen];
  const seconds = all.map((one) => secondsOf(one, sizes));
  return seconds.includes(undefined) ? undefined : seconds.reduce<number>((sum, one) => sum + (one ?? 0), 0);
}

/** The relation of a finding; where it names several, the first one. */
function idOf({ before, base }: Seen, name: string | undefined): string | undefined {
  const [first] = name?.split(', ') ?? [];
  const all = [...before.relations.values(), ...base.relations.values()];
  return all.find((one) => shown(one) === first && 'rpm'.includes(one.kind))?.id;
}

function sizeText(seen: Seen, id: string | undefined, sizes: Sizes): string {
  const worked = workedOn(seen, sizes);
  const on = id !== undefined && worked.includes(id) ? id : worked[0];
  const rows = on === undefined ? undefined : sizes.of(seen, on)?.rows;
  return rows === undefined ? '' : ` on ${plural(rows, '1 row', 'rows')}`;
}

function queued(seen: Seen, id: string | undefined, lock: Mode | undefined, seconds: number, sizes: Sizes): string {
  const table = id === undefined ? undefined : sizes.of(seen, id);
  if (!table || lock === undefined) return '';
  const rate = table.writesPerSecond + (stopsReaders(lock) ? table.readsPerSecond : 0);
  const count = Math.round(rate * seconds);
  return count > 0 ? `, while about ${plural(count, '1 statement', 'statements')} arrive` : '';
}
