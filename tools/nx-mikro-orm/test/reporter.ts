/**
 * How a run of tests is told: a line for each file as it ends, then what failed and what differed there, then how many
 * cases there were, and the files that took longest. `node --test --test-reporter` names this file.
 */
import { relative } from 'node:path';
import { Readable } from 'node:stream';
import { spec, type TestEvent } from 'node:test/reporters';

const slowest = 20;

type Summary = Extract<TestEvent, { type: 'test:summary' }>['data'];

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string, void> {
  const files: Summary[] = [];
  const failures: TestEvent[] = [];
  let whole: Summary | undefined;
  for await (const event of events) {
    if (event.type === 'test:stdout' || event.type === 'test:stderr') yield event.data.message;
    if (event.type === 'test:fail') failures.push(event);
    if (event.type !== 'test:summary') continue;
    if (event.data.file === undefined) whole = event.data;
    else {
      files.push(event.data);
      yield `${event.data.success ? '✔' : '✖'}${row(event.data)}`;
    }
  }
  // Node's own reporter knows how to show what differed.
  if (failures.length > 0) yield* Readable.from(failures).pipe(new spec()) as AsyncIterable<string>;
  if (!whole) return;
  files.sort((a, b) => b.duration_ms - a.duration_ms);
  yield `\nThe slowest of ${files.length} files, in seconds, and how many cases each has:\n`;
  for (const file of files.slice(0, slowest)) yield ` ${row(file)}`;
  const { tests, passed, skipped, todo } = whole.counts;
  yield `${passed} passed, ${tests - passed - skipped - todo} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n\n`;
}

const row = ({ file = '', counts, duration_ms }: Summary): string =>
  `${(duration_ms / 1000).toFixed(1).padStart(7)} ${String(counts.tests).padStart(5)}  ${relative(process.cwd(), file)}\n`;
