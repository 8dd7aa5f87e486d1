import type { OnEvent } from '../../run/events/events.ts';
import { run } from '../../run/run.ts';
import type { RunOptions } from '../../run/request.ts';
import { problem } from '../../errors.ts';
import type { Target } from '../../postgres/connect/connect.ts';
import { firstLine } from '../../text/line.ts';
import type { Call, CommandOutcome } from './command.ts';
import { jsonLines } from './json-lines.ts';
import { live } from './live.ts';
import { preview } from './preview.ts';

/** The body that `up`, `down` and `switch` share: they differ in which steps they decide on. */
export const migrateOptions = {
  'dry-run': { type: 'boolean', help: 'Print the statements that would run, and run none' },
  'lock-wait': { type: 'string', help: 'Seconds to wait for another runner. Default 60' },
  'lock-timeout': { type: 'string', help: 'Seconds that a statement may wait for a table. Default 2' },
  'retry-for': { type: 'string', help: 'Seconds to keep trying a revision that does not get its locks. Default 60' },
  'json-lines': {
    type: 'boolean',
    help: 'Print every event as one line of JSON as it happens; the last line is the outcome or the error',
  },
} as const;

export async function migrate(call: Call<typeof migrateOptions>, wish: RunOptions): Promise<CommandOutcome> {
  const { project, report, options } = call;
  const todo: RunOptions = {
    ...wish,
    lockWaitMs: milliseconds(wish, 'lock-wait', options['lock-wait'] ?? '60'),
    lockTimeoutMs: milliseconds(wish, 'lock-timeout', options['lock-timeout'] ?? '2'),
    retryForMs: milliseconds(wish, 'retry-for', options['retry-for'] ?? '60'),
  };
  const [screen, lines] = [live(report), jsonLines(report)];
  const onEvent: OnEvent = async (event) => {
    await lines(event);
    await screen.onEvent(event);
  };
  if (options['dry-run']) return preview(project, { ...todo, onEvent }).finally(screen.stop);
  const { target, ran, restamped, skipped, state } = await run(project, { ...todo, onEvent }).finally(screen.stop);
  const json = {
    database: target.shown,
    ran: ran.map(({ step, result: { durationMs } }) => ({
      name: step.revision.name,
      direction: step.direction,
      durationMs,
    })),
    restamped: restamped.map(({ revision, replaced }) => ({
      name: revision.name,
      replaced: replaced.map(({ name }) => name),
    })),
    skipped,
    duplicated: state.duplicated.map(({ name }) => name),
    current: state.current,
    pending: state.pending.map(({ name }) => name),
  };
  const place = state.current.join(', ') || 'base';
  if (ran.length === 0 && restamped.length === 0)
    return { json, lines: [`Nothing ${skipped.length > 0 ? 'else ' : ''}to do: ${target.shown} is at ${place}.`] };
  const said = ['', `${target.shown} is at ${place}.`];
  if (wish.direction === 'up' && ran.length > 0) said.push('', ...(await tableLines(call, target)));
  return { json, lines: said };
}

/** What an option says in seconds. @throws bad-option */
export function milliseconds(
  { doing, direction }: Pick<RunOptions, 'doing' | 'direction'>,
  option: string,
  text: string,
): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && Number.isFinite(seconds)) return Math.round(seconds * 1000);
  throw problem('bad-option', { command: doing ?? direction, detail: `--${option} wants seconds, not "${text}".` });
}

/** What there is now, where the run was: by the address that it had found, whatever a revision has made of it since. */
async function tableLines({ project }: Call<typeof migrateOptions>, target: Target): Promise<string[]> {
  const [{ connect }, { reading }, { inspectTables }, { tableLines: linesOf }] = await Promise.all([
    import('../../postgres/connect/connect.ts'),
    import('../../postgres/connect/own-path.ts'),
    import('../../catalogue/inspect.ts'),
    import('../../catalogue/lines.ts'),
  ]);
  try {
    const client = await connect(project, target);
    try {
      return linesOf(await reading(client, () => inspectTables(client)));
    } finally {
      await client.end();
    }
  } catch (error) {
    // The run has ended well, and this is no part of it.
    return [`Its tables could not be looked at afterwards: ${firstLine(error)}`];
  }
}
