import { typed } from '../errors.ts';
import type { Kind } from './finding.ts';

/** A revision that is not applied, while one that builds on it is. */
export const late: Kind = {
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
