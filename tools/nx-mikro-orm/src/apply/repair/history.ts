import { problem, type Problem } from '../../errors.ts';
import type { Finding, Kind } from './finding.ts';

/** Files that are no history, or one with two ends. */
export const history: Kind = {
  kind: 'history',
  needs: 'database',
  flags: [],
  find: ({ broken, history: { heads } }) => {
    if (broken) return [findingOf(broken, [])];
    return heads.length > 1 ? [findingOf(problem('two-heads', { heads }), heads)] : [];
  },
};

const findingOf = ({ message, next }: Problem, about: string[]): Finding => ({
  kind: 'history',
  weight: 'wrong',
  about,
  found: message.replace(/ Nothing was run\./, ''),
  evidence: [],
  next,
  remedies: [],
});
