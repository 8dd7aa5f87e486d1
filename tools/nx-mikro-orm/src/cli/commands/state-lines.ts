import { earlierLines, type Earlier } from '../../ledger/earlier.ts';
import { holderLine } from '../../postgres/lock.ts';
import type { Standing } from '../../run/standing/standing.ts';
import type { Verdict } from '../../run/standing/status.ts';
import type { Exit } from '../../errors.ts';

/** What `current`, `status` and their `--check` say alike. */
export const checkOption = {
  check: { type: 'boolean', help: 'Exit with 3 when something is pending, with 4 when something does not fit' },
} as const;

export const exitOf = (check: boolean, verdict: Verdict): Exit =>
  !check || verdict === 'ok' ? 'ok' : verdict === 'pending' ? 'differs' : 'refused';

/** What comes before everything else: the runner at work, or an earlier run that did not end well. */
export const openingLines = ({ earlier, half, holder }: Standing): string[] => [
  ...(holder ? [`At work now: ${holderLine(holder)}`] : []),
  ...(earlier ? earlierLines(earlier, half) : []),
];

/** The same as JSON. */
export const openingJson = ({ earlier, holder }: Standing) => ({
  running: holder
    ? {
        name: holder.name,
        process: holder.pid,
        since: holder.since?.toISOString() ?? null,
        doing: holder.doing ?? null,
      }
    : null,
  earlier: earlier ? earlierJson(earlier) : null,
});

const earlierJson = ({ run, outcome, direction, plan, finished, at, sqlstate, message }: Earlier) => ({
  outcome,
  direction,
  at: run.at.toISOString(),
  by: run.by ?? null,
  host: run.host ?? null,
  pid: run.pid ?? null,
  commit: run.commit ?? null,
  branch: run.branch ?? null,
  plan,
  finished,
  stoppedAt: at ?? null,
  sqlstate: sqlstate ?? null,
  message: message ?? null,
});
