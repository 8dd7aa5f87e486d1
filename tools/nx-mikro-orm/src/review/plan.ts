/** The story of `plan`: what `up` would do now, and what that does to the database while it is in use. */
import type { Project } from '../config.ts';
import { onlyHead, type History } from '../history/graph.ts';
import type { LoadedStep } from '../history/content.ts';
import { rewrites, tableLocks } from './locks.ts';
import { beyond } from './release.ts';
import { lintRevisions, type RevisionsOptions } from './revisions.ts';
import type { Seen } from './seen.ts';
import type { ReviewedPlan } from './target.ts';

type Options = Pick<RevisionsOptions, 'sizes' | 'onReplay' | 'onLeftOut' | 'onRevision'>;

/** Reviews steps forward, from what the database has. */
export async function reviewSteps(
  project: Project,
  history: History,
  steps: readonly LoadedStep[],
  options: Options,
): Promise<Pick<ReviewedPlan, 'steps' | 'unjudged'>> {
  if (steps.length === 0) return { steps: [], unjudged: [] };
  const wanted = new Set(steps.map(({ step }) => step.revision.name));
  const known = new Set([...history.byName.keys()].filter((name) => !wanted.has(name)));
  const { before, revisions } = beyond(history, known, onlyHead(history) ?? 'base');
  const seen = new Map<string, readonly Seen[]>();
  const { targets, unjudged } = await lintRevisions(project, {
    ...options,
    before,
    revisions: revisions.filter(({ name }) => wanted.has(name)),
    onSeen: (name, all) => seen.set(name, all),
  });
  return {
    unjudged,
    steps: steps.map(({ step: { revision }, content }) => {
      const mine = seen.get(revision.name) ?? [];
      const target = targets.find((one) => one.revision === revision.name);
      return {
        name: revision.name,
        file: target?.file ?? revision.path,
        transactional: content.transactional,
        runsCode: content.runsCode.up,
        statements: content.up,
        irreversible: content.down ? null : content.irreversible || 'it has no down()',
        locks: tableLocks(mine, options.sizes),
        rewritten: rewrites(mine),
        findings: target?.findings ?? [],
      };
    }),
  };
}
