import type { RunEvent } from '../apply/events.ts';
import { run, type RunOptions } from '../apply/run.ts';
import { problem } from '../errors.ts';
import type { Call, Outcome, Report } from './command.ts';
import { preview } from './preview.ts';

/** The body that `up`, `down` and `switch` share: they differ in which steps they decide on. */
export const migrateOptions = {
  'dry-run': { type: 'boolean', help: 'Print the statements that would run, and run none' },
  'lock-wait': { type: 'string', help: 'Seconds to wait for another runner. Default 60' },
  'lock-timeout': { type: 'string', help: 'Seconds that a statement may wait for a table. Default 2' },
  'retry-for': { type: 'string', help: 'Seconds to go on trying a revision that does not get its tables. Default 60' },
} as const;

export async function migrate(call: Call<typeof migrateOptions>, wish: RunOptions): Promise<Outcome> {
  const { project, report, options } = call;
  const todo: RunOptions = {
    ...wish,
    lockWaitMs: milliseconds(wish, 'lock-wait', options['lock-wait'] ?? '60'),
    lockTimeoutMs: milliseconds(wish, 'lock-timeout', options['lock-timeout'] ?? '2'),
    retryForMs: milliseconds(wish, 'retry-for', options['retry-for'] ?? '60'),
  };
  if (options['dry-run']) return preview(project, todo);
  const { target, ran, state } = await run(project, { ...todo, onEvent: (event) => tell(report, event) });
  const json = {
    database: target.shown,
    ran: ran.map(({ step, result: { durationMs } }) => ({
      name: step.revision.name,
      direction: step.direction,
      durationMs,
    })),
    current: state.current,
    pending: state.pending.map(({ name }) => name),
  };
  const place = state.current.join(', ') || 'base';
  if (ran.length === 0) return { json, lines: [`Nothing to do: ${target.shown} is at ${place}.`] };
  const lines = ['', `${target.shown} is at ${place}.`];
  if (wish.direction === 'up') lines.push('', ...(await tableLines(call)));
  return { json, lines };
}

function milliseconds({ doing, direction }: RunOptions, option: string, text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && Number.isFinite(seconds)) return Math.round(seconds * 1000);
  throw problem('bad-option', { command: doing ?? direction, detail: `--${option} wants seconds, not "${text}".` });
}

function tell(report: Report, event: RunEvent): void {
  if (event.type === 'waiting') report.warn(`Waiting for another runner: ${event.holder}`);
  if (event.type === 'started') report.progress(`${event.direction} ${event.number}/${event.of} ${event.revision}`);
  if (event.type === 'finished')
    report.line(
      `${event.direction === 'up' ? 'applied ' : 'reverted'} ${event.revision}  ${Math.round(event.durationMs)} ms`,
    );
}

async function tableLines({ project }: Call<typeof migrateOptions>): Promise<string[]> {
  const [{ connect }, { tables }, { tableLines: linesOf }] = await Promise.all([
    import('../apply/connect.ts'),
    import('../catalogue/inspect.ts'),
    import('../catalogue/lines.ts'),
  ]);
  const client = await connect(project);
  try {
    return linesOf(await tables(client));
  } finally {
    await client.end();
  }
}
