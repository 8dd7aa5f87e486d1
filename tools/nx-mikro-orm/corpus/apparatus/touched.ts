/** Of which columns and tables an entry says that their values become others, by its answers and by itself. */
import type { Change } from '../change.ts';

/** What decisions are about may hold something else after up. */
export const touched = ({ decisions = [], volunteered = [], lost = [] }: Change): string[] => [
  ...lost,
  ...[...decisions, ...volunteered].map((text) => {
    const names = subjectOf(text).split('.');
    // `map mood.sad:ok` is about every column of the type, or about one column whose check lists its values.
    const ofValue = text.startsWith('map ') || (text.startsWith('rename ') && names.length === 3);
    return ofValue && names.length > 1 ? names.slice(0, -1).join('.') : names.join('.');
  }),
  // A value that is renamed is another text.
  ...decisions.filter((text) => /^(rename|drop) \w+\.[^.]+$/.test(text.split(':')[0] ?? '')).map(firstName),
];

/** What down cannot give back: what was dropped, and what was mapped to a value that others have too. */
export const notBack = ({ decisions = [], volunteered = [], lost = [] }: Change): string[] => [
  ...lost,
  ...decisions.filter((text) => text.startsWith('drop ')).map(subjectOf),
  ...decisions
    .filter((text) => text.startsWith('map '))
    .map((text) => subjectOf(text).split('.').slice(0, -1).join('.')),
  ...[...decisions, ...volunteered].filter((text) => text.startsWith('using ')).map(subjectOf),
];

/** What stands between the kind of a decision and its colon. */
const subjectOf = (text: string): string => (text.split(/ (.*)/s)[1] ?? '').split(':')[0] ?? '';

const firstName = (text: string): string =>
  (/^\w+ (?:"([^"]+)"|([^.:]+))/.exec(text) ?? []).slice(1).find(Boolean) ?? '';
