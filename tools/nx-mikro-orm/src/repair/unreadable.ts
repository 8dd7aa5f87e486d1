import { known } from '../history/state.ts';
import type { Kind } from './finding.ts';

/** An applied revision whose file was changed, and cannot be loaded any more. */
export const unreadable: Kind = {
  kind: 'unreadable',
  needs: 'files',
  flags: [],
  find: (seen) =>
    seen.unreadable.map(({ revision, row, error }) => ({
      kind: 'unreadable',
      weight: 'wrong',
      about: [row.name],
      found: `${row.name} was edited after being applied, and cannot be read.`,
      evidence: [known(row), error.message],
      next: [`put it back: git log --oneline -- '${revision.path}'`],
      remedies: [],
    })),
};
