import type { Problem } from '../errors.ts';
import { twoHeads } from '../history/graph.ts';
import type { Finding, Kind } from './finding.ts';

/** Files that are no history, or one with two ends. */
export const history: Kind = {
  kind: 'history',
  needs: 'database',
  flags: [],
  find: ({ broken, history }) => {
    if (broken) return [findingOf(broken, [])];
    return history.heads.length > 1 ? [findingOf(twoHeads(history), history.heads)] : [];
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
