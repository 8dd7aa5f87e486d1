import { typed } from '../errors.ts';
import { statementDigest } from '../history/digest.ts';
import { contentOf } from '../history/content.ts';
import { earlierLines, type OpenStatement, type Progress } from '../ledger/earlier.ts';
import { evidence, type Evidence } from '../run/resume/evidence/evidence.ts';
import type { JournalEntry } from '../ledger/journal.ts';
import { readStored } from '../ledger/stored.ts';
import type { Inconsistency, InconsistencyKind, Remedy, Survey } from './finding.ts';
import { holderLine } from '../postgres/lock.ts';
import { oneLine, shortened } from '../text/line.ts';

/** A revision outside of a transaction, of which only some statements are done. */
export const halfDone: InconsistencyKind = {
  kind: 'half-done',
  needs: 'database',
  flags: ['took-effect', 'took-no-effect', 'begin-again'],
  find: async (seen) => {
    const found = [];
    // What a runner is at is not half done.
    for (const progress of seen.holder ? [] : seen.half)
      if (progress.done.size > 0 || progress.open?.outcome === 'unknown') found.push(await findingOf(seen, progress));
    return found;
  },
};

async function findingOf(seen: Survey, progress: Progress): Promise<Inconsistency> {
  const { revision, direction, done, open, last } = progress;
  const statements = await statementsOf(seen, progress);
  const of = statements?.length ? ` of ${statements.length}` : '';
  const lines = [...done.keys()].map((number) => `done  ${number}  ${short(statements?.[number - 1] ?? '')}`);
  return {
    kind: 'half-done',
    weight: 'wrong',
    about: [revision],
    found: `${revision} is half ${direction === 'up' ? 'applied' : 'reverted'}: ${done.size}${of} statements are done. It runs outside of a transaction, so they stay.`,
    evidence: [
      `last tried ${last.at.toISOString()} by ${[last.by, last.host].filter(Boolean).join('@')}`,
      ...lines,
      ...(open ? await openLines(seen, progress, open, statements) : []),
    ],
    next: [continued(seen, progress)],
    remedies: remediesFor(progress),
  };
}

function continued({ history }: Survey, { revision, direction }: Progress): string {
  if (history.byName.has(revision)) return `it is continued by: ${typed(direction)}`;
  return `its file is not in this checkout, and has to be to continue it: git log --all --oneline -- '*${revision}*'`;
}

/** All of its statements in this direction: from its file, or from the ledger. Undefined when neither has them. */
async function statementsOf({ client, project, history, state }: Survey, { revision: name, direction }: Progress) {
  const revision = history.byName.get(name);
  // A file that cannot be read is told where that matters.
  const content = revision && (await contentOf(revision).catch(() => undefined));
  if (content) return content[direction];
  return state.applied.some((row) => row.name === name)
    ? (await readStored(client, project, name))[direction]
    : undefined;
}

async function openLines(
  { client }: Survey,
  { last }: Progress,
  { statement, sql, digest, outcome, at }: OpenStatement,
  statements: readonly string[] | undefined,
): Promise<string[]> {
  const whole = statements?.find((one) => statementDigest(one) === digest);
  const line = `open  ${statement}  ${short(whole ?? sql)}`;
  if (outcome === 'failed')
    return [
      line,
      `failed ${at.toISOString()}: ${last.message ?? ''}${last.sqlstate ? ` (SQLSTATE ${last.sqlstate})` : ''}`,
    ];
  const isCode = whole === undefined && sql.startsWith('(the code of ');
  const seen = isCode ? 'it is code, and how far it got cannot be told' : told(await evidence(client, whole ?? sql));
  return [line, `sent ${at.toISOString()}, and nobody heard the answer; ${seen}`];
}

/** What the catalogue says of the statement, as the end of a sentence. */
function told(seen: Evidence): string {
  switch (seen.found) {
    case 'done':
      return 'the catalogue shows that it took effect';
    case 'not-done':
      return 'the catalogue shows nothing of it';
    case 'repeatable':
      return 'it does no harm to send it again';
    case 'running':
      return `server process ${seen.pid} is still at it, since ${seen.since.toISOString()}`;
    case 'invalid-index':
      return `it left the INVALID index ${seen.index}, which will be dropped`;
    case 'leftover-indexes':
      return `it left INVALID indexes, which will be dropped: ${seen.indexes.join(', ')}`;
    case 'unfinished-detach':
      return `a partition is half detached; to finish it: ${seen.finalize}`;
    case 'unknown':
      return `nothing can tell whether it took effect: ${seen.why}`;
  }
}

const short = (sql: string): string => shortened(oneLine(sql), 120);

function remediesFor({ revision, direction, open, done }: Progress): Remedy[] {
  const remedy = (flag: Remedy['flag'], when: string, entry: Omit<JournalEntry, 'reason'>, said: string): Remedy => ({
    flag,
    when,
    mend: ({ client, write }, _, reason) =>
      write(async ({ journal }) => {
        await journal.add(client, { ...entry, reason });
        return said;
      }),
  });
  const goesOn = `The next \`${direction}\` goes on`;
  const remedies: Remedy[] = [];
  if (open) {
    const { statement, digest, sql } = open;
    const about = { revision, direction, statement, digest, sql };
    remedies.push(
      remedy(
        'took-effect',
        `if you have seen that statement ${statement} took effect, or have done it by hand`,
        { ...about, event: 'done' },
        `Statement ${statement} of ${revision} counts as done. ${goesOn} behind it.`,
      ),
      remedy(
        'took-no-effect',
        `if you have seen that statement ${statement} took no effect`,
        { ...about, event: 'failed', message: 'it took no effect, as somebody has found out' },
        `Statement ${statement} of ${revision} counts as not done. ${goesOn} with it.`,
      ),
    );
  }
  const message = `statements that counted as done: ${[...done.keys()].join(', ') || 'none'}`;
  return [
    ...remedies,
    remedy(
      'begin-again',
      'if you have undone all of it by hand',
      { event: 'repaired', revision, direction, message },
      `Nothing of ${revision} counts as done. The next \`${direction}\` begins with its first statement.`,
    ),
  ];
}

/** A run that did not end well, or has not ended. */
export const lastRun: InconsistencyKind = {
  kind: 'last-run',
  needs: 'database',
  flags: [],
  find: ({ earlier, half, holder }) => {
    const note = (found: string, evidence: string[], next: string[]): Inconsistency[] => [
      { kind: 'last-run', weight: 'note', about: [], found, evidence, next, remedies: [] },
    ];
    if (holder)
      return note(`A runner is at work right now: what is found here may be its doing.`, [holderLine(holder)], []);
    if (!earlier) return [];
    const [found = '', ...evidence] = earlierLines(earlier, half);
    return note(found, evidence, ['nothing has to be done about that: the next run begins where this one left off']);
  },
};
