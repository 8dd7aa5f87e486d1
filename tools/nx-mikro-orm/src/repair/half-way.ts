import { problem } from '../errors.ts';
import type { Kind } from './finding.ts';

/** A rebuilt history, of whose predecessors this database has only some. */
export const halfWay: Kind = {
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
        found: message.replace(/ Nothing was run\./, ''),
        evidence: applied.map((name) => `applied: ${name}`),
        next,
        remedies: [],
      };
    }),
};
