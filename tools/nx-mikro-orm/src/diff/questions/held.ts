/** A change that PostgreSQL does not make: it can be left out, and does not keep all else from being written. */
import { readKey, withFacts, type Catalogue, type Item } from '../../catalogue/index.ts';
import { labelsOf } from '../../catalogue/kinds/type.ts';
import { ownerKinds, sideOf } from '../side.ts';
import type { DesiredState } from '../target.ts';
import type { Side } from '../side.ts';
import { subjectOf, type Ambiguity } from './ambiguity.ts';

/** What the server did not accept, whatever came before. */
export interface Impossible {
  /** Of the thing that was to change. */
  key: string;
  /** The server's. */
  reason: string;
}

export const askToHold = (impossible: readonly Impossible[]): Ambiguity[] =>
  impossible.map(({ key, reason }) => {
    const { kind, names, signature } = readKey(key);
    const subject = subjectOf(...(names as [string, ...string[]]));
    return {
      question: {
        single: true,
        text: `PostgreSQL does not make one of the changes of ${kind} ${subject}${signature}: ${reason}. Does it stay as it is, while all else is written?`,
        answers: [
          {
            kind: 'keep',
            subject,
            thing: kind,
            effect: {
              sql: [],
              data: 'It stays as it is, and differs from what is wanted until somebody changes it by hand.',
            },
          },
        ],
      },
      apply: (_, outcome) => outcome.held.add(key),
    };
  });

/** A thing that stays as it is; of an enum, the order of its values. */
function heldAs(present: Item, next: Item): Item {
  const [before, after] = [labelsOf(present), labelsOf(next)];
  if (!before || !after) return present;
  const labels = before.filter((value) => after.includes(value));
  for (const [at, value] of after.entries())
    if (!labels.includes(value)) labels.splice(at === 0 ? 0 : labels.indexOf(after[at - 1] ?? '') + 1, 0, value);
  return withFacts(next, { labels });
}

/** What is wanted, but for the things that stay as they are. */
export function holding(to: DesiredState, from: Side, held: ReadonlySet<string>): DesiredState {
  if (held.size === 0) return to;
  const catalogue: Catalogue = new Map(to.catalogue);
  for (const key of held) {
    const present = from.catalogue.get(key);
    const next = catalogue.get(key);
    if (present) catalogue.set(key, next ? heldAs(present, next) : present);
    else for (const one of partsOf(catalogue, key)) catalogue.delete(one);
  }
  return { ...to, ...sideOf(catalogue) };
}

/** The key of a thing, and those of all that hangs on it where it is a table or a view. */
export function partsOf(catalogue: Catalogue, key: string): string[] {
  const { kind, names } = readKey(key);
  const [schema, table] = names;
  if (!(ownerKinds as readonly string[]).includes(kind)) return [key];
  const parts = [...catalogue.values()].filter((item) => item.schema === schema && item.table === table);
  return [key, ...parts.map((item) => item.key)];
}
