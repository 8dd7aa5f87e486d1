import type { OnEvent } from '../../run/events/events.ts';
import { shortened } from '../../text/line.ts';
import type { Report } from './command.ts';

/** Of a statement, as many characters; it may be megabytes long, and the file has all of it. */
const longest = 2_000;

/**
 * Tells a run in lines of JSON as it goes on: `event` (the type), `at` (ISO time), `run` (the journal's id of the run,
 * from `planned` on), and the fields of the event.
 */
export function jsonLines(report: Report): OnEvent {
  let run: string | undefined;
  return (event) => {
    if (event.type === 'planned') run = event.run;
    const { type, ...fields } = event;
    const line: Record<string, unknown> = {
      ...fields,
      ...('sql' in fields && { sql: shortened(fields.sql, longest) }),
    };
    report.event({ event: type, at: new Date(), ...(run !== undefined && { run }), ...line });
  };
}
