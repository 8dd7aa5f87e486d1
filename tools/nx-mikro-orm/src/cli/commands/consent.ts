import { createInterface } from 'node:readline';
import type { Report } from './command.ts';
import { isAttended } from './guard.ts';

/** Whether somebody can be asked: a report of a command that has a terminal, at which somebody sits. */
export const canAsk = (report: Report): boolean => !report.json && report.columns !== undefined && isAttended();

/** Asks on the terminal; anything but y or yes, and the end of the input, means no. */
export function askForConsent(report: Report, question: string): Promise<boolean> {
  report.line(`${question} [y/N]`);
  const lines = createInterface({ input: process.stdin, terminal: false });
  return new Promise((answered) => {
    lines.once('line', (text) => {
      answered(/^\s*y(es)?\s*$/i.test(text));
      lines.close();
    });
    lines.once('close', () => answered(false));
  });
}
