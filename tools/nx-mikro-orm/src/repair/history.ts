import { problem, typed, type Problem } from '../errors.ts';
import { twoHeads } from '../history/graph.ts';
import type { Inconsistency, InconsistencyKind } from './finding.ts';

/** Files that are no history, or one with two ends. */
export const historyInconsistencies: InconsistencyKind = {
  kind: 'history',
  needs: 'database',
  flags: [],
  find: ({ broken, history }) => {
    if (broken) return [findingOf(broken, [])];
    return history.heads.length > 1 ? [findingOf(twoHeads(history), history.heads)] : [];
  },
};

const findingOf = ({ message, next }: Problem, about: string[]): Inconsistency => ({
  kind: 'history',
  weight: 'wrong',
  about,
  found: message.replace(' Nothing was run.', ''),
  evidence: [],
  next,
  remedies: [],
});

/** A rebuilt history, of whose predecessors this database has only some. */
export const halfWay: InconsistencyKind = {
  kind: 'half-way',
  needs: 'links',
  flags: [],
  find: ({ state }) =>
    state.halfway.map(({ revision, applied, lacking }) => {
      const { message, next } = problem('replaced-halfway', { name: revision.name, applied, lacking });
      return {
        kind: 'half-way',
        weight: 'wrong',
        about: [revision.name],
        found: message.replace(' Nothing was run.', ''),
        evidence: applied.map((name) => `applied: ${name}`),
        next,
        remedies: [],
      };
    }),
};

/** A revision that is not applied, while one that builds on it is. */
export const late: InconsistencyKind = {
  kind: 'late',
  needs: 'links',
  flags: [],
  find: ({ state, history }) =>
    state.late.map(({ revision, before }) => ({
      kind: 'late',
      weight: 'wrong',
      about: [revision.name],
      found: `${revision.name} is not applied, but ${before}, which builds on it, is.`,
      evidence: [revision.path],
      next: [
        `if its changes are in this database already: ${typed(`stamp ${state.current[0] ?? before}`)}`,
        `if they are not, and do not clash with what came after: ${typed('up')} --late allow`,
        `else let it follow the head: set its \`revises\` to '${history.heads[0] ?? before}', and give the file a newer name`,
      ],
      remedies: [],
    })),
};
