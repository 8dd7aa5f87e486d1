/** The pending steps on an axis of time: which tables are locked, for how long, and for whom. */
import { durationText, rangeOf } from '../../held/duration.ts';
import type { PlannedStep, TableLock } from '../../target.ts';
import { stopsReaders } from '../../trace/locks.ts';
import { html, nothing, type Markup } from './markup.ts';

/** A step that takes no time is still to be seen: so much of the axis is its at least. */
const least = 0.04;

/** When a step begins and how long it lasts, in shares of the axis. */
interface Slot {
  from: number;
  share: number;
  /** The longest that it holds a lock; undefined where nobody knows. */
  seconds: number | undefined;
}

export function timelineOf(steps: readonly PlannedStep[]): Markup {
  const slots = slotsOf(steps);
  const total = slots.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
  return html`<div class="timeline">
      ${total > 0 ? axis(total) : html`<p class="quiet">Nobody knows how long: there are no figures of the database.</p>`}
      ${steps.map((step, at) => stepRows(step, slots[at]!, at))}
    </div>
    <p class="legend">
      <span class="key readers"></span> reads and writes wait <span class="key writers"></span> writes wait
      <span class="key unknown"></span> nobody knows for how long
    </p>`;
}

/** From left to right as they run; each as long as its longest lock is held at most. */
function slotsOf(steps: readonly PlannedStep[]): Slot[] {
  const seconds = steps.map(({ locks }) =>
    locks.some(({ held }) => held === null) ? undefined : Math.max(0, ...locks.map(({ held }) => held?.to ?? 0)),
  );
  const total = seconds.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  const weights = seconds.map((one) => Math.max(total > 0 ? (one ?? 0) / total : 0, one === undefined ? 0.2 : least));
  const all = weights.reduce((sum, one) => sum + one, 0);
  let from = 0;
  return weights.map((weight, at) => {
    const slot = { from, share: weight / all, seconds: seconds[at] };
    from += slot.share;
    return slot;
  });
}

const axis = (total: number): Markup =>
  html`<p class="axis">
    <span>begin</span><span>${durationText(total / 2)}</span><span>${durationText(total)} at most</span>
  </p>`;

function stepRows({ name, locks, rewritten, transactional }: PlannedStep, slot: Slot, at: number): Markup {
  return html`<section>
    <h3><a href="#step-${at + 1}">${name}</a>${transactional ? nothing : html` <em>outside of a transaction</em>`}</h3>
    ${locks.length === 0 ? html`<p class="quiet">nobody is locked out of a table in use</p>` : nothing}
    ${locks.map((lock) => lockRow(lock, slot, rewritten.includes(lock.relation)))}
  </section>`;
}

/** A lock lasts to the end of its transaction. */
function lockRow({ relation, lock, held }: TableLock, slot: Slot, isRewritten: boolean): Markup {
  const part = held === null || !slot.seconds ? 1 : Math.max(held.to / slot.seconds, least);
  const [width, left] = [slot.share * part, slot.from + slot.share * (1 - part)];
  const kind = held === null ? 'unknown' : stopsReaders(lock) ? 'readers' : 'writers';
  const whom = stopsReaders(lock) ? 'reads and writes' : 'writes';
  const long = held === null ? 'nobody knows how long' : rangeOf(held);
  return html`<div class="lock">
    <span class="table">${relation}${isRewritten ? ', written anew' : ''}</span>
    <span class="track"><span class="bar ${kind}" style="left:${percent(left)};width:${percent(width)}"></span></span>
    <span class="long">${whom} wait: ${long} (${lock})</span>
  </div>`;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))}%`;
